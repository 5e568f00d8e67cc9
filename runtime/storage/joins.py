"""Joins: the tables that a query's paths walk through, each joined once, by whoever comes first."""

from copy import copy
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case
from sqlalchemy.sql.selectable import NamedFromClause

from runtime.model.catalog import Field
from runtime.storage.sight import Guard
from runtime.storage.tables import Tables
from runtime.storage.virtual import Virtual


class Joins:
    """The module's own table and, joined to it from the left, the tables its relations lead to.

    A relation has one record at most, so no join ever doubles a row. A relation to several modules is joined
    to each of them; ids are the site's, so at most one of them answers.

    Where there is a ``guard``, a value that may not be seen is NULL; see :meth:`bare`.
    """

    def __init__(
        self,
        tables: Tables,
        module: str,
        name: str = "t",
        virtual: Virtual | None = None,
        guard: Guard | None = None,
    ) -> None:
        """``virtual`` works out what has no column; without it no virtual field may be asked for."""
        self.tables = tables
        self.module = module
        self.name = name
        self.root: NamedFromClause = tables.module(module).table.alias(name)
        self._joined: dict[tuple[tuple[str, str], ...], NamedFromClause] = {}
        self._steps: list[tuple[NamedFromClause, ColumnElement[bool]]] = []
        self._near: set[str] = set()
        self._inner = count(1)
        self._virtual = virtual
        self.guard = guard
        self._seen: dict[tuple[tuple[str, str], ...], tuple[ColumnElement[Any], ...]] = {}
        self._worked_out: dict[tuple[tuple[str, str], ...], tuple[ColumnElement[Any], ...]] = {}

    def columns(self, fields: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        """The columns of a path's last field, joining what lies between: as far as they may be seen."""
        if self.guard is None:
            return self._columns(fields)
        path = tuple((field.module, field.key) for field in fields)
        found = self._seen.get(path)
        if found is None:
            seen = self.guard.of_path(self, fields)
            found = self._seen[path] = _where(seen, self._columns(fields))
        return found

    def bare(self) -> "Joins":
        """The same joins, with every value as it is: for rights, and for what computed fields are made of."""
        if self.guard is None:
            return self
        bare = copy(self)
        bare.guard = None
        return bare

    def inner(self, module: str, name: str) -> "Joins":
        """The joins of a query inside this one."""
        return Joins(self.tables, module, name, self._virtual, self.guard)

    def is_guarded(self, fields: tuple[Field, ...]) -> bool:
        """Whether the value at the end of a path is seen of some records alone."""
        return self.guard is not None and self.guard.of_path(self, fields) is not None

    def seen_id(self, hops: tuple[Field, ...], module: str) -> ColumnElement[Any]:
        """The id of the record of ``module`` at the end of these relations, where it may be seen."""
        own = self.id(self.table(hops, module), module)
        if self.guard is None or not hops:
            return own
        path = (*((field.module, field.key) for field in hops), (module, "id"))
        found = self._seen.get(path)
        if found is None:
            found = self._seen[path] = _where(self.guard.of_record(self, hops, module), (own,))
        return found[0]

    def linking_id(self, fields: tuple[Field, ...]) -> ColumnElement[Any]:
        """The id of the record that has the links of a path's last field, where these may be seen."""
        own = self.id(self.table(fields[:-1], fields[-1].module), fields[-1].module)
        if self.guard is None:
            return own
        path = (*((field.module, field.key) for field in fields), ("", "links"))
        found = self._seen.get(path)
        if found is None:
            seen = self.guard.of_link(self, fields)
            found = self._seen[path] = (own,) if seen is None else _where(seen, (own,))
        return found[0]

    def _columns(self, fields: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        if fields[-1].is_virtual:
            return self._work_out(fields)
        return self.columns_of(self.table(fields[:-1], fields[-1].module), fields[-1])

    def columns_of(self, table: FromClause, field: Field) -> tuple[ColumnElement[Any], ...]:
        """A field's columns in a table that is joined already."""
        return tuple(table.c[column.name] for column in self.tables.module(field.module).of(field))

    def _work_out(self, fields: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        if self._virtual is None:
            raise LookupError(f"{fields[-1].key} has no column, and nothing here works it out.")
        path = tuple((field.module, field.key) for field in fields)
        found = self._worked_out.get(path)
        if found is None:
            found = self._worked_out[path] = self._virtual.columns(self, fields)
        return found

    def id(self, table: FromClause, module: str) -> ColumnElement[Any]:
        """The id of a joined table's records."""
        return table.c[self.tables.module(module).columns["id"][0].name]

    def table(self, hops: tuple[Field, ...], module: str) -> NamedFromClause:
        """The table of ``module`` at the end of these relations."""
        if not hops:
            return self.root
        targets = (*(hop.module for hop in hops[1:]), module)
        key = tuple((hop.key, target) for hop, target in zip(hops, targets, strict=True))
        found = self._joined.get(key)
        if found is None:
            before = self.table(hops[:-1], hops[-1].module)
            found = self.tables.module(module).table.alias(f"{self.name}{len(self._joined) + 1}")
            self._joined[key] = found
            self._steps.append((found, self.id(found, module) == self.columns_of(before, hops[-1])[0]))
        return found

    def require(self, hops: tuple[Field, ...], module: str) -> None:
        """Only find records that these relations lead somewhere from.

        The database may then begin at the other end, where an index has the order that the list is sorted by.
        """
        for depth in range(1, len(hops) + 1):
            self._near.add(
                self.table(hops[:depth], module if depth == len(hops) else hops[depth].module).name
            )

    def numbered(self) -> int:
        """The number of the next query inside this one, for the names of its tables."""
        return next(self._inner)

    def tables_used(self) -> list[NamedFromClause]:
        """The module's own table and those that are joined to it."""
        return [self.root, *self._joined.values()]

    @property
    def source(self) -> FromClause:
        """What to select from."""
        return self.joined_to(self.root)

    def joined_to(self, start: FromClause) -> FromClause:
        """The same, beginning with a clause that already has the module's own table."""
        source = start
        # Those that must be there come first: SQLite never moves a table to the left of an outer join.
        for table, condition in sorted(self._steps, key=lambda step: step[0].name not in self._near):
            source = source.join(table, condition, isouter=table.name not in self._near)
        return source


def _where(
    seen: ColumnElement[bool] | None, columns: tuple[ColumnElement[Any], ...]
) -> tuple[ColumnElement[Any], ...]:
    if seen is None:
        return columns
    return tuple(case((seen, column)) for column in columns)
