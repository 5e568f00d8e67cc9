"""The runtime's tables of who is signed in, and by what."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from runtime.expressions.columns import UtcDateTime
from runtime.storage import guarding_tables
from runtime.storage.own_columns import Big


def sessions(metadata: MetaData) -> Table:
    """Who is signed in with which browser; the token itself is kept nowhere."""
    return Table(
        "trellis_sessions",
        metadata,
        Column("token_hash", Text, primary_key=True),
        Column("user_id", BigInteger, nullable=False, index=True),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("last_seen_at", UtcDateTime(), nullable=False),
        Column("address", Text),
        Column("agent", Text),
        *guarding_tables.session_columns(),
    )


def credentials(metadata: MetaData) -> Table:
    """Users' passwords, hashed."""
    return Table(
        "trellis_credentials",
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("password_hash", Text, nullable=False),
        Column("changed_at", UtcDateTime(), nullable=False),
    )


def api_keys(metadata: MetaData) -> Table:
    """Users' keys for programs, hashed; ``begins`` is what tells them apart on a page."""
    return Table(
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
    )


def login_failures(metadata: MetaData) -> Table:
    """Sign-ins that failed, by account and by address, as long as they count."""
    return Table(
        "trellis_login_failures",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("account", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("at", UtcDateTime(), nullable=False, index=True),
        Index("ix_trellis_login_failures_account", "account", "at"),
        Index("ix_trellis_login_failures_address", "address", "at"),
    )
