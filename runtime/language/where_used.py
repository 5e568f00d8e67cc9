"""Where-used: from the names that the resolver met to the uses of each thing, at their exact places."""

import re
from collections.abc import Iterable, Iterator

from runtime.expressions.tree import (
    Aggregate,
    Attribute,
    Call,
    Items,
    Literal,
    Operation,
    Read,
    walk_all,
)
from runtime.expressions.tree import Node as Part
from runtime.language.mentions import Mention
from runtime.language.nodes import Scalar
from runtime.language.shape import SINGLE, rooted
from runtime.language.shape import Path as Place
from runtime.model.catalog import Catalog, Expression, Origin, Path
from runtime.model.types import PicklistType
from runtime.model.uses import Thing, Use, Uses

Found = tuple[Thing, str, int, int]
"""A thing, what is done to it, and the offsets in the text that names it."""

_FIELD_SETTINGS = {
    "formula": "computed",
    "default": "default",
    "required": "condition",
    "readonly": "condition",
    "where": "choice",
    "depends_on": "dependence",
}
_MODULE_KEYS = {"rules": "rule", "checks": "check", "indexes": "index"}
_FILTER_KEYS = {"quick": "quick_filter", "kpis": "kpi"}
_KINDS = {
    "formulas": "formula",
    "layouts": "layout",
    "menu": "menu",
    "roles": "rights",
    "profiles": "rights",
    "sharing": "rights",
    "data": "data",
    "translations": "translation",
    "picklists": "picklist",
}


def things_of(catalog: Catalog, functions: Iterable[str]) -> Iterator[Thing]:
    """Everything of a catalog that has a name, and the functions of the language."""
    for module in catalog.modules.values():
        yield Thing("module", module.key)
        for field in module.all_fields():
            yield Thing("field", f"{module.key}.{field.key}")
    for picklist in catalog.picklists.values():
        yield Thing("picklist", picklist.key)
        for value in picklist.values:
            yield Thing("value", f"{picklist.key}.{value}")
    for key, filters in catalog.filters.items():
        yield from (Thing("filter", f"{key}.{name}") for name in filters)
    yield from (Thing("role", role) for role in catalog.roles)
    yield from (Thing("profile", profile) for profile in catalog.access.profiles)
    yield from (Thing("constant", f"const.{name}") for name in catalog.constants)
    yield from (Thing("function", name) for name in functions)


def where_used(catalog: Catalog, mentions: Iterable[Mention], functions: Iterable[str]) -> Uses:
    """The uses of everything that a configuration has."""
    return Uses(things_of(catalog, functions), (use for each in mentions for use in uses_of(each)))


def uses_of(mention: Mention) -> Iterator[Use]:
    """What one mention uses."""
    kind, path = kind_of(mention.path), ".".join(_whole(mention.path))
    meant = mention.meant
    text = "" if isinstance(meant, Thing) else meant.text
    for thing, does, start, end in _found(mention):
        node = mention.node
        span = node.span
        if isinstance(node, Scalar) and text:
            span = node.locate(start + mention.skipped, end + mention.skipped)
        yield Use(thing, does, kind, path, text, Origin(node.source.layer, span))


def kind_of(path: Place) -> str:
    """What stands at a place: a formula, a filter's KPI, a module's title."""
    match path:
        case ("modules", _, "fields", _, setting, *_):
            return _FIELD_SETTINGS.get(setting, "field")
        case ("modules", _, part, *_):
            return _MODULE_KEYS.get(part, part)
        case ("filters", _, _, part, *_):
            return _FILTER_KEYS.get(part, "filter")
    return _KINDS.get(path[0], path[0])


def _whole(path: Place) -> Place:
    return path if path[0] in SINGLE else rooted(path)


def _found(mention: Mention) -> Iterator[Found]:
    meant = mention.meant
    if isinstance(meant, Thing):
        yield meant, mention.does, 0, 0
    elif isinstance(meant, Path):
        yield from of_path(meant, mention.does or _done_to(mention.path))
    else:
        yield from in_expression(meant)


def _done_to(path: Place) -> str:
    """What a place does to the field at the end of a path that is written there."""
    if path[0] == "layouts":
        return "reads" if "sort" in path else "shows"
    return "shows" if path[0] == "filters" and "columns" in path else "reads"


def of_path(path: Path, does: str) -> Iterator[Found]:
    """What a path names: the relations that it walks are read; ``does`` is said of its last field."""
    names = path.text.split(".")
    start = 0
    for index, field in enumerate(path.fields):
        end = start + len(names[index])
        last = index == len(path.fields) - 1
        yield Thing("field", f"{field.module}.{field.whole}"), does if last else "reads", start, end
        start = end + 1
    if path.attribute is not None and isinstance(path.field.value_type, PicklistType):
        picklist = Thing("picklist", path.field.value_type.picklist)
        yield picklist, "reads", len(path.text) - len(path.attribute), len(path.text)


def in_expression(expression: Expression) -> Iterator[Found]:
    """Everything that an expression names, each at its place in the text."""
    text = expression.text
    for node in walk_all(expression.written or expression.tree):
        match node:
            case Read() if not node.link:
                yield from _of_read(text, node)
            case Attribute() if isinstance(node.of.type, PicklistType):
                start = max(node.end - len(node.name), node.start)
                yield Thing("picklist", node.of.type.picklist), "reads", start, node.end
            case Literal():
                yield from _of_literal(node)
            case Operation():
                yield from _of_meaning(node)
            case Call() | Aggregate():
                if text.startswith(f"{node.function}(", node.start):
                    end = node.start + len(node.function)
                    yield Thing("function", node.function), "reads", node.start, end
                if isinstance(node, Aggregate):
                    yield from _of_steps(text, node)


def _of_read(text: str, node: Read) -> Iterator[Found]:
    for path in node.paths:
        names = [field.key for field in path.fields]
        for field, (start, end) in zip(path.fields, _places(text, node, names, node.start), strict=True):
            yield Thing("field", f"{field.module}.{field.whole}"), "reads", start, end


def _of_literal(node: Literal) -> Iterator[Found]:
    if isinstance(node.type, PicklistType) and isinstance(node.value, str):
        yield Thing("value", f"{node.type.picklist}.{node.value}"), "reads", node.start, node.end
    if node.constant is not None:
        yield Thing("constant", f"const.{node.constant}"), "reads", node.start, node.end


def _of_meaning(node: Operation) -> Iterator[Found]:
    """The values of a picklist that a comparison means by what they have: ``stage.kind == 'won'``."""
    sides = [item for side in node.operands for item in (side.items if isinstance(side, Items) else (side,))]
    told = {side.value for side in sides if isinstance(side, Literal) and side.value is not None}
    for side in sides:
        if isinstance(side, Attribute) and isinstance(side.of.type, PicklistType):
            for key, has in side.values.items():
                if has in told:
                    yield Thing("value", f"{side.of.type.picklist}.{key}"), "reads", side.start, side.end


def _of_steps(text: str, node: Aggregate) -> Iterator[Found]:
    names = [name for step in node.steps for name in step.keys]
    places = iter(_places(text, node, names, text.find("(", node.start) + 1))
    for step in node.steps:
        for field in step.hops:
            yield Thing("field", f"{field.module}.{field.whole}"), "reads", *next(places)
        place = next(places)
        yield Thing("module", step.module), "reads", *place
        if step.via is not None:
            yield Thing("field", f"{step.via.module}.{step.via.key}"), "reads", *place


def _places(text: str, node: Part, names: list[str], start: int) -> list[tuple[int, int]]:
    """Where each name of a path stands; the whole of it where it is written otherwise."""
    places: list[tuple[int, int]] = []
    for name in names:
        name = name.rpartition(".")[2]
        found = re.compile(rf"\b{re.escape(name)}\b").search(text, start, node.end)
        if found is None:
            return [(node.start, node.end)] * len(names)
        places.append(found.span())
        start = found.end()
    return places
