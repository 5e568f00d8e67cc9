"""The runtime's tables of what was applied, and of what was changed by whom."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big, Json


def revisions(metadata: MetaData) -> Table:
    """The configurations that were applied, newest last: what they were made of and what they led to."""
    return Table(
        "trellis_revisions",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("hash", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("version", Text, nullable=False),
        Column("layers", Json, nullable=False),
        Column("names", Json, nullable=False),
        Column("shape", Json, nullable=False),
        Column("steps", Json, nullable=False),
        Column("renames", Json),
        Column("applied_at", UtcDateTime(), nullable=False),
        Column("applied_by", Text),
        Column("message", Text),
        Column("back_to", BigInteger),
        Column("set_aside", BigInteger),
    )


def revision_files(metadata: MetaData) -> Table:
    """The files of each revision, as they were read."""
    return Table(
        "trellis_revision_files",
        metadata,
        Column("revision_id", BigInteger, primary_key=True),
        Column("name", Text, primary_key=True),
        Column("text", Text, nullable=False),
    )


def change_sets(metadata: MetaData) -> Table:
    """What was saved together, by whom, at which door and why."""
    return Table(
        "trellis_change_sets",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("at", UtcDateTime(), nullable=False),
        Column("user_id", BigInteger),
        Column("door", Text, nullable=False),
        Column("cause", Text),
        Column("revision_id", BigInteger),
        Column("undone_by", BigInteger),
    )


def change_log(metadata: MetaData) -> Table:
    """One row a record and save. A record's history is read newest first, a change set's whole."""
    return Table(
        "trellis_change_log",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("change_set_id", BigInteger, nullable=False),
        Column("module", Text, nullable=False),
        Column("record_id", BigInteger, nullable=False),
        Column("action", Text, nullable=False),
        Column("version", Integer),
        Column("old", Json),
        Column("new", Json),
        Column("at", UtcDateTime(), nullable=False),
        Column("user_id", BigInteger),
        Column("causes", Json),
        Index("ix_trellis_change_log_record", "record_id", "id"),
        Index("ix_trellis_change_log_change_set", "change_set_id"),
    )


def outbox(metadata: MetaData) -> Table:
    """An effect that is still to come, written with the data that causes it; `key` makes a repeat
    harmless.
    """
    return Table(
        "trellis_outbox",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("event", Text, nullable=False),
        Column("module", Text),
        Column("records", Json, nullable=False),
        Column("change_set_id", BigInteger),
        Column("key", Text, nullable=False),
        Column("state", Text, nullable=False, server_default="waiting"),
        Column("lease_until", UtcDateTime()),
        Column("tries", Integer, nullable=False, server_default="0"),
        Column("next_at", UtcDateTime(), nullable=False),
        Column("last_error", Text),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("done", Boolean, nullable=False, server_default="0"),
        UniqueConstraint("key", name="ux_trellis_outbox_key"),
    )
