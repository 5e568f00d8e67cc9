"""The tables of the runtime itself (``trellis_…``), which no pack describes."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)

from runtime.expressions.columns import UtcDateTime
from runtime.storage import (
    approval_tables,
    clock_tables,
    guarding_tables,
    inbox_tables,
    run_tables,
    webhook_tables,
)
from runtime.storage.own_columns import Big, Json

FORMAT = 1
"""The version of these tables' own shape, kept in the counter ``format``; a database of another one is
refused.
"""


@dataclass(frozen=True, slots=True)
class RuntimeTables:
    """The runtime's own tables, each by what it holds."""

    metadata: MetaData
    counters: Table
    revisions: Table
    revision_files: Table
    change_sets: Table
    change_log: Table
    outbox: Table
    sessions: Table
    credentials: Table
    api_keys: Table
    login_failures: Table
    idempotency: Table
    operations: Table
    operation_notes: Table
    recomputing: Table
    recent: Table
    favourites: Table
    chosen_columns: Table
    saved_filters: Table
    filter_shares: Table
    default_filters: Table
    quarantine: Table
    changes: Table
    touched: Table
    duplicate_keys: Table
    runs: Table
    run_steps: Table
    once: Table
    switched_off: Table
    notifications: Table
    webhooks: Table
    deliveries: Table
    clocks: Table
    site_settings: Table
    second_factors: Table
    recovery_codes: Table
    half_sign_ins: Table
    mailed_links: Table
    mails: Table
    security_log: Table
    shares: Table
    approvals: Table
    approvers: Table
    delegations: Table


@cache
def runtime_tables() -> RuntimeTables:
    """The runtime's tables for whoever reads and writes them alone: made once, and never changed."""
    return build_runtime_tables(MetaData())


def build_runtime_tables(metadata: MetaData) -> RuntimeTables:
    """Add the runtime's tables to a fresh MetaData."""
    Sequence("trellis_ids", metadata=metadata, data_type=BigInteger)
    return RuntimeTables(
        metadata=metadata,
        counters=Table(
            "trellis_counters",
            metadata,
            Column("key", Text, primary_key=True),
            Column("value", BigInteger, nullable=False),
        ),
        revisions=Table(
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
        ),
        revision_files=Table(
            "trellis_revision_files",
            metadata,
            Column("revision_id", BigInteger, primary_key=True),
            Column("name", Text, primary_key=True),
            Column("text", Text, nullable=False),
        ),
        change_sets=Table(
            "trellis_change_sets",
            metadata,
            Column("id", Big, primary_key=True, autoincrement=False),
            Column("at", UtcDateTime(), nullable=False),
            Column("user_id", BigInteger),
            Column("door", Text, nullable=False),
            Column("cause", Text),
            Column("revision_id", BigInteger),
            Column("undone_by", BigInteger),
        ),
        change_log=_change_log(metadata),
        outbox=_outbox(metadata),
        sessions=Table(
            "trellis_sessions",
            metadata,
            Column("token_hash", Text, primary_key=True),
            Column("user_id", BigInteger, nullable=False, index=True),
            Column("created_at", UtcDateTime(), nullable=False),
            Column("last_seen_at", UtcDateTime(), nullable=False),
            Column("address", Text),
            Column("agent", Text),
            *guarding_tables.session_columns(),
        ),
        credentials=Table(
            "trellis_credentials",
            metadata,
            Column("user_id", Big, primary_key=True, autoincrement=False),
            Column("password_hash", Text, nullable=False),
            Column("changed_at", UtcDateTime(), nullable=False),
        ),
        api_keys=Table(
            "trellis_api_keys",
            metadata,
            Column("id", Big, primary_key=True, autoincrement=False),
            Column("user_id", BigInteger, nullable=False, index=True),
            Column("label", Text, nullable=False),
            Column("begins", Text, nullable=False),
            Column("key_hash", Text, nullable=False, unique=True),
            Column("created_at", UtcDateTime(), nullable=False),
            Column("last_used_at", UtcDateTime()),
            Column("revoked_at", UtcDateTime()),
            *guarding_tables.key_columns(),
        ),
        login_failures=Table(
            "trellis_login_failures",
            metadata,
            Column("id", Big, primary_key=True, autoincrement=False),
            Column("account", Text, nullable=False),
            Column("address", Text, nullable=False),
            Column("at", UtcDateTime(), nullable=False, index=True),
            Index("ix_trellis_login_failures_account", "account", "at"),
            Index("ix_trellis_login_failures_address", "address", "at"),
        ),
        idempotency=Table(
            "trellis_idempotency",
            metadata,
            Column("key", Text, primary_key=True),
            Column("user_id", Big, primary_key=True, autoincrement=False),
            Column("fingerprint", Text, nullable=False),
            Column("state", Text, nullable=False),
            Column("status", Integer),
            Column("body", LargeBinary),
            Column("created_at", UtcDateTime(), nullable=False, index=True),
        ),
        operations=_operations(metadata),
        operation_notes=_operation_notes(metadata),
        recomputing=Table(  # computed fields that the operation is still to work out in all their records
            "trellis_recomputing",
            metadata,
            Column("module", Text, primary_key=True),
            Column("field", Text, primary_key=True),
            Column("operation_id", Big, primary_key=True, autoincrement=False),
        ),
        recent=_of_users("trellis_recent", "viewed_at", metadata),
        favourites=_of_users("trellis_favourites", "starred_at", metadata),
        chosen_columns=Table(
            "trellis_chosen_columns",
            metadata,
            Column("user_id", Big, primary_key=True, autoincrement=False),
            Column("module", Text, primary_key=True),
            Column("filter", Text, primary_key=True),
            Column("columns", Text, nullable=False),
        ),
        saved_filters=_saved_filters(metadata),
        filter_shares=Table(
            "trellis_filter_shares",
            metadata,
            Column("filter_id", Big, primary_key=True, autoincrement=False),
            Column("with", Text, primary_key=True),
        ),
        default_filters=Table(
            "trellis_default_filters",
            metadata,
            Column("user_id", Big, primary_key=True, autoincrement=False),
            Column("module", Text, primary_key=True),
            Column("filter", Text, nullable=False),
        ),
        duplicate_keys=Table(  # by what records are found that may be there already, each rule's own
            "trellis_duplicate_keys",
            metadata,
            Column("key", Big, primary_key=True, autoincrement=False),
            Column("record_id", Big, primary_key=True, autoincrement=False, index=True),
            Column("rule", BigInteger, nullable=False),
            sqlite_with_rowid=False,
        ),
        site_settings=guarding_tables.site_settings(metadata),
        second_factors=guarding_tables.second_factors(metadata),
        recovery_codes=guarding_tables.recovery_codes(metadata),
        half_sign_ins=guarding_tables.half_sign_ins(metadata),
        mailed_links=guarding_tables.mailed_links(metadata),
        mails=guarding_tables.mails(metadata),
        security_log=guarding_tables.security_log(metadata),
        shares=guarding_tables.shares(metadata),
        runs=run_tables.runs(metadata),
        run_steps=run_tables.run_steps(metadata),
        once=run_tables.once(metadata),
        switched_off=run_tables.switched_off(metadata),
        notifications=inbox_tables.notifications(metadata),
        webhooks=webhook_tables.webhooks(metadata),
        deliveries=webhook_tables.deliveries(metadata),
        clocks=clock_tables.clocks(metadata),
        approvals=approval_tables.requests(metadata),
        approvers=approval_tables.approvers(metadata),
        delegations=approval_tables.delegations(metadata),
        quarantine=_quarantine(metadata),
        changes=_changes(metadata),
        touched=Table(  # records that were written while a change goes through their table, a row each time
            "trellis_touched",
            metadata,
            Column("id", Big, primary_key=True, autoincrement=True),
            Column("table", Text, nullable=False),
            Column("record_id", BigInteger, nullable=False),
        ),
    )


def _changes(metadata: MetaData) -> Table:
    # Applies too large for one transaction. `made` is what is there and nobody sees yet, `steps` how far each
    # step is.
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


def _quarantine(metadata: MetaData) -> Table:
    # Cells that a change of the configuration has overwritten. `module` is the table that they are of and
    # `field` the name of their first column; `target_id` is 0 but for links. `new` is what was there
    # afterwards.
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


def _saved_filters(metadata: MetaData) -> Table:
    # Lists that users made for themselves. `module` is the module's table; what they name is text.
    return Table(
        "trellis_saved_filters",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("user_id", BigInteger, nullable=False),
        Column("module", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("where", Text, nullable=False),
        Column("columns", Text, nullable=False),
        Column("sort", Text, nullable=False),
        Column("changed_at", UtcDateTime(), nullable=False),
        Index("ix_trellis_saved_filters_module", "module", "user_id"),
    )


def _of_users(name: str, at: str, metadata: MetaData) -> Table:
    # Records of each user: those looked at lately, those with a star. `module` is the module's table.
    return Table(
        name,
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("record_id", Big, primary_key=True, autoincrement=False),
        Column("module", Text, nullable=False),
        Column(at, UtcDateTime(), nullable=False),
        Index(f"ix_{name}_user", "user_id", at),
    )


def _change_log(metadata: MetaData) -> Table:
    # One row a record and save. A record's history is read newest first, a change set's whole.
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


def _outbox(metadata: MetaData) -> Table:
    # An effect that is still to come, written with the data that causes it; `key` makes a repeat harmless.
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


def _operations(metadata: MetaData) -> Table:
    # Long work in the background. `claim` counts how often it was taken: who has an older one has lost it.
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


def _operation_notes(metadata: MetaData) -> Table:
    # What an operation gathers as it goes: the bad rows of an import, say.
    return Table(
        "trellis_operation_notes",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("operation_id", BigInteger, nullable=False),
        Column("kind", Text, nullable=False),
        Column("data", Json, nullable=False),
        Index("ix_trellis_operation_notes_operation", "operation_id", "kind", "id"),
    )
