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

CURRENCIES = frozenset(("in_currency",))
"""The functions that reckon with the site's rates."""
WORKDAYS = frozenset(("add_workdays", "workdays_between"))
"""Those that reckon with its workdays."""


def digest(tree: Node, terms: Terms, timezone: str) -> str:
    """What tells the tree's meaning apart, on a site of these terms."""
    nodes = tuple(walk_all(tree))
    called = {node.function for node in nodes if isinstance(node, Call | Aggregate)}
    parts: list[object] = [_said(node) for node in nodes]
    if called:
        parts += [timezone, terms.currency]
    if called & CURRENCIES:
        parts.append(sorted((code, str(rate)) for code, rate in terms.rates.items()))
    if called & WORKDAYS:
        parts += [terms.week, sorted(terms.holidays)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _said(node: Node) -> tuple[object, ...]:
    return (type(node).__name__, repr(node.type), len(node.parts), len(node.inner), *_own(node))


def _own(node: Node) -> Iterator[object]:
    if isinstance(node, Literal):
        yield repr(node.value)
    elif isinstance(node, Read):
        yield tuple(tuple((field.module, field.key) for field in path.fields) for path in node.paths)
        yield (node.outer, node.old, node.link)
    elif isinstance(node, Attribute):
        yield from (node.name, sorted((key, repr(value)) for key, value in node.values.items()))
    elif isinstance(node, Operation):
        yield node.operator
    elif isinstance(node, Call):
        yield node.function
    elif isinstance(node, Aggregate):
        yield from (node.function, node.descending, node.outer, node.value is None, node.condition is None)
        for step in node.steps:
            hops = tuple((field.module, field.key) for field in step.hops)
            yield (hops, step.at, step.kind, step.module, step.via and step.via.key)
    elif isinstance(node, Kept):
        yield _settings(node.field.settings)


def _settings(settings: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(repr(settings.get(key)) for key in ("scale", "max", "currency", "currencies"))
