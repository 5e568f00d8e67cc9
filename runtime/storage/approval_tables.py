"""The runtime's tables of approvals: requests, who may decide them, and who decides for whom."""

from sqlalchemy import BigInteger, Column, Date, Index, MetaData, Table, Text

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big


def requests(metadata: MetaData) -> Table:
    """One row for each time that people are asked; its run says about which record."""
    return Table(
        "trellis_approvals",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("run_id", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("asked_at", UtcDateTime(), nullable=False),
        Column("until", UtcDateTime()),
        Column("decided_at", UtcDateTime()),
        Column("decided_by", BigInteger),
        Column("comment", Text),
        Index("ix_trellis_approvals_run", "run_id", "id"),
    )


def approvers(metadata: MetaData) -> Table:
    """The users who may decide a request."""
    return Table(
        "trellis_approvers",
        metadata,
        Column("request_id", Big, primary_key=True, autoincrement=False),
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Index("ix_trellis_approvers_user", "user_id", "request_id"),
    )


def delegations(metadata: MetaData) -> Table:
    """Who decides for a user, on which days; one row a user."""
    return Table(
        "trellis_delegations",
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("to_id", BigInteger, nullable=False, index=True),
        Column("first", Date, nullable=False),
        Column("last", Date, nullable=False),
    )
