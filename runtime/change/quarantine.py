"""The quarantine: what a step overwrites and no other column has, cell by cell, so that it can come back.

A step calls :func:`keep` before it writes into columns that stay, or :func:`keep_created` after it has made
records; both are one statement, however many records there are. Applying then calls :func:`seal`, which notes
what the cells hold now: a cell that holds something else later was edited. Where the database itself works
out what is written, that is noted at once: :func:`keep_filled`, :func:`keep_returned`. Tables and columns
stand here by their physical names, which never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    Table,
    TableClause,
    Text,
    cast,
    column,
    func,
    literal,
    null,
    select,
    table,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from runtime.change.revisions import next_number
from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Json
from runtime.storage.runtime_tables import runtime_tables

KEPT = timedelta(days=90)
"""How long what a change overwrote is kept when nobody has said otherwise."""

UNTIL = "trellis_kept_until"
"""Where a connection keeps the moment until which its transaction keeps what it sets aside."""
CREATED = ""
"""What stands in the place of the field for a whole record that a step has made."""


def keep_until(connection: Connection, until: datetime) -> None:
    """Say until when a transaction that begins keeps what it sets aside."""
    connection.info[UNTIL] = until


def keep(
    connection: Connection, of: Table, columns: Sequence[ColumnElement[Any]], where: ColumnElement[bool]
) -> None:
    """Set aside what one field's columns hold in some rows of a module's table, or of a table of links.

    Call it before the rows are written, in the same transaction; ``columns`` are all of the field's, its
    value's own first. What an earlier step of the same change has set aside already stays.
    """
    rows = select(*_keys(of), cells(connection, columns), null()).where(where)
    _insert(connection, of, str(columns[0].key), rows)


def keep_filled(connection: Connection, of: Table, empty: Column[Any], given: Subquery) -> None:
    """Set aside that some rows have nothing in a column, and note what they are given: ``id`` and ``v0``."""
    old, new = (
        cells(connection, [each.label(empty.name)]) for each in (type_coerce(null(), empty.type), given.c.v0)
    )
    rows = select(given.c.id, literal(0), old, new).where(given.c.id.is_not(None))
    _insert(connection, of, empty.name, rows)


def keep_returned(connection: Connection, of: Table, group: "Group", where: ColumnElement[bool]) -> None:
    """Set aside what the cells hold that get back what they held, and note that: what the quarantine has of
    them, the other way round. ``where`` is a condition on both tables.
    """
    kept = quarantine()
    rows = select(kept.c.record_id, kept.c.target_id, kept.c.new, kept.c.old).select_from(of, kept)
    _insert(connection, of, group.field, rows.where(where))


def keep_created(connection: Connection, of: Table, where: ColumnElement[bool]) -> None:
    """Note that some records were made by a step: going back bins those that nobody has touched since."""
    _insert(connection, of, CREATED, select(*_keys(of), cast(null(), Json), null()).where(where))


def seal(connection: Connection, revision: int, until: datetime) -> None:
    """Note what the cells that a revision's steps set aside hold now, until when they are kept, and how many
    there are; once the revision is written.
    """
    kept = quarantine()
    mine = kept.c.revision_id == revision
    for group in groups(connection, kept, mine & kept.c.new.is_(null())):
        of = group.table()
        held = select(cells(connection, [of.c[each] for each in group.columns])).where(group.is_row(of, kept))
        here = mine & group.is_of(kept) & kept.c.new.is_(null())
        connection.execute(update(kept).where(here).values(new=held.scalar_subquery()))
    forgotten = mine & kept.c.kept_until.is_(None)
    connection.execute(update(kept).where(forgotten).values(kept_until=until))
    connection.info.pop(UNTIL, None)
    revisions = runtime_tables().revisions
    count = select(func.count()).select_from(kept).where(mine).scalar_subquery()
    connection.execute(update(revisions).where(revisions.c.id == revision).values(set_aside=count))


def quarantine() -> Table:
    """The table itself."""
    return runtime_tables().quarantine


def cells(connection: Connection, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Columns as one JSON object by their names: alike exactly where what they hold is alike."""
    pairs = [part for each in columns for part in (cast(literal(str(each.key)), Text), each)]
    make = func.json_object if connection.dialect.name == "sqlite" else func.jsonb_build_object
    return make(*pairs)


@dataclass(frozen=True, slots=True)
class Group:
    """The cells that one revision set aside of one field: by its physical names, and those of its columns."""

    revision: int
    module: str
    field: str
    columns: tuple[str, ...]
    is_link: bool

    def table(self) -> TableClause:
        """The table that the cells are of, with their columns."""
        keys = ("source_id", "target_id") if self.is_link else ("id",)
        return table(self.module, *(column(each) for each in dict.fromkeys((*keys, *self.columns))))

    def is_of(self, kept: Table) -> ColumnElement[bool]:
        """Whether a row of the quarantine is one of these."""
        return (
            (kept.c.revision_id == self.revision)
            & (kept.c.module == self.module)
            & (kept.c.field == self.field)
        )

    def is_row(self, of: FromClause, kept: Table) -> ColumnElement[bool]:
        """Whether a row of the table is the one that a cell was set aside of."""
        if self.is_link:
            return (of.c.source_id == kept.c.record_id) & (of.c.target_id == kept.c.target_id)
        return of.c.id == kept.c.record_id


def groups(connection: Connection, kept: Table, where: ColumnElement[bool]) -> list[Group]:
    """The groups of some rows of the quarantine: the newest revision first."""
    place = (kept.c.revision_id, kept.c.module, kept.c.field)
    found = select(*place, func.min(kept.c.record_id), func.max(kept.c.target_id)).where(where)
    made: list[Group] = []
    for revision, module, field, record, target in list(
        connection.execute(found.group_by(*place).order_by(place[0].desc(), *place[1:]))
    ):
        one = (kept.c.record_id == record) & (kept.c.module == module) & (kept.c.field == field)
        old = connection.execute(select(kept.c.old).where(one, kept.c.revision_id == revision)).scalar()
        made.append(Group(revision, module, field, tuple(old or ("version",)), target > 0))
    return made


def _keys(of: Table) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return (of.c.source_id, of.c.target_id) if "source_id" in of.c else (of.c.id, literal(0))


def _insert(connection: Connection, of: Table, field: str, rows: Select[Any]) -> None:
    """Set cells aside: ``rows`` are the two keys, what they hold, and what they will hold if that is known.
    A cell that was set aside already goes on with what it held first, and is looked at again in the end.
    They have a WHERE, without which SQLite would take the ON after them for a join's.
    """
    kept = quarantine()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    until = literal(connection.info.get(UNTIL), UtcDateTime())
    known = (literal(next_number(connection)), literal(of.name), literal(field), until)
    names = ("record_id", "target_id", "old", "new", "revision_id", "module", "field", "kept_until")
    into = insert(kept).from_select([kept.c[name] for name in names], rows.add_columns(*known))
    keys = [each.name for each in kept.primary_key]
    connection.execute(into.on_conflict_do_update(index_elements=keys, set_={"new": null()}))
