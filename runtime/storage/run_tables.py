"""The runtime's tables of workflows: runs, what each step did, what is done once, what is switched off."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big, Json


def runs(metadata: MetaData) -> Table:
    """One row a run, written with the data that causes it. ``key`` makes a repeat harmless; ``inputs`` is
    what the save tells it, ``place`` where it goes on, ``names`` are the records that its steps have given,
    ``chain`` the runs that led to it, ``watching`` that it waits for a condition.
    ``claim`` counts how often it was taken: who has an older one lost it.
    """
    return Table(
        "trellis_runs",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("workflow", Text, nullable=False),
        Column("module", Text, nullable=False),
        Column("record_id", BigInteger),
        Column("key", Text, nullable=False),
        Column("trigger", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("change_set_id", BigInteger),
        Column("user_id", BigInteger),
        Column("chain", Json, nullable=False),
        Column("inputs", Json, nullable=False),
        Column("place", Json),
        Column("names", Json),
        Column("digest", Text, nullable=False),
        Column("revision_id", BigInteger),
        Column("worker", Text),
        Column("claim", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("lease_until", UtcDateTime()),
        Column("next_at", UtcDateTime(), nullable=False),
        Column("cancel_at", UtcDateTime()),
        Column("watching", Boolean),
        Column("error", Json),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("started_at", UtcDateTime()),
        Column("finished_at", UtcDateTime()),
        UniqueConstraint("key", name="ux_trellis_runs_key"),
        Index("ix_trellis_runs_state", "state", "next_at"),
        Index("ix_trellis_runs_workflow", "workflow", "id"),
        Index("ix_trellis_runs_record", "record_id", "id"),
    )


def run_steps(metadata: MetaData) -> Table:
    """The journal: one row each time a step was done, or failed. What a step did in the database landed with
    it.
    """
    return Table(
        "trellis_run_steps",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("run_id", BigInteger, nullable=False),
        Column("place", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("reads", Json),
        Column("effects", Json),
        Column("error", Json),
        Column("took", Integer, nullable=False),
        Column("at", UtcDateTime(), nullable=False),
        Index("ix_trellis_run_steps_run", "run_id", "id"),
    )


def once(metadata: MetaData) -> Table:
    """The records for which a workflow that runs once has run, for ever."""
    return Table(
        "trellis_once",
        metadata,
        Column("workflow", Text, primary_key=True),
        Column("record_id", Big, primary_key=True, autoincrement=False),
    )


def switched_off(metadata: MetaData) -> Table:
    """The workflows that somebody has switched off in the browser."""
    return Table(
        "trellis_switched_off",
        metadata,
        Column("workflow", Text, primary_key=True),
        Column("at", UtcDateTime(), nullable=False),
        Column("user_id", BigInteger),
    )
