"""The runtime's table of what clocks have set going."""

from sqlalchemy import Column, MetaData, Table, Text

from runtime.expressions.columns import UtcDateTime


def clocks(metadata: MetaData) -> Table:
    """One row for each trigger that waits for a time: how far it has looked, and while it starts runs, up to
    which moment, and behind which record it goes on.
    """
    return Table(
        "trellis_clocks",
        metadata,
        Column("key", Text, primary_key=True),
        Column("seen_at", UtcDateTime(), nullable=False),
        Column("doing_at", UtcDateTime()),
        Column("place", Text),
    )
