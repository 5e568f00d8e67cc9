"""The binding: what a condition's paths are in this query's SQL."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, Text, exists, select
from sqlalchemy.types import TypeEngine

from runtime.expressions.renamed import Renamed
from runtime.expressions.tree import Step
from runtime.expressions.value import Linked
from runtime.model.catalog import Field
from runtime.storage.joins import Joins
from runtime.storage.related import Related, link_columns


class Binding:
    """Gives a condition its columns; the joins that they need are made in the query's :class:`Joins`."""

    def __init__(self, joins: Joins, attributes: tuple[Table, FromClause] | None = None) -> None:
        self._joins = joins
        self._attributes = attributes
        self.dialect = joins.tables.dialect
        self.schema = None  # the text functions are on the search path

    def columns(self, path: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        """The columns of the path's last field."""
        return self._joins.columns(path)

    def link_columns(self, attribute: Field) -> tuple[ColumnElement[Any], ...]:
        """The columns of an attribute of the link over which these records were reached."""
        return link_columns(self._attributes, attribute)

    def related(self, steps: tuple[Step, ...], owner: ColumnElement[Any] | None = None) -> Related:
        """The records that the steps lead to; deleted ones are left out, archived ones are in."""
        return Related(self._joins.tables, self._joins, steps, owner)

    def picklist_type(self, picklist: str) -> TypeEngine[Any]:
        """The type of the columns that hold a value of a picklist."""
        stored = self._joins.tables.names.values.get(picklist)
        return Renamed(stored) if stored else Text()

    def links(self, path: tuple[Field, ...]) -> Linked:
        """Asks after the links of the path's last field, which has many. Links to deleted records do not
        count.
        """
        field = path[-1]
        tables = self._joins.tables
        source = self._joins.id(self._joins.table(path[:-1], field.module), field.module)
        link = tables.link(field.module, field.key)
        targets = [tables.module(target) for target in field.targets]

        def linked(to: ColumnElement[Any] | int | None) -> ColumnElement[bool]:
            rows = link.alias()
            here = [rows.c.source_id == source]
            if to is not None:
                here.append(rows.c.target_id == to)
            for target in targets:
                table = target.table.alias()
                id_column, deleted_at = (table.c[target.columns[key][0].name] for key in ("id", "deleted_at"))
                live = exists(select(id_column).where(id_column == rows.c.target_id, deleted_at.is_(None)))
                here.append(live)
            here += self._seen(path, rows.c.target_id)
            return exists(select(rows.c.target_id).where(*here).correlate_except(rows))

        return linked

    def _seen(self, path: tuple[Field, ...], target_id: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        # The links, and what they lead to, as far as they may be seen.
        guard = self._joins.guard
        if guard is None:
            return []
        links = guard.of_link(self._joins, path)
        found = [] if links is None else [links]
        for module in path[-1].targets:
            inner = self._joins.inner(module, f"{self._joins.name}_{self._joins.numbered()}")
            own = guard.of_own(inner, module)
            if own is not None:
                own_id = inner.id(inner.root, module)
                there = select(own_id).select_from(inner.source).where(own_id == target_id, own)
                found.append(exists(there.correlate_except(*inner.tables_used(), inner.source)))
        return found
