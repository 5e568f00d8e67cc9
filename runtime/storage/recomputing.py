"""Recomputing: what stored computed fields should hold, set against what they hold, for many records at once.

The database works the values out (:meth:`Recomputing.differing`, :meth:`Recomputing.rewrite`), and only
records that differ are written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Subquery,
    bindparam,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from runtime.expressions.moment import Moment
from runtime.expressions.storing import stored
from runtime.model.catalog import Expression, Field
from runtime.storage.binding import Binding
from runtime.storage.conditions import among, id_list
from runtime.storage.joins import Joins
from runtime.storage.prepared import Prepared, PreparedWrite
from runtime.storage.remembered import Remembered
from runtime.storage.statement import Parts
from runtime.storage.walking import Walk, beginnings, parameters

Values = Mapping[str, tuple[Any, ...]]
"""Column values by the key of the field."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A record that holds something else than it should.

    ``new`` is what it should hold in all the fields that were asked about, ``old`` what it holds in those of
    them that differ.
    """

    id: int
    version: int
    old: Values
    new: Values


@dataclass(frozen=True, slots=True)
class Range:
    """Records by their ids: those after one, up to another."""

    after: int
    until: int


class Recomputing:
    """Recomputes the fields of one snapshot; each statement is compiled once."""

    def __init__(self, parts: Parts, moment: Moment) -> None:
        """No stored field reads the clock; of the moment its time zone and the site's terms count."""
        self._parts = parts
        self._moment = moment
        self._remembered = Remembered()

    def reached(self, connection: Connection, module: str, walks: Sequence[Walk], most: int) -> list[int]:
        """The records at which these ways begin, ``most`` of them and not one more; deleted ones left out."""
        walks = sorted(walks, key=lambda walk: repr(walk.shape))
        key = ("reached", module, tuple(walk.shape for walk in walks))

        def make() -> Prepared:
            found = beginnings(self._parts.tables, module, walks)
            limited = found.limit(bindparam("most", required=False, type_=BigInteger))
            return Prepared(limited, connection.dialect)

        prepared = self._remembered.keep(key, make)
        given = prepared.run(connection, {**parameters(walks, self._parts.tables.dialect), "most": most})
        return [int(each) for each in given[0]] if given else []

    def breaking(
        self, connection: Connection, module: str, condition: Expression, ids: Sequence[int], most: int
    ) -> list[int]:
        """Those of the records of which a condition is not true, the first few."""

        def make() -> Prepared:
            joins = Joins(self._parts.tables, module)
            kept = self._parts.language.to_sql(condition, Binding(joins), self._moment)
            own_id = joins.id(joins.root, module)
            chosen = select(own_id).select_from(joins.source).where(kept.is_not(true()))
            chosen = chosen.where(among(own_id, "ids", self._parts.tables.dialect))
            limit = bindparam("most", required=False, type_=BigInteger)
            return Prepared(chosen.order_by(own_id).limit(limit), connection.dialect)

        prepared = self._remembered.keep(("breaking", module, condition.text), make)
        given = prepared.run(connection, {**self._places(ids), "most": most})
        return [int(each) for each in given[0]] if given else []

    def differing(
        self, connection: Connection, module: str, fields: Sequence[str], which: Sequence[int] | Range
    ) -> list[Differing]:
        """Those of the records that hold something else than they should, in the order of their ids."""
        mode = "range" if isinstance(which, Range) else "ids"
        prepared = self._remembered.keep(
            ("differing", module, tuple(fields), mode),
            lambda: Prepared(self._select(module, fields, mode), connection.dialect),
        )
        given = prepared.run(connection, self._places(which))
        if not given:
            return []
        width = [len(self._columns(module, field)) for field in fields]
        return [self._made(fields, width, row) for row in zip(*given, strict=True)]

    def write(
        self, connection: Connection, module: str, fields: Sequence[str], found: Sequence[Differing]
    ) -> None:
        """Give records what they should hold: one statement. Nothing else of them changes."""
        if not found:
            return
        columns = [column for key in fields for column in self._columns(module, key)]
        values = [tuple(part for key in fields for part in each.new[key]) for each in found]
        ids = [each.id for each in found]
        if self._parts.tables.dialect == "sqlite":
            self._set_each(connection, module, columns, ids, values)
        else:
            self._set_all(connection, module, columns, ids, values)

    def rewrite(self, connection: Connection, module: str, fields: Sequence[str], which: Range | None) -> int:
        """Work the fields of all records out, or of a range, the deleted ones too; says how many differed."""
        table = self._parts.tables.module(module)
        found = self._inner(module, fields, "range" if which is not None else "all").subquery("d")
        values = {
            column: found.c[f"n{place}_{part}"]
            for place, field in enumerate(fields)
            for part, column in enumerate(self._columns(module, field))
        }
        statement = (
            update(table.table)
            .where(table.columns["id"][0] == found.c.id, self._differs(module, fields, found))
            .values(values)
        )
        return connection.execute(statement, self._places(which) if which is not None else {}).rowcount

    def up_to(self, connection: Connection, module: str, after: int, count: int) -> int | None:
        """The id of the last of so many records after this id; None when there is none."""
        own_id = self._parts.tables.module(module).columns["id"][0]
        few = select(own_id.label("id")).where(own_id > after).order_by(own_id).limit(count).subquery()
        found: int | None = connection.execute(select(func.max(few.c.id))).scalar()
        return found

    def within(self, connection: Connection, module: str, which: Range) -> int:
        """How many records of a module there are in a range."""
        table = self._parts.tables.module(module)
        own_id = table.columns["id"][0]
        few = select(func.count()).select_from(table.table).where(own_id > which.after, own_id <= which.until)
        return int(connection.execute(few).scalar() or 0)

    def count(self, connection: Connection, module: str) -> int:
        """How many records a module has, the deleted ones too."""
        table = self._parts.tables.module(module).table
        return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)

    def _select(self, module: str, fields: Sequence[str], mode: str) -> Any:
        found = self._inner(module, fields, mode).subquery("d")
        return select(*found.c).where(self._differs(module, fields, found)).order_by(found.c.id)

    def _inner(self, module: str, fields: Sequence[str], mode: str) -> Any:
        # OFFSET keeps the databases from working a value out once to compare it and once to give it.
        tables = self._parts.tables
        joins = Joins(tables, module)
        binding = Binding(joins)
        own_id = joins.id(joins.root, module)
        version = joins.root.c[tables.module(module).columns["version"][0].name]
        columns: list[ColumnElement[Any]] = [own_id.label("id"), version.label("version")]
        for place, key in enumerate(fields):
            held = self._columns(module, key)
            made = self._parts.language.value_in_sql(self._tree(module, key), binding, self._moment)
            for part, (column, new) in enumerate(zip(held, made, strict=True)):
                kept = type_coerce(stored(tables.dialect, new, column.type), column.type)
                columns += [
                    joins.root.c[column.name].label(f"o{place}_{part}"),
                    kept.label(f"n{place}_{part}"),
                ]
        chosen = select(*columns).select_from(joins.source)
        if mode == "range":
            after, until = (bindparam(name, required=False, type_=BigInteger) for name in ("after", "until"))
            chosen = chosen.where(own_id > after, own_id <= until)
        elif mode == "ids":
            chosen = chosen.where(among(own_id, "ids", tables.dialect))
        return chosen.offset(0)

    def _differs(self, module: str, fields: Sequence[str], found: Subquery) -> ColumnElement[bool]:
        return or_(
            *(
                found.c[f"o{place}_{part}"].is_distinct_from(found.c[f"n{place}_{part}"])
                for place, key in enumerate(fields)
                for part in range(len(self._columns(module, key)))
            )
        )

    def _made(self, fields: Sequence[str], width: Sequence[int], row: Sequence[Any]) -> Differing:
        old: dict[str, tuple[Any, ...]] = {}
        new: dict[str, tuple[Any, ...]] = {}
        at = 2
        for key, parts in zip(fields, width, strict=True):
            pairs = row[at : at + 2 * parts]
            was, now = tuple(pairs[::2]), tuple(pairs[1::2])
            new[key] = now
            if was != now:
                old[key] = was
            at += 2 * parts
        return Differing(row[0], row[1], old, new)

    def _set_each(
        self,
        connection: Connection,
        module: str,
        columns: Sequence[Any],
        ids: Sequence[int],
        values: Sequence[tuple[Any, ...]],
    ) -> None:
        names = [f"_{place}" for place in range(len(columns))]

        def make() -> PreparedWrite:
            table = self._parts.tables.module(module)
            own_id = table.columns["id"][0]
            set_ = {
                column.name: bindparam(name, required=False, type_=column.type)
                for column, name in zip(columns, names, strict=True)
            }
            mine = own_id == bindparam("_id", required=False, type_=own_id.type)
            return PreparedWrite(update(table.table).where(mine).values(set_), connection.dialect)

        key = ("set", module, tuple(column.name for column in columns))
        given = zip(ids, values, strict=True)
        self._remembered.keep(key, make).run(
            connection, [{"_id": id_, **dict(zip(names, row, strict=True))} for id_, row in given]
        )

    def _set_all(
        self,
        connection: Connection,
        module: str,
        columns: Sequence[Any],
        ids: Sequence[int],
        values: Sequence[tuple[Any, ...]],
    ) -> None:
        table = self._parts.tables.module(module)
        arrays = [bindparam(None, list(ids), type_=ARRAY(BigInteger))]
        for column, given in zip(columns, zip(*values, strict=True), strict=True):
            arrays.append(bindparam(None, list(given), type_=ARRAY(column.type)))
        names = [f"c{place}" for place in range(len(columns))]
        rows = func.unnest(*arrays).table_valued("id", *names).render_derived(name="given")
        set_ = {column.name: rows.c[name] for column, name in zip(columns, names, strict=True)}
        connection.execute(update(table.table).where(table.columns["id"][0] == rows.c.id).values(set_))

    def _places(self, which: Sequence[int] | Range) -> dict[str, object]:
        if isinstance(which, Range):
            return {"after": which.after, "until": which.until}
        return {"ids": id_list(which, self._parts.tables.dialect)}

    def _field(self, module: str, key: str) -> Field:
        return self._parts.catalog.modules[module].fields[key]

    def _tree(self, module: str, key: str) -> Any:
        computed = self._field(module, key).computed
        if computed is None:
            raise LookupError(f"{module}.{key} is no computed field.")
        return computed.kept

    def _columns(self, module: str, key: str) -> tuple[Any, ...]:
        return self._parts.tables.module(module).columns[key]
