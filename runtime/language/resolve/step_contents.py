"""Resolves the settings of steps that say what is written, asked or waited for: values, rows, conditions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node
from runtime.language.resolve.expressions import is_expression
from runtime.language.resolve.links import link_of
from runtime.language.resolve.step_asked import Asked
from runtime.language.resolve.step_scope import StepScope, each_of
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Module
from runtime.model.types import DATE, DATETIME, TEXT
from runtime.model.uses import Thing
from runtime.model.workflow import Rows, Words


def values(asked: Asked) -> Mapping[str, Expression] | None:
    """What fields of a module get."""
    if asked.target is None:
        return None
    return _values(asked, asked.scope.draft.modules[asked.target])


def said(asked: Asked) -> Mapping[str, Expression] | None:
    """What a link itself says."""
    collection = asked.before.get(asked.setting.of)
    return _values(asked, link_of(asked.scope.draft, collection)) if collection is not None else None


def _values(asked: Asked, module: Module) -> Mapping[str, Expression]:
    scope = asked.scope
    found = scope.values.by_field(module, asked.node, asked.at, scope.own())
    scope.expressions += found.values()
    return found


def inputs(asked: Asked) -> Mapping[str, Expression] | None:
    """What the inputs of a tool get; None where nothing is written."""
    scope, tool = asked.scope, asked.target or ""
    module, _, key = tool.partition(".")
    known = scope.draft.tool_inputs.get(module, {}).get(key, {})
    written = asked.written.items if isinstance(asked.written, MapNode) and tool else {}
    for name, needed in known.items():
        if needed.required and name not in written and not _has_default(scope.draft, module, key, name):
            asked.note(f'{tool} needs the input "{name}"')
    found: dict[str, Expression] = {}
    for name, child in written.items():
        field, place = known.get(name), (*asked.at, name)
        if field is None:
            asked.note(f'{tool} has no input "{name}"; it has {", ".join(known) or "none"}', child, place)
            continue
        value = scope.values.value(field, child, place, scope.own())
        if value is not None:
            found[name] = value
    scope.expressions += found.values()
    return MappingProxyType(found) if asked.written is not None else None


def _has_default(draft: Draft, module: str, tool: str, name: str) -> bool:
    node: MapNode | None = draft.trees["tools"][module]
    for key in (tool, "inputs", name):
        node = node.map(key) if node is not None else None
    return node is not None and "default" in node.items


def rows(asked: Asked) -> Mapping[str, Rows] | None:
    """The rows of a new record, by their collections."""
    if asked.target is None:
        return None
    modules = asked.scope.draft.modules
    kinds = {each.key: each for each in modules[asked.target].rows()}
    found: dict[str, Rows] = {}
    for name, child in asked.node.items.items() if isinstance(asked.node, MapNode) else ():
        place = (*asked.at, name)
        kind = kinds.get(name)
        if kind is None:
            known = ", ".join(kinds) or "none"
            asked.note(f'{asked.target} has no rows "{name}"; it has {known}', child, place)
            continue
        made = _one_kind_of_rows(asked.scope, modules[kind.target], child, place)
        if made is not None:
            found[name] = made
    return MappingProxyType(found)


def _one_kind_of_rows(scope: StepScope, module: Module, node: Node, at: Path) -> Rows | None:
    by_field = scope.values.by_field
    if isinstance(node, ListNode):
        given = [by_field(module, child, place, scope.own()) for child, place in each_of(node, at)]
        for each in given:
            scope.expressions += each.values()
        return Rows(module.key, None, tuple(given))
    assert isinstance(node, MapNode)
    written = node.get("from")
    if written is None or not {*node.items} <= {"from", "set"}:
        scope.values.note("rows are a list, or {from: =items, set: {…}}", node, at)
        return None
    of = scope.several(written, (*at, "from"))
    if of is None:
        return None
    source = scope.of(scope.draft.modules[of.collection.target])
    return Rows(module.key, of, (by_field(module, node.get("set"), (*at, "set"), source),))


def data(asked: Asked) -> Mapping[str, Any]:
    """Values by any names: literals, expressions behind an =, and maps of them."""
    return _data(asked.scope, asked.node, asked.at)


def _data(scope: StepScope, node: Node, at: Path) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for key, child in node.items.items() if isinstance(node, MapNode) else ():
        place = (*at, key)
        if isinstance(child, MapNode):
            found[key] = _data(scope, child, place)
        elif is_expression(child):
            one = scope.expression(child, place, None)
            if one is not None:
                found[key] = one
        else:
            found[key] = child.plain
    return MappingProxyType(found)


def answer(asked: Asked) -> Mapping[str, str]:
    """Fields of the steps' own module, by the places of an answer that fill them."""
    scope = asked.scope
    found: dict[str, str] = {}
    for path, child in asked.node.items.items() if isinstance(asked.node, MapNode) else ():
        place = (*asked.at, path)
        first, _, rest = path.partition(".")
        if (first, bool(rest)) not in (("status", False), ("response", True)):
            about = f'"{path}" is no place of an answer; those are status, and paths such as response.id'
            asked.note(about, child, place)
            continue
        field = scope.values.field(scope.module, str(child.plain), child, place)
        if field is not None and scope.values.takes_one(field, child, place):
            scope.draft.mention(place, child, Thing("field", f"{scope.module.key}.{field.key}"), "writes")
            found[path] = field.key
    return MappingProxyType(found)


def condition(asked: Asked) -> Expression | None:
    """A condition on the steps' own record, or on those of another setting."""
    return asked.scope.condition(asked.node, asked.at, asked.target)


def text(asked: Asked) -> object:
    """A text, or what an expression behind an = gives."""
    if is_expression(asked.node):
        return asked.scope.expression(asked.node, asked.at, TEXT)
    return asked.node.plain


def moment(asked: Asked) -> Expression | None:
    """A moment, or a day, behind an =."""
    scope = asked.scope
    found = scope.values.either(asked.node, scope.module, asked.at, (DATETIME, DATE), scope.own())
    return scope.kept(found)


def tags(asked: Asked) -> Words | None:
    """Tags of the field that holds them: literals, and texts that expressions give."""
    scope, key = asked.scope, asked.before.get(asked.setting.of)
    module = scope.draft.modules.get(asked.modules.get("record", ""))
    field = module.fields.get(key) if module is not None and key is not None else None
    if field is None:
        return None
    found = []
    for child, place in each_of(asked.node, asked.at):
        if is_expression(child):
            found.append(scope.expression(child, place, TEXT))
        else:
            found.append(scope.kept(scope.values.value(field, child, place, scope.own())))
    return Words(tuple(each for each in found if each is not None))


def duration(asked: Asked) -> Any:
    """A duration."""
    return asked.scope.values.duration(asked.node, asked.at)
