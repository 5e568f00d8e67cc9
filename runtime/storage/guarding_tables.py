"""The runtime's tables of signing in: second factors, mailed links, mail itself, and the security log."""

from typing import Any

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


def site_settings(metadata: MetaData) -> Table:
    """What administrators set in the browser that is no configuration of the CRM: one row a group."""
    return Table(
        "trellis_site_settings",
        metadata,
        Column("key", Text, primary_key=True),
        Column("value", Json, nullable=False),
        Column("changed_at", UtcDateTime(), nullable=False),
        Column("changed_by", BigInteger),
    )


def second_factors(metadata: MetaData) -> Table:
    """One row a user who has set one up. ``secret`` is sealed; ``last_step`` is the last code's moment."""
    return Table(
        "trellis_second_factors",
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("secret", Text),
        Column("last_step", BigInteger),
        Column("confirmed_at", UtcDateTime()),
        Column("created_at", UtcDateTime(), nullable=False),
    )


def recovery_codes(metadata: MetaData) -> Table:
    """What gets one in who has lost the second factor, each once."""
    return Table(
        "trellis_recovery_codes",
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("code_hash", Text, primary_key=True),
    )


def half_sign_ins(metadata: MetaData) -> Table:
    """Sign-ins whose password was right and whose second factor is still to come."""
    return Table(
        "trellis_half_sign_ins",
        metadata,
        Column("token_hash", Text, primary_key=True),
        Column("user_id", BigInteger, nullable=False, index=True),
        Column("created_at", UtcDateTime(), nullable=False, index=True),
        Column("tries", Integer, nullable=False),
        Column("pin_hash", Text),
        Column("pin_at", UtcDateTime()),
        Column("pins", Integer, nullable=False),
    )


def mailed_links(metadata: MetaData) -> Table:
    """Links that were mailed: each works once, for a while, and until the password changes."""
    return Table(
        "trellis_mailed_links",
        metadata,
        Column("token_hash", Text, primary_key=True),
        Column("purpose", Text, nullable=False),
        Column("user_id", BigInteger, nullable=False, index=True),
        Column("password_at", UtcDateTime()),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("until", UtcDateTime(), nullable=False, index=True),
    )


def mails(metadata: MetaData) -> Table:
    """Mail that is to be sent, or was. ``content`` is sealed, and forgotten once nobody needs it."""
    return Table(
        "trellis_mails",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=False),
        Column("key", Text, nullable=False),
        Column("message_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("recipient", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("content", Text),
        Column("sender", Text),
        Column("opt_out", Json),
        Column("state", Text, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("worker", Text),
        Column("lease_until", UtcDateTime()),
        Column("next_at", UtcDateTime(), nullable=False),
        Column("until", UtcDateTime()),
        Column("error", Text),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("ended_at", UtcDateTime()),
        UniqueConstraint("key", name="ux_trellis_mails_key"),
        Index("ix_trellis_mails_state", "state", "next_at"),
    )


def security_log(metadata: MetaData) -> Table:
    """What happened to people's doors and rights. ``number`` and ``mark`` are given when a row is chained."""
    return Table(
        "trellis_security_log",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=True),
        Column("number", BigInteger),
        Column("at", UtcDateTime(), nullable=False),
        Column("kind", Text, nullable=False),
        Column("user_id", BigInteger),
        Column("by_id", BigInteger),
        Column("who", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("about", Text, nullable=False),
        Column("data", Json, nullable=False),
        Column("before", Text),
        Column("mark", Text),
        Index("ux_trellis_security_log_number", "number", unique=True),
        Index("ix_trellis_security_log_user", "user_id", "id"),
        Index("ix_trellis_security_log_kind", "kind", "id"),
        Index("ix_trellis_security_log_at", "at"),
    )


def shares(metadata: MetaData) -> Table:
    """Records that were shared by hand, each with a user or with a group; ids of records are given once."""
    return Table(
        "trellis_shares",
        metadata,
        Column("id", Big, primary_key=True, autoincrement=True),
        Column("record_id", BigInteger, nullable=False),
        Column("user_id", BigInteger),
        Column("group_id", BigInteger),
        Column("level", Text, nullable=False),
        Column("by_id", BigInteger),
        Column("at", UtcDateTime(), nullable=False),
        UniqueConstraint("record_id", "user_id", "group_id", name="ux_trellis_shares_record"),
        Index("ix_trellis_shares_user", "user_id"),
        Index("ix_trellis_shares_group", "group_id"),
    )


def session_columns() -> tuple[Column[Any], ...]:
    """Of a session: who is behind it when an administrator acts as somebody, whether they only look, and
    which rights its user had when it got its token; of a contact's session, where the contact stands.
    """
    by, rights, looking = Column("by_id", BigInteger), Column("rights", Text), Column("looking", Boolean)
    return (by, rights, looking, Column("portal", Json))


def key_columns() -> tuple[Column[Any], ...]:
    """Of an API key: what it may do less than its user, and until when."""
    return (
        Column("read_only", Boolean),
        Column("modules", Json),
        Column("expires_at", UtcDateTime()),
        Column("locked_at", UtcDateTime()),
    )
