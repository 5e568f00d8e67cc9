"""Resolves computed fields: their expressions, when each is worked out, and the order among all of them."""

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from types import MappingProxyType

from runtime.base.diagnostic import Code
from runtime.expressions.codes import MAY_BE_EMPTY
from runtime.expressions.fitting import Report
from runtime.expressions.inlining import inlined
from runtime.expressions.keeping import keeping
from runtime.expressions.references import dependencies, references
from runtime.expressions.warning import warnings
from runtime.language.draft import Draft, diagnostic
from runtime.language.nodes import MapNode
from runtime.language.resolve.expressions import resolve_expression
from runtime.language.resolve.loops import in_turn
from runtime.language.resolve.ways import way_of
from runtime.language.shape import dotted
from runtime.model.catalog import Expression, Field, Path
from runtime.model.computed import Computed, Way
from runtime.model.types import MONEY, TEXT
from runtime.model.uses import Thing

Name = tuple[str, str]
"""A field by its module and its key."""

OF_INPUT = ("required", "default", "readonly", "mass_edit", "min", "pattern", "depends_on")
"""Settings that speak of what people write."""
OF_MANY = ("many", "kinds", "optional_time")
"""Settings that make more than one value of it."""
OF_A_COLUMN = ("index", "unique", "search")
"""Settings that a virtual field cannot have."""


def resolve_computed(draft: Draft) -> None:
    """Give the fields with a ``formula`` what computes them; all fields and collections are there already."""
    written = dict(_written(draft))
    reads = {name: references(each.tree).fields & written.keys() for name, each in written.items()}
    order, loop = in_turn(reads)
    loop = loop or next(([name, name] for name, others in reads.items() if name in others), [])
    if loop:
        note_circle(draft, loop)
        return
    for name in order:
        _compute(draft, name, written[name])
    for name in order:
        _warn_anew(draft, name, written[name])
    draft.computed = tuple(name for name in order if _is_stored(draft, name))


def note_circle(draft: Draft, loop: list[Name]) -> None:
    """Note fields that are computed of each other; the last is the first again."""
    module, key = next(name for name in loop if _has_formula(draft, name))
    place = ("modules", module, "fields", key, "formula")
    about = " -> ".join(".".join(name) for name in loop)
    draft.note("computed_circle", key, draft.span(place), place, (), about)


def _node(draft: Draft, name: Name) -> MapNode | None:
    fields = draft.trees["modules"][name[0]].map("fields")
    return fields.map(name[1]) if fields is not None else None


def _has_formula(draft: Draft, name: Name) -> bool:
    node = _node(draft, name)
    return node is not None and "formula" in node.items


def check_circles(draft: Draft) -> None:
    """Note computed fields and formulas that fill fields of what the others give."""
    if not draft.computed or any(draft.of_kind("reads_in_circle")):
        return
    filled = {
        (module.key, one.field): one
        for module in draft.modules.values()
        for one in module.dynamics.formulas
        if one.value is not None and not one.computed
    }
    reads: dict[Name, Set[Name]] = {name: set() for name in (*draft.computed, *filled)}
    for module, key in draft.computed:
        computed = draft.modules[module].fields[key].computed
        if computed is not None:
            reads[module, key] = references(computed.expression.tree).fields & reads.keys()
    for name, one in filled.items():
        own = {path.fields[0].whole for each in (one.when, one.value) if each for path in _paths(each)}
        reads[name] = {(name[0], key) for key in own} & reads.keys()
    _, loop = in_turn(reads)
    if loop:
        note_circle(draft, loop)


def _paths(expression: Expression) -> tuple[Path, ...]:
    return dependencies(expression.tree).paths


def _written(draft: Draft) -> Iterator[tuple[Name, Expression]]:
    for module in list(draft.modules.values()):
        fields = draft.trees["modules"][module.key].map("fields")
        for key, node in fields.maps() if fields else ():
            field = module.fields.get(key)
            if field is None:
                continue
            _check_links(draft, field, node)
            if "formula" not in node.items:
                if node.flag("virtual", False):
                    _note(draft, field, "virtual", "Only a formula can be worked out where it is read.")
                continue
            found = _expression(draft, field, node)
            if found is not None:
                place = ("modules", field.module, "fields", key, "formula")
                draft.mention(place, node.get("formula"), Thing("field", f"{field.module}.{key}"), "writes")
                yield (module.key, key), found


def _check_links(draft: Draft, field: Field, node: MapNode) -> None:
    link = node.map("link")
    for key, attribute in link.maps() if link is not None else ():
        for setting in ("formula", "virtual"):
            if setting in attribute.items:
                about = "What a link has of its own is written with it."
                place = ("modules", field.module, "fields", field.key, "link", key, setting)
                draft.note("computed", setting, attribute.items[setting], place, (), about)


def _expression(draft: Draft, field: Field, node: MapNode) -> Expression | None:
    kind = draft.types[field.type]
    if not kind.computable:
        _note(draft, field, "formula", f"A field of the type {field.type} is not computed.")
        return None
    settings = [*OF_INPUT, *OF_MANY, *([] if field.value_type == TEXT else ["max"])]
    unfit = [setting for setting in settings if setting in node.items]
    for setting in unfit:
        _note(draft, field, setting, "Its formula alone gives its value.")
    if unfit:
        return None
    place = ("modules", field.module, "fields", field.key, "formula")
    return resolve_expression(
        draft, node.get("formula"), field.module, place, field.value_type, database=True, personal=False
    )


def _compute(draft: Draft, name: Name, written: Expression) -> None:
    module = draft.modules[name[0]]
    field = module.fields[name[1]]
    tree = inlined(written.tree, _reporter(draft, field, written), _finder(draft))
    if tree is None:
        return
    node = _node(draft, name)
    is_virtual = (node is not None and node.flag("virtual", False)) or dependencies(tree).clock
    way: Way = "virtual" if is_virtual else way_of(draft, module, tree)
    if way != "own":
        _check_column(draft, field, way)
    if way != "own" and field.value_type == MONEY and tree.type != MONEY and module.parent is not None:
        about = "In rows, what is not worked out in the save itself is made of amounts of money."
        _note(draft, field, "formula", about)
    expression = replace(written, tree=tree)
    computed = Computed(expression, way, keeping(tree, field))
    found = replace(field, computed=computed, readonly=True, mass_edit=False)
    fields = {**module.fields, field.key: found}
    draft.modules[module.key] = replace(module, fields=MappingProxyType(fields))


def _warn_anew(draft: Draft, name: Name, written: Expression) -> None:
    # Whether what a formula reads may be empty is known once all formulas are: some were warned of in vain.
    module, key = name
    field, path = draft.modules[module].fields[key], dotted(("modules", module, "fields", key, "formula"))
    mine = [each for each in draft.found if each.code == MAY_BE_EMPTY.name and each.path == path]
    if not mine:
        return
    still = {each.message for each in warnings(written.written, field.value_type, _finder(draft))}
    draft.found = [each for each in draft.found if each not in mine or each.message in still]


def _finder(draft: Draft) -> Callable[[Field], Field]:
    def find(field: Field) -> Field:
        found = draft.modules[field.module].fields.get(field.key)
        return field if found is None else found

    return find


def _reporter(draft: Draft, field: Field, written: Expression) -> Report:
    def report(code: Code, start: int, end: int, message: str, help_text: str = "") -> None:
        place = ("modules", field.module, "fields", field.key, "formula")
        draft.found.append(diagnostic(code.name, message, written.span, place, help_text))

    return report


def _check_column(draft: Draft, field: Field, way: str) -> None:
    for setting in OF_A_COLUMN if way == "virtual" else ("unique",):
        if getattr(field, setting):
            why = "It has no column." if way == "virtual" else "The database works it out behind the save."
            _note(draft, field, setting, why)


def _note(draft: Draft, field: Field, setting: str, about: str) -> None:
    place = ("modules", field.module, "fields", field.key, setting)
    draft.note("computed", setting, draft.span(place, key=True), place, (), about)


def _is_stored(draft: Draft, name: Name) -> bool:
    computed = draft.modules[name[0]].fields[name[1]].computed
    return computed is not None and computed.is_stored
