"""Steps of a rollback that give cells back what revisions overwrote, and that bin the records they made.

A cell that was edited since is not what the revision left there: it keeps what it holds, and the plan says
so. What a step of a rollback overwrites goes to the quarantine in its turn, so that a rollback can be rolled
back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    and_,
    case,
    cast,
    column,
    func,
    select,
    table,
    type_coerce,
    update,
)
from sqlalchemy.types import UserDefinedType

from runtime.base.clock import SystemClock
from runtime.change.compare import Pair
from runtime.change.quarantine import CREATED, Group, cells, groups, keep, keep_returned, quarantine
from runtime.change.sample import LINES, becomes
from runtime.change.situation import Situation
from runtime.change.step import Step, nothing, safety_of
from runtime.expressions.columns import UtcDateTime
from runtime.storage.own_columns import Json
from runtime.storage.tables import STAMPED_BY

BINNED = "deleted_at"


def restore(situation: Situation) -> Iterator[Step]:
    """What the revisions on the way back have overwritten or made."""
    if situation.back is None or not situation.live.has("trellis_quarantine"):
        return
    kept = quarantine()
    found = groups(situation.stored.connection, kept, kept.c.revision_id.in_(situation.back.undone))
    cells: dict[tuple[str, str], list[Group]] = {}
    for group in found:
        if not all(situation.live.has(group.module, each) for each in group.columns):
            continue  # it was purged
        if group.field == CREATED:
            yield from Made(situation, group).bin()
        else:
            cells.setdefault((group.module, group.field), []).append(group)
    for several in cells.values():
        yield from Overwritten(situation, tuple(several)).give_back()


def rewritten(situation: Situation) -> set[Pair]:
    """The fields of which a rollback writes cells, by module and key: what is worked out or found by them is
    stale.
    """
    if situation.back is None or not situation.live.has("trellis_quarantine"):
        return set()
    kept = quarantine()
    undone = kept.c.revision_id.in_(situation.back.undone) & (kept.c.field != CREATED)
    cells = select(kept.c.module, kept.c.field).where(undone).distinct()
    found = {called(situation, *place) for place in situation.stored.connection.execute(cells)}
    found |= {each.then for each in situation.back.taken}
    modules = situation.catalog.modules
    return {(module, key) for module, key in found if module in modules and key in modules[module].fields}


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that points at records."""

    table: str
    column: str
    is_link: bool = False

    def points_at(self, of: Table) -> ColumnElement[bool]:
        """Whether a record of the table is pointed at, by one that is not in the bin."""
        names = (self.column,) if self.is_link else (self.column, BINNED)
        other = table(self.table, *map(column, names)).alias()
        found = select(1).select_from(other).where(other.c[self.column] == of.c.id)
        return (found if self.is_link else found.where(other.c[BINNED].is_(None))).exists()


@dataclass(frozen=True, slots=True)
class Overwritten:
    """The cells of one field that revisions have overwritten: a group for each, the newest first."""

    situation: Situation
    groups: tuple[Group, ...]

    def give_back(self) -> Iterator[Step]:
        """The step that gives the cells back, and one that says which were edited."""
        group, first = self.groups[0], self.groups[-1].revision
        module, key = called(self.situation, group.module, group.field)
        rows, edited = self._counts()
        if rows:
            what = f"Give {module}.{key} back what it held before revision {first}."
            if group.field == BINNED:
                what = (
                    f"Take the records of {module} out of the bin that revision {group.revision} put there."
                )
            there = self.situation.live.tables[group.module].columns
            types = {each: there[each] for each in group.columns}
            run = partial(_give_back, groups=self.groups, types=types)
            yield Step(what, run, None, rows, safety_of(rows), sample=self._sample())
        if edited and group.field != BINNED:
            what = f"Leave {module}.{key} as it is where it was edited since revision {first}."
            yield Step(what, nothing, None, edited, sample=self._sample(edited=True))

    def _counts(self) -> tuple[int, int]:
        """How many cells are as they were left, and how many were edited since."""
        of, kept = table_of(self.groups[0]), quarantine()
        now = cells(self.situation.stored.connection, [of.c[each] for each in self.groups[0].columns])
        counts = [func.count(case((is_so, 1))) for is_so in (kept.c.new == now, kept.c.new != now)]
        rows, edited = self.situation.stored.connection.execute(self._newest(*counts, of=of, kept=kept)).one()
        return int(rows), int(edited)

    def _sample(self, edited: bool = False) -> tuple[str, ...]:
        of, kept = table_of(self.groups[0]), quarantine()
        connection = self.situation.stored.connection
        now = cells(connection, [of.c[each] for each in self.groups[0].columns])
        wanted = (kept.c.record_id, kept.c.new, type_coerce(now, Json) if edited else kept.c.old)
        newest = self._newest(*wanted, of=of, kept=kept)
        newest = newest.where(kept.c.new != now if edited else kept.c.new == now)
        statement = newest.order_by(kept.c.record_id).limit(LINES)
        rows = [(id_, _shown(one), _shown(other)) for id_, one, other in connection.execute(statement)]
        is_plain = all(isinstance(each, str | None) for _, *values in rows for each in values)
        return tuple(becomes(*row) for row in rows) if is_plain else ()

    def _newest(self, *wanted: ColumnElement[Any], of: Table, kept: Table) -> Select[Any]:
        """What the newest change of each cell says."""
        group = self.groups[0]
        revisions = [each.revision for each in self.groups]
        statement = (
            select(*wanted)
            .select_from(of.join(kept, group.is_row(of, kept)))
            .where(kept.c.module == group.module, kept.c.field == group.field)
            .where(kept.c.revision_id.in_(revisions))
        )
        if len(revisions) == 1:
            return statement
        later = kept.alias()
        newer = select(1).where(
            *(later.c[key] == kept.c[key] for key in ("module", "field", "record_id", "target_id")),
            later.c.revision_id > kept.c.revision_id,
            later.c.revision_id.in_(revisions),
        )
        return statement.where(~newer.exists())


@dataclass(frozen=True, slots=True)
class Made:
    """Records that a revision has made."""

    situation: Situation
    group: Group

    def bin(self) -> Iterator[Step]:
        """The step that bins those which nobody has touched, and one that says how many are in use."""
        module, _ = called(self.situation, self.group.module, self.group.field)
        if module not in self.situation.catalog.modules:
            return
        pointers = pointers_at(self.situation, module)
        rows = self._count(pointers)
        if rows:
            what = f"Put the records of {module} into the bin that revision {self.group.revision} made."
            run = partial(bin_untouched, group=self.group, pointers=pointers)
            yield Step(what, run, None, rows, safety_of(rows))
        touched = self._count() + self._count(edited=True) - rows
        if touched:
            what = (
                f"Leave the records of {module} that revision {self.group.revision} made and that are in use."
            )
            yield Step(what, nothing, None, touched)

    def _count(self, pointers: Sequence[Pointer] = (), edited: bool = False) -> int:
        of, connection = table_of(self.group), self.situation.stored.connection
        matching = same(connection, of, self.group, edited)
        unused = (~each.points_at(of) for each in pointers)
        statement = select(func.count()).select_from(of).where(matching, of.c[BINNED].is_(None), *unused)
        return int(connection.execute(statement).scalar_one())


def called(situation: Situation, of: str, first: str) -> tuple[str, str]:
    """The module and the key of a column, as they are called in the end."""
    names = situation.names
    for (module, key), link in names.links.items():
        if link == of:
            return module, f"{key}.{first}"
    module = next((each for each, name in names.tables.items() if name == of), of)
    key = next((key for (owner, key), name in names.columns.items() if owner == module and name == first), "")
    return module, (key or first).partition("@")[0]


def table_of(group: Group) -> Table:
    """The table of a group, with the columns that its steps touch."""
    keys = ("source_id", "target_id") if group.is_link else ("id",)
    names = dict.fromkeys((*keys, *group.columns))
    columns: list[Column[Any]] = [Column(each) for each in names]
    if not group.is_link and BINNED not in names:
        columns.append(Column(BINNED, UtcDateTime()))
    return Table(group.module, MetaData(), *columns)


def same(connection: Connection, of: Table, group: Group, edited: bool = False) -> ColumnElement[bool]:
    """Whether a row's cell is what the revision left there; or, where it was ``edited``, is not."""
    kept = quarantine()
    now = cells(connection, [of.c[each] for each in group.columns])
    is_same = kept.c.new != now if edited else kept.c.new == now
    return select(1).select_from(kept).where(group.is_of(kept), group.is_row(of, kept), is_same).exists()


def _give_back(connection: Connection, groups: Sequence[Group], types: Mapping[str, str]) -> None:
    for group in groups:
        give_back(connection, group, types)


def _shown(cell: Mapping[str, Any] | None) -> object:
    return next(iter((cell or {}).values()), None)


def give_back(connection: Connection, group: Group, types: Mapping[str, str]) -> None:
    """Write what the cells held, where they hold what they were given since."""
    of, kept = table_of(group), quarantine()
    now = cells(connection, [of.c[each] for each in group.columns])
    values = {of.c[each]: _held(connection, kept.c.old, each, types[each]) for each in group.columns}
    here = and_(group.is_of(kept), group.is_row(of, kept), kept.c.new == now)
    keep_returned(connection, of, group, here)
    connection.execute(update(of).where(here).values(values))


def bin_untouched(connection: Connection, group: Group, pointers: Sequence[Pointer]) -> None:
    """Bin the records that are as they were made, and that nothing points at."""
    of = table_of(group)
    unused = (~each.points_at(of) for each in pointers)
    matching = and_(same(connection, of, group), of.c[BINNED].is_(None), *unused)
    keep(connection, of, [of.c[BINNED]], matching)
    connection.execute(update(of).where(matching).values({of.c[BINNED]: SystemClock().now()}))


def pointers_at(situation: Situation, module: str) -> list[Pointer]:
    """The columns by which records point at those of a module, as far as they are there already."""
    found: list[Pointer] = []
    for each in situation.catalog.modules.values():
        for field in each.all_fields():
            if module not in field.targets or field.is_virtual or field.key in STAMPED_BY:
                continue
            if situation.types[field.type].linked:
                link = situation.names.link(each.key, field.key)
                found.append(Pointer(link, "target_id", True))
            else:
                found.append(
                    Pointer(situation.names.table(each.key), situation.names.column(each.key, field.key))
                )
    return [each for each in found if situation.live.has(each.table, each.column)]


def _held(connection: Connection, old: ColumnElement[Any], name: str, type_: str) -> ColumnElement[Any]:
    if connection.dialect.name == "sqlite":
        return func.json_extract(old, f'$."{name}"')
    return cast(func.jsonb_extract_path_text(old, name), _Named(type_))


class _Named(UserDefinedType[Any]):
    """A type by PostgreSQL's own words for it."""

    cache_ok = True

    def __init__(self, words: str) -> None:
        self.words = words

    def get_col_spec(self, **_: Any) -> str:
        return self.words
