"""The digest of a tree: two formulas of one digest give the same values, however they are written."""

import hashlib
from collections.abc import Iterator, Mapping

from runtime.expressions.moment import Terms
from runtime.expressions.tree import (
    Aggregate,
    Attribute,
    Call,
    Kept,
    Literal,
    Node,
    Operation,
    Read,
    walk_all,
)
from runtime.model.catalog import Field
from runtime.model.renames import Renames
from runtime.model.types import ListType, PicklistType, RecordType, ValueType, list_of, record_of

AS_CALLED = Renames()
"""The names as they are."""
CURRENCIES = frozenset(("in_currency",))
"""The functions that reckon with the site's rates."""
WORKDAYS = frozenset(("add_workdays", "workdays_between"))
"""Those that reckon with its workdays."""


def digest(tree: Node, terms: Terms, timezone: str, spoken: Renames = AS_CALLED) -> str:
    """What tells the tree's meaning apart, on a site of these terms; with the names that are ``spoken``."""
    nodes = tuple(walk_all(tree))
    called = {node.function for node in nodes if isinstance(node, Call | Aggregate)}
    parts: list[object] = [_said(node, spoken) for node in nodes]
    if called:
        parts += [timezone, terms.currency]
    if called & CURRENCIES:
        parts.append(sorted((code, str(rate)) for code, rate in terms.rates.items()))
    if called & WORKDAYS:
        parts += [terms.week, sorted(terms.holidays)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _said(node: Node, spoken: Renames) -> tuple[object, ...]:
    kind = repr(_type(node.type, spoken))
    return (type(node).__name__, kind, len(node.parts), len(node.inner), *_own(node, spoken))


def _type(type_: ValueType, spoken: Renames) -> ValueType:
    if isinstance(type_, RecordType) and spoken.modules:
        return record_of(*map(spoken.module, type_.modules))
    return list_of(_type(type_.of, spoken)) if isinstance(type_, ListType) else type_


def _own(node: Node, spoken: Renames) -> Iterator[object]:
    if isinstance(node, Literal):
        if isinstance(node.type, PicklistType) and isinstance(node.value, str):
            yield repr(spoken.value(node.type.picklist, node.value))
        else:
            yield repr(node.value)
    elif isinstance(node, Read):
        yield tuple(tuple(_field(field, node, spoken) for field in path.fields) for path in node.paths)
        yield (node.outer, node.old, node.link)
    elif isinstance(node, Attribute):
        of = node.of.type.picklist if isinstance(node.of.type, PicklistType) else ""
        values = node.values.items()
        yield from (node.name, sorted((spoken.value(of, key), repr(value)) for key, value in values))
    elif isinstance(node, Operation):
        yield node.operator
    elif isinstance(node, Call):
        yield node.function
    elif isinstance(node, Aggregate):
        yield from (node.function, node.descending, node.outer, node.value is None, node.condition is None)
        for step in node.steps:
            hops = tuple(spoken.field(field.module, field.key) for field in step.hops)
            via = step.via and spoken.field(step.via.module, step.via.key)[1]
            yield (hops, spoken.module(step.at), step.kind, spoken.module(step.module), via)
    elif isinstance(node, Kept):
        yield _settings(node.field.settings)


def _field(field: Field, node: Read, spoken: Renames) -> tuple[str, str]:
    if not node.link:
        return spoken.field(field.module, field.key)
    found = (old for (*_, key), old in spoken.attributes.items() if key == field.key)
    return spoken.module(field.module), next(found, field.key)


def _settings(settings: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(repr(settings.get(key)) for key in ("scale", "max", "currency", "currencies"))
