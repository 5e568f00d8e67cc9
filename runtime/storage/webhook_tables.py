"""The runtime's tables of webhooks: who is called of what, and each call."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big, Json


def webhooks(metadata: MetaData) -> Table:
    """One row a webhook. ``modules`` are tables (none: all); it is told what its user sees."""
    return Table(
        "trellis_webhooks",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False),
        Column("url", Text, nullable=False),
        Column("secret", Text, nullable=False),
        Column("modules", Json, nullable=False),
        Column("events", Json, nullable=False),
        Column("user_id", BigInteger, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("off_because", Text),
        Column("created_at", UtcDateTime(), nullable=False),
    )


def deliveries(metadata: MetaData) -> Table:
    """One row a call that is to be made, or was. ``key`` makes a repeat harmless; by the id the other side
    knows it.
    """
    return Table(
        "trellis_deliveries",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("webhook_id", BigInteger, nullable=False),
        Column("key", Text, nullable=False),
        Column("event", Text, nullable=False),
        Column("record_id", BigInteger),
        Column("body", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("status", Integer),
        Column("error", Text),
        Column("worker", Text),
        Column("lease_until", UtcDateTime()),
        Column("next_at", UtcDateTime(), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("ended_at", UtcDateTime()),
        UniqueConstraint("key", name="ux_trellis_deliveries_key"),
        Index("ix_trellis_deliveries_state", "state", "next_at"),
        Index("ix_trellis_deliveries_webhook", "webhook_id", "id"),
    )
