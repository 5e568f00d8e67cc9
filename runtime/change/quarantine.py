"""The quarantine: what a step overwrites and no other column has, cell by cell, so that it can come back.

A step calls :func:`keep` before it writes into columns that stay, or :func:`keep_created` after it has made
records; both are one statement, however many records there are. Applying then calls :func:`seal`, which notes
what the cells hold now: a cell that holds something else later was edited. Tables and columns stand here by
their physical names, which never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
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
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from runtime.change.revisions import next_number
from runtime.storage.own_columns import Json
from runtime.storage.runtime_tables import runtime_tables

KEPT = timedelta(days=90)
"""How long what a change overwrote is kept when nobody has said otherwise."""

CREATED = ""
"""What stands in the place of the field for a whole record that a step has made."""


def keep(
    connection: Connection, of: Table, columns: Sequence[ColumnElement[Any]], where: ColumnElement[bool]
) -> None:
    """Set aside what one field's columns hold in some rows of a module's table, or of a table of links.

    Call it before the rows are written, in the same transaction; ``columns`` are all of the field's, its
    value's own first. What an earlier step of the same change has set aside already stays.
    """
    _insert(connection, of, str(columns[0].key), cells(connection, columns), where)


def keep_created(connection: Connection, of: Table, where: ColumnElement[bool]) -> None:
    """Note that some records were made by a step: going back bins those that nobody has touched since."""
    _insert(connection, of, CREATED, cast(null(), Json), where)


def seal(connection: Connection, revision: int, until: datetime) -> None:
    """Note what the cells that a revision's steps set aside hold now, until when they are kept, and how many
    there are; once the revision is written.
    """
    kept = quarantine()
    mine = kept.c.revision_id == revision
    for group in groups(connection, kept, mine):
        of = group.table()
        held = select(cells(connection, [of.c[each] for each in group.columns])).where(group.is_row(of, kept))
        here = mine & group.is_of(kept)
        sealed = update(kept).where(here).values(new=held.scalar_subquery(), kept_until=until)
        connection.execute(sealed)
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


def _insert(
    connection: Connection, of: Table, field: str, old: ColumnElement[Any], where: ColumnElement[bool]
) -> None:
    kept = quarantine()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    is_link = "source_id" in of.c
    rows: Select[Any] = select(
        literal(next_number(connection)),
        literal(of.name),
        literal(field),
        of.c.source_id if is_link else of.c.id,
        of.c.target_id if is_link else literal(0),
        old,
    ).where(where)
    into = insert(kept).from_select(
        [kept.c.revision_id, kept.c.module, kept.c.field, kept.c.record_id, kept.c.target_id, kept.c.old],
        rows,
    )
    connection.execute(into.on_conflict_do_nothing())
