"""What changes of what the program works out, demands and refuses by itself."""

from collections.abc import Iterator

from runtime.change.people.phrases import field_named, formula, modules_of, pairs, text_of
from runtime.model.catalog import Catalog, Expression, Module
from runtime.model.dynamics import Formula, RecordCheck, Rule


def tell_formulas(before: Catalog, after: Catalog) -> Iterator[str]:
    """Computed fields, dynamic formulas, conditional defaults and demands, rules and checks."""
    for _, old, new in modules_of(before.modules, after.modules):
        yield from _computed(old, new)
        yield from _conditions(old, new)
        yield from _named(old, new, "formula", _formulas(old), _formulas(new))
        yield from _named(old, new, "rule", _rules(old), _rules(new))
        yield from _named(old, new, "check", _checks(old), _checks(new))


def _computed(old: Module, new: Module) -> Iterator[str]:
    for _, was, field in pairs(old.fields, new.fields):
        before = was.computed.expression if was.computed else None
        after = field.computed.expression if field.computed else None
        if text_of(before) == text_of(after):
            continue
        if after is None:
            yield f"{field_named(new, field)} is not computed any more."
        else:
            was_said = f"was {formula(before)}" if before else "was filled in"
            yield f"{field_named(new, field)} is computed as {formula(after)}, and {was_said}."


def _conditions(old: Module, new: Module) -> Iterator[str]:
    for what, before, after in (
        ("begins as", old.dynamics.defaults, new.dynamics.defaults),
        ("must be filled in where", old.dynamics.required, new.dynamics.required),
        ("is only read where", old.dynamics.readonly, new.dynamics.readonly),
    ):
        for key in dict.fromkeys((*after, *before)):
            field = new.field(key)
            if field is None or text_of(before.get(key)) == text_of(after.get(key)):
                continue
            ends = "" if key in after else ", no more"
            yield f"{field_named(new, field)} {what} {formula(after.get(key) or before[key])}{ends}."


Described = dict[str, tuple[object, ...]]


def _named(old: Module, new: Module, what: str, before: Described, after: Described) -> Iterator[str]:
    for key in dict.fromkeys((*after, *before)):
        if key not in before:
            yield f"{new.label} has a new {what}, {key}{_about(after[key])}."
        elif key not in after:
            yield f"{new.label} has the {what} {key} no more."
        elif before[key] != after[key]:
            yield f"The {what} {key} of {new.label} is another one{_about(after[key])}."


def _about(described: tuple[object, ...]) -> str:
    return f": {described[0]}" if described[0] else ""


def _formulas(module: Module) -> Described:
    own = [each for each in module.dynamics.formulas if not each.computed and not each.rule]
    return {each.key: _formula(each) for each in own}


def _formula(each: Formula) -> tuple[object, ...]:
    value = f"{each.field} is {formula(each.value)}" if each.value else str(each.note or "")
    when = f" when {formula(each.when)}" if each.when else ""
    return (f"{value}{when}", each.run, each.clear)


def _rules(module: Module) -> Described:
    sets: dict[str, list[object]] = {}
    for each in module.dynamics.formulas:
        if each.rule:
            sets.setdefault(each.rule, []).append((each.field, text_of(each.value)))
    return {each.key: (*_rule(each), tuple(sets.get(each.key, ()))) for each in module.dynamics.rules}


def _rule(each: Rule) -> tuple[object, ...]:
    parts = (each.show, each.require, each.readonly, each.hide, each.show_parts, each.hide_parts)
    return (_when(each.when), *parts, tuple(sorted(each.limit.items())))


def _checks(module: Module) -> Described:
    return {each.key: _check(each) for each in module.dynamics.checks}


def _check(each: RecordCheck) -> tuple[object, ...]:
    return (formula(each.condition), str(each.message), each.location, each.guard)


def _when(expression: Expression | None) -> str:
    return f"when {formula(expression)}" if expression else ""
