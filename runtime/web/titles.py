"""Titles: records found by exactly what they are called, for text that was typed where an id is wanted."""

from collections.abc import Sequence

from runtime.base.messages import Message, message
from runtime.model.catalog import Field, Module
from runtime.model.values import Ref
from runtime.storage.query import MOST, Query
from runtime.web.door import Call
from runtime.web.quick import quote

PLAIN = ("text", "email")
"""The types of a title that a condition finds as it was typed."""


def ref_of(call: Call, targets: Sequence[str], typed: str) -> Ref | None:
    """The record of an id that a form sent; None when it is none, or may not be seen."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        return None
    with call.site.database.read() as connection:
        return call.live.refs.one(connection, targets, int(typed), call.actor, call.moment)


def pointed(call: Call, field: Field, written: str) -> Ref | None:
    """The record that ``accounts:5`` names, of a field that points at any; None when it is none."""
    module, _, number = written.partition(":")
    return ref_of(call, (module,), number) if module in field.settings["among"] else None


def called(call: Call, targets: Sequence[str], typed: str) -> Ref | Message:
    """The one record of that title among the modules, or what is wrong with the text."""
    found = [
        ref
        for target in targets
        for ref in _called(call, call.live.catalog.modules[target], typed)
        if ref.title == typed
    ]
    if len(found) == 1:
        return found[0]
    if found:
        return message(
            '{count} records are called "{written}". Choose one of the list.',
            count=len(found),
            written=typed[:100],
        )
    return message('There is no record called "{written}".', written=typed[:100])


def new_label(call: Call, module: Module) -> str:
    """What the way to a new record of a module is called: New account."""
    return message("New {label}", label=module.label).render(call.translate, call.actor.language)


def _called(call: Call, module: Module, typed: str) -> list[Ref]:
    field = only_field(module)
    where = (call.live.condition(module, f"{field.key} == {quote(typed)}"),) if field is not None else ()
    query = Query(
        module.key,
        where=where,
        limit=MOST,
        search=None if where else typed,
    )
    with call.site.database.read() as connection:
        return call.live.refs.search(connection, query, call.actor, call.moment)


def only_field(module: Module) -> Field | None:
    """The field that alone is the title; None where the title is made of several things."""
    parts = module.title.parts
    if len(parts) != 1 or parts[0][0] or module.title.tail or parts[0][1].hops:
        return None
    field = parts[0][1].field
    return field if field.type in PLAIN and not field.settings.get("many") else None
