"""Sight: what one circle of people may see of a snapshot's records, joined to every query made for them.

The judge (``records/access.py``) makes it; the reader that is given one shows nothing else, whoever asks it
for what. Rights themselves, and what a computed field computes, are worked out with all there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, false

from runtime.base.diagnostic import Span
from runtime.expressions.inlining import led
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.tree import Call, Node, Operation, Read, Step
from runtime.model.catalog import Catalog, Expression, Field, Path
from runtime.model.types import BOOLEAN

if TYPE_CHECKING:
    from runtime.storage.joins import Joins

FILES = "files"
"""Whoever sees a record, and the field that holds them, sees its files."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen.

    ``modules`` are those that are open at all. ``hidden`` fields, as (module, field), are never
    seen; those in ``masks`` where their condition holds of the record, and records of a module where that of
    ``rows`` does. ``bins`` are the modules whose deleted records are seen.
    """

    modules: frozenset[str]
    hidden: frozenset[tuple[str, str]]
    masks: Mapping[tuple[str, str], Expression]
    rows: Mapping[str, Expression]
    bins: frozenset[str]

    def sees(self, field: Field) -> bool:
        """Whether a field is seen of some record at least."""
        return field.module in self.modules and (field.module, field.whole) not in self.hidden

    def is_plain(self, field: Field) -> bool:
        """Whether a field is seen of every record that is."""
        return self.sees(field) and (field.module, field.whole) not in self.masks

    def reach(self, module: str) -> Expression | None:
        """What must hold of a record to which a field leads; None where every one is seen."""
        return None if module == FILES else self.rows.get(module)


NOTHING = Sight(frozenset(), frozenset(), MappingProxyType({}), MappingProxyType({}), frozenset())
"""The sight of those who have no rights."""


class Guard:
    """Compiles a sight's conditions in one query, at one moment."""

    def __init__(self, sight: Sight, catalog: Catalog, language: Language, moment: Moment) -> None:
        self.sight = sight
        self._catalog = catalog
        self._language = language
        self._moment = moment

    def of_path(self, joins: "Joins", fields: tuple[Field, ...]) -> ColumnElement[bool] | None:
        """What must hold for the value at the end of a path to be seen; None where it always is."""
        found = self._way(fields)
        last = fields[-1]
        if found is not None and _leads_to(last):
            target = self._some_target(fields)
            found = None if target is _NEVER else [*found, *([] if target is None else [target])]
        return self._all(joins, found)

    def of_record(self, joins: "Joins", hops: tuple[Field, ...], module: str) -> ColumnElement[bool] | None:
        """What must hold for the record of ``module`` at the end of these relations to be seen."""
        return self._all(joins, self._way((*hops, self._id(module))))

    def of_link(self, joins: "Joins", fields: tuple[Field, ...]) -> ColumnElement[bool] | None:
        """What must hold for the links of a path's last field to be seen, whatever they lead to."""
        return self._all(joins, self._way(fields))

    def of_own(self, joins: "Joins", module: str) -> ColumnElement[bool] | None:
        """What must hold of the query's own record, to which something leads."""
        rows = self.sight.reach(module)
        if module not in self.sight.modules:
            return false()
        return None if rows is None else self._compile(joins, rows.tree)

    def of_step(self, around: "Joins", inside: "Joins", step: Step) -> list[ColumnElement[bool]]:
        """What must hold for the records of a step to be counted; ``inside`` is the query about each."""
        found = [self.of_own(inside, step.module), self.of_record(around, step.hops, step.at)]
        if step.via is not None:
            own = step.kind == "links"
            found.append(
                self.of_link(around, (*step.hops, step.via)) if own else self.of_link(inside, (step.via,))
            )
        return [each for each in found if each is not None]

    def _way(self, fields: tuple[Field, ...]) -> list[Node] | None:
        # The conditions of each field and each record on the way; None where one of them is never seen.
        found: list[Node] = []
        for place, field in enumerate(fields):
            if not self.sight.sees(field):
                return None
            mask = self.sight.masks.get((field.module, field.whole))
            if mask is not None:
                found.append(self._led(mask.tree, fields[:place], field.module))
            if place:
                rows = self.sight.reach(field.module)
                if rows is not None:
                    found.append(self._led(rows.tree, fields[:place], field.module))
        return found

    def _some_target(self, fields: tuple[Field, ...]) -> "Node | None":
        # Of the modules that a relation may lead to, the one that it does must be open, and the record seen.
        targets = _leads_to(fields[-1])
        seen = [each for each in targets if each in self.sight.modules]
        if len(seen) == len(targets) and all(self.sight.reach(each) is None for each in seen):
            return None
        ways: list[Node] = []
        for module in seen:
            there = Operation(BOOLEAN, 0, 0, "not", (_is_empty(self._read(fields, module)),))
            rows = self.sight.reach(module)
            led_rows = [] if rows is None else [self._led(rows.tree, fields, module)]
            ways.append(Operation(BOOLEAN, 0, 0, "and", (there, *led_rows)) if led_rows else there)
        if not ways:
            return _NEVER
        return ways[0] if len(ways) == 1 else Operation(BOOLEAN, 0, 0, "or", tuple(ways))

    def _id(self, module: str) -> Field:
        return self._catalog.modules[module].record_fields["id"]

    def _read(self, way: tuple[Field, ...], module: str) -> Read:
        fields = (*way, self._id(module))
        keys = tuple(each.key for each in fields)
        return Read(fields[-1].value_type, 0, 0, (Path(".".join(keys), fields),), keys)

    def _led(self, tree: Node, way: tuple[Field, ...], module: str) -> Node:
        return led(tree, self._read(way, module)) if way else tree

    def _all(self, joins: "Joins", nodes: list[Node] | None) -> ColumnElement[bool] | None:
        if nodes is None:
            return false()
        found = [self._compile(joins, node) for node in nodes]
        return and_(*found) if found else None

    def _compile(self, joins: "Joins", node: Node) -> ColumnElement[bool]:
        from runtime.storage.binding import Binding

        expression = Expression("guard", Span.point("guard"), BOOLEAN, node)
        return self._language.to_sql(expression, Binding(joins.bare()), self._moment)


def _leads_to(field: Field) -> tuple[str, ...]:
    return field.targets or tuple(field.settings.get("among", ()))


def _is_empty(node: Node) -> Call:
    return Call(BOOLEAN, 0, 0, "is_empty", (node,))


_NEVER = Node(BOOLEAN, 0, 0)
"""Stands for a condition that holds of nothing."""


def moment_key(moment: Moment) -> Any:
    """What a sight's conditions may read of a moment that does not pass."""
    user = moment.user or {}
    return (
        moment.today,
        *(tuple(each) if isinstance(each, list | tuple) else each for each in user.values()),
    )
