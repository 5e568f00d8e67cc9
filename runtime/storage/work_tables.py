"""The runtime's tables of long work: operations, changes of a large table, and what they keep."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big, Json


def idempotency(metadata: MetaData) -> Table:
    """Requests that carry a key of their own, with the answer that a repeat of it gets."""
    return Table(
        "trellis_idempotency",
        metadata,
        Column("key", Text, primary_key=True),
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("fingerprint", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("status", Integer),
        Column("body", LargeBinary),
        Column("created_at", UtcDateTime(), nullable=False, index=True),
    )


def operations(metadata: MetaData) -> Table:
    """Long work in the background. `claim` counts how often it was taken: who has an older one has lost
    it.
    """
    return Table(
        "trellis_operations",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("about", Text, nullable=False),
        Column("arguments", Json, nullable=False),
        Column("state", Text, nullable=False),
        Column("done", BigInteger, nullable=False),
        Column("total", BigInteger),
        Column("text", Json),
        Column("checkpoint", Json),
        Column("result", Json),
        Column("error", Json),
        Column("worker", Text),
        Column("claim", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("lease_until", UtcDateTime()),
        Column("next_at", UtcDateTime(), nullable=False),
        Column("cancel_at", UtcDateTime()),
        Column("user_id", BigInteger),
        Column("revision_id", BigInteger),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("started_at", UtcDateTime()),
        Column("finished_at", UtcDateTime()),
        Index("ix_trellis_operations_state", "state", "next_at"),
        Index("ix_trellis_operations_user", "user_id", "id"),
    )


def operation_notes(metadata: MetaData) -> Table:
    """What an operation gathers as it goes: the bad rows of an import, say."""
    return Table(
        "trellis_operation_notes",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("operation_id", BigInteger, nullable=False),
        Column("kind", Text, nullable=False),
        Column("data", Json, nullable=False),
        Index("ix_trellis_operation_notes_operation", "operation_id", "kind", "id"),
    )


def recomputing(metadata: MetaData) -> Table:
    """Computed fields that the operation is still to work out in all their records."""
    return Table(
        "trellis_recomputing",
        metadata,
        Column("module", Text, primary_key=True),
        Column("field", Text, primary_key=True),
        Column("operation_id", Big, primary_key=True, autoincrement=False),
    )


def duplicate_keys(metadata: MetaData) -> Table:
    """By what records are found that may be there already, each rule's own."""
    return Table(
        "trellis_duplicate_keys",
        metadata,
        Column("key", Big, primary_key=True, autoincrement=False),
        Column("record_id", Big, primary_key=True, autoincrement=False, index=True),
        Column("rule", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def quarantine(metadata: MetaData) -> Table:
    """Cells that a change of the configuration has overwritten. `module` is the table that they are of and
    `field` the name of their first column; `target_id` is 0 but for links. `new` is what was there
    afterwards.
    """
    return Table(
        "trellis_quarantine",
        metadata,
        Column("revision_id", Big, primary_key=True, autoincrement=False),
        Column("module", Text, primary_key=True),
        Column("field", Text, primary_key=True),
        Column("record_id", Big, primary_key=True, autoincrement=False),
        Column("target_id", Big, primary_key=True, autoincrement=False),
        Column("old", Json),
        Column("new", Json),
        Column("kept_until", UtcDateTime()),
        Index("ix_trellis_quarantine_kept_until", "kept_until"),
    )


def changes(metadata: MetaData) -> Table:
    """Applies too large for one transaction. `made` is what is there and nobody sees yet, `steps` how far
    each step is.
    """
    return Table(
        "trellis_changes",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("state", Text, nullable=False),
        Column("base", BigInteger, nullable=False),
        Column("target_hash", Text, nullable=False),
        Column("made", Json, nullable=False),
        Column("steps", Json, nullable=False),
        Column("revision_id", BigInteger),
        Column("applied_by", Text),
        Column("started_at", UtcDateTime(), nullable=False),
        Column("beat_at", UtcDateTime(), nullable=False),
        Column("cancel_at", UtcDateTime()),
        Column("finished_at", UtcDateTime()),
    )


def touched(metadata: MetaData) -> Table:
    """Records that were written while a change goes through their table, a row each time."""
    return Table(
        "trellis_touched",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=True),
        Column("table", Text, nullable=False),
        Column("record_id", BigInteger, nullable=False),
    )
