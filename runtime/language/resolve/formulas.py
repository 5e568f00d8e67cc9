"""Resolves dynamic field formulas: their moments, their expressions, and the order in which they run."""

from collections.abc import Iterator
from dataclasses import replace

from runtime.expressions.references import dependencies
from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Scalar
from runtime.language.resolve.computed import check_circles
from runtime.language.resolve.dynamics import resolve_saved
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.loops import in_turn
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Field, Module
from runtime.model.dynamics import MOMENTS, Formula
from runtime.model.label import Label
from runtime.model.types import BOOLEAN
from runtime.model.uses import Thing


def resolve_formulas(draft: Draft, labels: Labels) -> None:
    """Give every module its formulas, those of its computed fields and what its rules set among them,
    each after those that fill what it reads.
    """
    trees = draft.trees.get("formulas", {})
    for key in trees:
        if key not in draft.modules and not draft.is_written("modules", key):
            place = ("formulas", key)
            draft.note("module_of_file", key, draft.span(place), place, list(draft.files["modules"]))
    for key, module in list(draft.modules.items()):
        written = trees[key].maps() if key in trees else ()
        found = [one for name, node in written for one in _formula(draft, labels, module, name, node)]
        found += [*module.dynamics.formulas, *_computed(module)]
        if found:
            dynamics = replace(module.dynamics, formulas=tuple(_in_order(draft, module, found)))
            draft.modules[key] = replace(module, dynamics=dynamics)
    check_circles(draft)


def _computed(module: Module) -> Iterator[Formula]:
    """What the save itself works out of computed fields."""
    for field in module.fields.values():
        computed = field.computed
        if computed is not None and computed.way == "own":
            yield Formula(
                field.key, field.key, ("save",), None, computed.expression, True, None, field.origin,
                computed=True,
            )  # fmt: skip


def _formula(draft: Draft, labels: Labels, module: Module, key: str, node: MapNode) -> Iterator[Formula]:
    place = ("formulas", module.key, key)
    field = _field(draft, module, node, place)
    run = tuple(_moments(draft, module, node, place))
    note = labels.of((*place, "note"), node.get("note"), Label.of("")) if "note" in node.items else None
    when = resolve_saved(draft, node.get("when"), module.key, (*place, "when"), BOOLEAN)
    value = None
    if field is not None:
        value = resolve_saved(draft, node.get("value"), module.key, (*place, "value"), field.value_type)
    if (when is None and "when" in node.items) or (field is None and "field" in node.items):
        return
    if value is None and "value" in node.items and field is not None:
        return
    says = bool({"view", "validate"} & set(run))
    wrong = ""
    if says and (note is None or when is None):
        wrong = "One that runs at view or validate has a condition (when) and a text (note)."
    elif says and set(run) - {"view", "validate"}:
        wrong = "One that runs at view or validate fills no field, and runs at no other moment."
    elif not says and (field is None or value is None):
        wrong = "It has a field, and a value for it."
    if wrong:
        draft.note("formula", key, draft.span(place, key=True), place, (), wrong)
        return
    yield Formula(
        key, field.key if field is not None else "", run, when, value, node.flag("clear", False), note,
        draft.origin(node),
    )  # fmt: skip


def _field(draft: Draft, module: Module, node: MapNode, place: Path) -> Field | None:
    name, written = node.text("field"), node.get("field")
    if name is None or written is None:
        return None
    field = module.fields.get(name)
    if field is None:
        if not draft.is_broken("modules", module.key, "fields", name):
            draft.note("field", name, written, (*place, "field"), list(module.fields), f"{module.key} has")
        return None
    if field.computed is not None:
        about = "The field is computed, and its own formula alone fills it."
        draft.note("formula", place[-1], written, (*place, "field"), (), about)
        return None
    kind = draft.types[field.type]
    if kind.linked or kind.given or kind.hidden:
        about = f"A field of the type {field.type} is filled by no formula."
        draft.note("formula", place[-1], written, (*place, "field"), (), about)
        return None
    does = "writes" if "value" in node.items else "binds"
    draft.mention((*place, "field"), written, Thing("field", f"{module.key}.{name}"), does)
    return field


def _moments(draft: Draft, module: Module, node: MapNode, place: Path) -> Iterator[str]:
    written = node.get("run")
    items = list(written.scalars()) if isinstance(written, ListNode) else [written]
    if written is None:
        yield "save"
        return
    for item in items:
        if not isinstance(item, Scalar):
            continue
        name = str(item.value)
        if name in MOMENTS or name in module.fields:
            if name not in MOMENTS:
                draft.mention((*place, "run"), item, Thing("field", f"{module.key}.{name}"), "reads")
            yield name
        elif not draft.is_broken("modules", module.key, "fields", name):
            known = [*MOMENTS, *module.fields]
            draft.note("field", name, item, (*place, "run"), known, f"{module.key} has")


def _in_order(draft: Draft, module: Module, formulas: list[Formula]) -> list[Formula]:
    read = [_reads(one) for one in formulas]
    reads = {
        index: {
            other_index
            for other_index, other in enumerate(formulas)
            if other.value is not None and other.field != one.field and other.field in read[index]
        }
        for index, one in enumerate(formulas)
    }
    order, loop = in_turn(reads)
    if loop:
        first = next((formulas[index] for index in loop if not formulas[index].computed), formulas[loop[0]])
        about = " -> ".join(formulas[index].key for index in loop)
        place = _place(module, first)
        draft.note("reads_in_circle", first.key, draft.span(place, key=True), place, (), about)
    return formulas if loop else [formulas[index] for index in order]


def _place(module: Module, formula: Formula) -> Path:
    if formula.rule:
        return ("modules", module.key, "rules", formula.rule, "set", formula.field)
    if formula.computed:
        return ("modules", module.key, "fields", formula.key, "formula")
    return ("formulas", module.key, formula.key)


def _reads(formula: Formula) -> set[str]:
    found = set(formula.run)
    for expression in (formula.when, formula.value):
        found |= _own(expression)
    return found


def _own(expression: Expression | None) -> set[str]:
    if expression is None:
        return set()
    return {path.fields[0].whole for path in dependencies(expression.tree).paths}
