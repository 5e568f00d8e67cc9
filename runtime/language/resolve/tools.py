"""Resolves tools: the inputs of all of them first, for steps of others may fill them in."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from runtime.language import later
from runtime.language.draft import Draft, diagnostic
from runtime.language.nodes import MapNode
from runtime.language.resolve.expressions import is_expression, resolve_expression
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.procedures import resolve_procedure
from runtime.language.resolve.steps import Steps
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Field, Module
from runtime.model.label import Label
from runtime.model.tool import CARD, PLACES, Tool
from runtime.model.types import BOOLEAN

ICON = "bolt"
OF_RECORDS = (
    "unique", "index", "formula", "virtual", "convert", "split", "merge", "fill", "was", "search", "log",
    "mass_edit", "inverse", "on_delete", "where", "depends_on",
)  # fmt: skip
"""Settings of fields that are kept with a record, as no input is."""
NO_INPUTS = ("any_relation", "secret")
"""Types that only records have."""


def resolve_tool_inputs(draft: Draft, labels: Labels) -> None:
    """Give the draft the inputs of every tool."""
    fields = Fields(draft, labels)
    for module, key, node in _written(draft):
        inputs = node.map("inputs")
        found = draft.tool_inputs.setdefault(module.key, {}).setdefault(key, {})
        for name, each in inputs.maps() if inputs else ():
            path = ("tools", module.key, key, "inputs", name)
            field = _input(draft, fields, module, name, each, path)
            if field is not None:
                found[name] = field


def resolve_tools(draft: Draft, labels: Labels) -> None:
    """Fill the draft's tools."""
    for key in draft.trees.get("tools", {}):
        if key not in draft.modules and not draft.is_written("modules", key):
            place = ("tools", key)
            draft.note("module_of_file", key, draft.span(place), place, list(draft.files["modules"]))
    for module, key, node in _written(draft):
        made = _tool(draft, labels, module, key, node)
        draft.tools.setdefault(module.key, {})[key] = made


def _written(draft: Draft) -> Iterator[tuple[Module, str, MapNode]]:
    for name, tree in draft.trees.get("tools", {}).items():
        module = draft.modules.get(name)
        if module is not None:
            yield from ((module, key, node) for key, node in tree.maps())


def _input(
    draft: Draft, fields: Fields, module: Module, name: str, node: MapNode, path: Path
) -> Field | None:
    kind = draft.types[str(node.text("type"))]
    wrong = next((key for key in OF_RECORDS if key in node.items), None)
    if wrong is not None:
        draft.note("tool", f"an input has no {wrong}: it is no field of a record", node.keys[wrong], path)
        return None
    if kind.linked or kind.attaches or kind.given or kind.hidden or kind.name in NO_INPUTS:
        draft.note("tool", f"an input cannot be of the type {kind.name}", node.items["type"], path)
        return None
    for key in ("required", "readonly"):
        if is_expression(node.get(key)):
            draft.note("tool", f"{key} of an input is true or false", node.items[key], path)
    return fields.field(module.key, name, node, path)


def _tool(draft: Draft, labels: Labels, module: Module, key: str, node: MapNode) -> Tool:
    path: Path = ("tools", module.key, key)
    inputs = MappingProxyType(draft.tool_inputs[module.key][key])
    values = Values(draft, Fields(draft, labels), "tool", inputs)
    is_system = node.text("run_as") == "system"
    steps = Steps(values, module, "tool", personal=not is_system)
    label = labels.named(path, node)
    show = resolve_expression(draft, node.get("show"), module.key, (*path, "show"), BOOLEAN, database=True)
    procedure = resolve_procedure(
        steps, f"tool:{module.key}.{key}", label, node, path, draft.origin(node), as_causer=not is_system
    )
    procedure = replace(procedure, when=show)
    confirm = node.get("confirm")
    return Tool(
        module.key,
        key,
        label,
        node.text("icon") or ICON,
        tuple(_places(draft, node, path)),
        show,
        labels.of((*path, "confirm"), confirm, Label.of("")) if confirm is not None else None,
        inputs,
        MappingProxyType(dict(_defaults(draft, labels, module, node, inputs, path))),
        procedure,
        draft.origin(node),
        frozenset() if is_system else frozenset(steps.needs),
        frozenset() if is_system else frozenset(steps.needs_own),
    )


def _places(draft: Draft, node: MapNode, path: Path) -> Iterator[str]:
    written = node.list("on")
    if written is None:
        yield CARD
    for position, item in enumerate(written.items if written else ()):
        if item.plain in PLACES:
            yield str(item.plain)
        else:
            about = f"tools on dashboards are not there yet: {later.FEATURES['N116']}"
            draft.found.append(diagnostic("N116", about, item.span, (*path, "on", str(position)), later.HELP))


def _defaults(
    draft: Draft,
    labels: Labels,
    module: Module,
    node: MapNode,
    inputs: MappingProxyType[str, Field],
    path: Path,
) -> Iterator[tuple[str, Expression]]:
    """What inputs begin with that is worked out, of the record that the tool is used for."""
    values = Values(draft, Fields(draft, labels), "tool")
    written = node.map("inputs")
    for name, field in inputs.items():
        each = written.map(name) if written else None
        default = each.get("default") if each else None
        if is_expression(default):
            place = (*path, "inputs", name, "default")
            found = values.expression(default, place, values.scope(module), field.value_type)
            if found is not None:
                yield name, found
