"""The records that an aggregate looks over: a query inside the one that asks, correlated with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Select, Table, UnaryExpression, select
from sqlalchemy.sql.operators import custom_op

from runtime.expressions.tree import Step
from runtime.model.catalog import Field
from runtime.storage.joins import Joins
from runtime.storage.tables import Tables

if TYPE_CHECKING:
    pass


class Related:
    """The records that steps lead to. Each step's records are a table here, and its joins are made here."""

    def __init__(
        self, tables: Tables, around: Joins, steps: tuple[Step, ...], owner: ColumnElement[Any] | None
    ) -> None:
        from runtime.storage.binding import Binding

        self._conditions: list[ColumnElement[bool]] = []
        self._made: list[Joins] = []
        self._links: list[FromClause] = []
        self._around = around
        self._hangs = tables.dialect == "sqlite" and steps[0].kind != "all"
        before = around
        for number, step in enumerate(steps):
            joins = around.inner(step.module, f"{around.name}_{around.numbered()}")
            if step.kind != "all":
                known = owner if number == 0 and owner is not None else None
                hangs_on = before.id(before.table(step.hops, step.at), step.at) if known is None else known
                self._hang(tables, step, joins, hangs_on)
            columns = tables.module(step.module).columns
            self._conditions.append(joins.root.c[columns["deleted_at"][0].name].is_(None))
            if around.guard is not None:
                self._conditions += around.guard.of_step(before, joins, step)
            self._made.append(joins)
            before = joins
        self.binding: Binding = Binding(before, self._attributes(tables, steps[-1]))
        self.order = self._order(tables, steps[-1], before)

    def select(
        self, columns: Sequence[ColumnElement[Any]], conditions: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        """The inner query; what is not selected from here belongs to the query around it."""
        sources: list[FromClause] = [*self._links, *(joins.source for joins in self._made)]
        own = [*self._links, *(table for joins in self._made for table in joins.tables_used())]
        return (
            select(*columns)
            .select_from(*sources)
            .where(*self._conditions, *(self._asked(each) for each in conditions))
            .correlate_except(*own, *sources)
        )

    def _asked(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        # SQLite that has not been told what a table holds (ANALYZE) takes the index of a condition (`stage`)
        # for as good as the one that leads here (`account`), and reads half of the table for each record that
        # asks. A plus before a condition keeps it from that index.
        if not self._hangs:
            return condition
        return UnaryExpression(condition.self_group(), operator=custom_op("+"), type_=Boolean())

    def _hang(self, tables: Tables, step: Step, joins: Joins, owner: ColumnElement[Any]) -> None:
        if step.via is None:
            raise LookupError(f'"{step.key}" has no field that it hangs by.')
        own_id = joins.id(joins.root, step.module)
        if step.kind in ("inverse", "rows"):
            self._conditions.append(joins.columns_of(joins.root, step.via)[0] == owner)
            return
        link = tables.link(step.via.module, step.via.key).alias(f"{joins.name}l")
        here, there = ("source_id", "target_id") if step.kind == "links" else ("target_id", "source_id")
        self._conditions += [link.c[here] == owner, link.c[there] == own_id]
        self._links.append(link)

    def _attributes(self, tables: Tables, step: Step) -> "tuple[Table, FromClause] | None":
        if step.kind not in ("links", "linked") or step.via is None:
            return None
        return tables.link(step.via.module, step.via.key), self._links[-1]

    def _order(self, tables: Tables, step: Step, joins: Joins) -> tuple[ColumnElement[Any], ...]:
        own_id = joins.id(joins.root, step.module)
        if step.kind == "rows":
            columns = tables.module(step.module).columns
            return (joins.root.c[columns["position"][0].name], own_id)
        if step.kind == "links":
            return (self._links[-1].c["position"], own_id)
        return (own_id,)


def link_columns(
    attributes: "tuple[Table, FromClause] | None", field: Field
) -> tuple[ColumnElement[Any], ...]:
    """The columns of a link's attribute, which are named by its key."""
    if attributes is None:
        raise LookupError("These records are not reached over links.")
    table, alias = attributes
    key = f"{field.key}_2" if field.key in ("source_id", "target_id", "position") else field.key
    names = [name for name in table.c.keys() if name == key or name.startswith(f"{key}__")]  # noqa: SIM118
    return tuple(alias.c[name] for name in names)
