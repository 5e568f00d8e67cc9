"""Resolves which records a relation may point at: its ``where``, or what its type itself demands of them."""

from dataclasses import replace
from types import MappingProxyType

from runtime.language.draft import Draft
from runtime.language.nodes import MapNode, Node
from runtime.language.resolve.expressions import resolve_expression
from runtime.model.catalog import Expression, Field, Module
from runtime.model.types import BOOLEAN


def resolve_choosable(draft: Draft) -> None:
    """Give every module the conditions of its relations; all fields of all modules are there already."""
    for key, module in list(draft.modules.items()):
        conditions = {
            field.key: MappingProxyType(found)
            for field in module.fields.values()
            if field.targets and (found := _of_field(draft, module, field))
        }
        if conditions:
            draft.modules[key] = replace(module, choosable=MappingProxyType(conditions))


def _of_field(draft: Draft, module: Module, field: Field) -> dict[str, Expression]:
    """The condition on the records of each module that the field may point at."""
    text = draft.types[field.type].choosable(field.settings)
    place = ("modules", module.key, "fields", field.key)
    whole = draft.node(place)
    node: Node | None = whole.get("where") if isinstance(whole, MapNode) else None
    found: dict[str, Expression] = {}
    for target in field.targets if text else ():
        if target not in draft.modules:
            continue
        if node is not None:
            condition = resolve_expression(draft, node, target, (*place, "where"), BOOLEAN, module.key)
        else:
            scope = draft.scope(target, module.key)
            condition, _ = draft.language.parse(text, field.origin.span, scope, BOOLEAN)
        if condition is None:
            break
        found[target] = condition
    return found
