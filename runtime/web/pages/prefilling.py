"""Prefilling: what a new record begins with, by its address and by the records that are named there."""

from collections.abc import Iterable
from typing import Any

from runtime.fields.base import InvalidValueError
from runtime.model.catalog import Field, Module
from runtime.model.values import Ref
from runtime.storage.runs import Runs
from runtime.web.door import Call
from runtime.web.errors import RefusedError
from runtime.web.pages.card import load, own_path
from runtime.web.pages.editing import is_given
from runtime.web.titles import ref_of


def prefill(call: Call, module: Module, values: dict[str, Any]) -> None:
    """Put into the values of a new record what the address says.

    Of a record that it names the relations go over that both have by one name: a quote that is begun on a
    potential's card is for the potential's account.
    """
    filled_in_by_a_tool(call, module, values)
    named: list[Ref] = []
    for each in module.fields.values():
        if call.query(each.key) and not is_given(call, each):
            found = _read(call, each, call.query(each.key))
            values[each.key] = found or values[each.key]
            if isinstance(found, Ref):
                named.append(found)
    for ref in named:
        for key, also in _shared(call, module, ref):
            values[key] = values[key] or also


def filled_in_by_a_tool(call: Call, module: Module, values: dict[str, Any]) -> None:
    """Put in what a tool opened the form with; a run that somebody else asked for fills nothing in."""
    number = call.query("_run")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return
    runs = Runs(call.site.clock)
    with call.site.database.read() as connection:
        run = runs.find(connection, int(number))
        is_mine = run is not None and run.user_id == call.actor.user_id
        steps = runs.steps(connection, int(number)) if is_mine else []
    forms = [each.effects for each in steps if each.effects and each.effects.get("form") == module.key]
    for key, told in forms[-1].get("values", {}).items() if forms else ():
        field = module.field(key)
        if field is not None and not is_given(call, field):
            values[key] = _drawn(call, field, call.live.types[field.type].from_json(told))


def _drawn(call: Call, field: Field, value: Any) -> Any:
    """A canonical value as a form draws it: with the titles of records."""
    if not field.targets:
        return value
    if isinstance(value, tuple | list):
        refs = [ref_of(call, field.targets, str(getattr(each, "id", each))) for each in value]
        return tuple(ref for ref in refs if ref is not None)
    return ref_of(call, field.targets, str(getattr(value, "id", value)))


def _read(call: Call, each: Field, text: str) -> Any:
    """What the address says that a field begins with; nothing where it cannot be read."""
    if each.targets:
        ref = ref_of(call, each.targets, text)
        if not call.live.types[each.type].linked:
            return ref
        return (ref,) if ref is not None and not each.settings.get("link") else None
    try:
        return call.live.types[each.type].parse(text, each, call.live.parsing(call.actor, "form"))
    except InvalidValueError:
        return None


def _shared(call: Call, module: Module, ref: Ref) -> Iterable[tuple[str, Any]]:
    """The relations of a record, with where they lead to, that the module has too."""
    other = call.live.catalog.modules[ref.module]
    both = [
        their
        for key, their in other.fields.items()
        if their.type == "relation"
        and (own := module.fields.get(key)) is not None
        and (own.type, own.targets) == (their.type, their.targets)
        and not is_given(call, own)
    ]
    if not both:
        return ()
    try:
        card = load(call, other, ref.id, [own_path(each) for each in both])
    except RefusedError:
        return ()
    return [(each.key, card.values[each.key]) for each in both]
