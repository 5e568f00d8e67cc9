"""Joins: the tables that a query's paths walk through, each joined once, by whoever comes first."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.sql.selectable import NamedFromClause

from runtime.model.catalog import Field
from runtime.storage.tables import Tables
from runtime.storage.virtual import Virtual


class Joins:
    """The module's own table and, joined to it from the left, the tables its relations lead to.

    A relation has one record at most, so no join ever doubles a row. A relation to several modules is joined
    to each of them; ids are the site's, so at most one of them answers.
    """

    def __init__(self, tables: Tables, module: str, name: str = "t", virtual: Virtual | None = None) -> None:
        """``virtual`` works out what has no column; without it no virtual field may be asked for."""
        self.tables = tables
        self.module = module
        self.name = name
        self.root: NamedFromClause = tables.module(module).table.alias(name)
        self._joined: dict[tuple[tuple[str, str], ...], NamedFromClause] = {}
        self._steps: list[tuple[NamedFromClause, ColumnElement[bool]]] = []
        self._near: set[str] = set()
        self._inner = 0
        self._virtual = virtual
        self._worked_out: dict[tuple[tuple[str, str], ...], tuple[ColumnElement[Any], ...]] = {}

    def columns(self, fields: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        """The columns of a path's last field, joining what lies between."""
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
        self._inner += 1
        return self._inner

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
