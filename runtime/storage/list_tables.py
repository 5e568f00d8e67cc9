"""The runtime's tables of what users keep for themselves: lists, filters, columns, stars."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Big


def recent(metadata: MetaData) -> Table:
    """Records that a user looked at lately."""
    return _of_users("trellis_recent", "viewed_at", metadata)


def favourites(metadata: MetaData) -> Table:
    """Records that a user gave a star."""
    return _of_users("trellis_favourites", "starred_at", metadata)


def _of_users(name: str, at: str, metadata: MetaData) -> Table:
    """Records of each user: those looked at lately, those with a star. `module` is the module's table."""
    return Table(
        name,
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("record_id", Big, primary_key=True, autoincrement=False),
        Column("module", Text, nullable=False),
        Column(at, UtcDateTime(), nullable=False),
        Index(f"ix_{name}_user", "user_id", at),
    )


def chosen_columns(metadata: MetaData) -> Table:
    """The columns that a user chose for a list."""
    return Table(
        "trellis_chosen_columns",
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("module", Text, primary_key=True),
        Column("filter", Text, primary_key=True),
        Column("columns", Text, nullable=False),
    )


def saved_filters(metadata: MetaData) -> Table:
    """Lists that users made for themselves. `module` is the module's table; what they name is text."""
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


def filter_shares(metadata: MetaData) -> Table:
    """With whom a saved filter is shared."""
    return Table(
        "trellis_filter_shares",
        metadata,
        Column("filter_id", Big, primary_key=True, autoincrement=False),
        Column("with", Text, primary_key=True),
    )


def default_filters(metadata: MetaData) -> Table:
    """The filter that a user begins with, by module."""
    return Table(
        "trellis_default_filters",
        metadata,
        Column("user_id", Big, primary_key=True, autoincrement=False),
        Column("module", Text, primary_key=True),
        Column("filter", Text, nullable=False),
    )
