"""The tables of the runtime itself (``trellis_…``), which no pack describes."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    Sequence,
    Table,
    Text,
)

from runtime.storage import (
    approval_tables,
    clock_tables,
    guarding_tables,
    inbox_tables,
    list_tables,
    log_tables,
    run_tables,
    sign_in_tables,
    webhook_tables,
    work_tables,
)

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
        revisions=log_tables.revisions(metadata),
        revision_files=log_tables.revision_files(metadata),
        change_sets=log_tables.change_sets(metadata),
        change_log=log_tables.change_log(metadata),
        outbox=log_tables.outbox(metadata),
        sessions=sign_in_tables.sessions(metadata),
        credentials=sign_in_tables.credentials(metadata),
        api_keys=sign_in_tables.api_keys(metadata),
        login_failures=sign_in_tables.login_failures(metadata),
        idempotency=work_tables.idempotency(metadata),
        operations=work_tables.operations(metadata),
        operation_notes=work_tables.operation_notes(metadata),
        recomputing=work_tables.recomputing(metadata),
        recent=list_tables.recent(metadata),
        favourites=list_tables.favourites(metadata),
        chosen_columns=list_tables.chosen_columns(metadata),
        saved_filters=list_tables.saved_filters(metadata),
        filter_shares=list_tables.filter_shares(metadata),
        default_filters=list_tables.default_filters(metadata),
        duplicate_keys=work_tables.duplicate_keys(metadata),
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
        quarantine=work_tables.quarantine(metadata),
        changes=work_tables.changes(metadata),
        touched=work_tables.touched(metadata),
    )
