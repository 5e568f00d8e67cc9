"""The runtime's table of what people are told."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text, UniqueConstraint

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big, Json


def notifications(metadata: MetaData) -> Table:
    """One row a word and user. ``key`` makes a repeat harmless; ``about`` is the table of the record."""
    return Table(
        "trellis_notifications",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("key", Text, nullable=False),
        Column("user_id", BigInteger, nullable=False),
        Column("text", Json, nullable=False),
        Column("about", Text),
        Column("record_id", BigInteger),
        Column("address", Text, nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("read_at", UtcDateTime()),
        Column("mailed_at", UtcDateTime(), index=True),
        UniqueConstraint("key", name="ux_trellis_notifications_key"),
        Index("ix_trellis_notifications_user", "user_id", "id"),
        Index("ix_trellis_notifications_read", "user_id", "read_at"),
    )
