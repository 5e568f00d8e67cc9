"""The record being edited, as the condition of a relation reads it: what stands in the form just then."""

from typing import Any

from runtime.expressions.references import paths
from runtime.fields.base import InvalidValueError, Match
from runtime.model.catalog import Field, Module, Path
from runtime.model.values import Ref
from runtime.records.outer import nested
from runtime.web.door import Call
from runtime.web.errors import RefusedError
from runtime.web.pages.card import load, own_path

SENT = "this."
"""What the names of the form's values begin with in the address of a picker."""


def outer_paths(module: Module, field: Field) -> list[Path]:
    """What the conditions of a relation read of the record being edited."""
    conditions = module.choosable.get(field.key, {}).values()
    return [path for condition in conditions for path in paths(condition.tree, outer=True)]


def present(call: Call, module: Module, field: Field) -> dict[str, object]:
    """The record as the form has it: what the browser sent along, else what stands in the database."""
    wanted = outer_paths(module, field)
    if not wanted:
        return {}
    fields = {path.fields[0].key: path.fields[0] for path in wanted}
    sent = {key: _read(call, each) for key, each in fields.items() if _is_sent(call, key)}
    own: dict[str, Any] = {**_standing(call, module, fields, sent), **sent}
    with call.site.database.read() as connection:
        return nested(connection, call.live.writer.plans.loader, wanted, [own])[0]


def _is_sent(call: Call, key: str) -> bool:
    return SENT + key in call.request.query_params


def _standing(
    call: Call, module: Module, fields: dict[str, Field], sent: dict[str, object]
) -> dict[str, object]:
    record = call.query("record")
    left = [each for key, each in fields.items() if key not in sent]
    if not left or not record.isdecimal() or len(record) > 18:
        return {}
    try:
        card = load(call, module, int(record), [own_path(each) for each in left])
    except RefusedError:
        return {}
    return {each.key: _plain(card.values[each.key]) for each in left}


def _read(call: Call, field: Field) -> object:
    """The value that a control holds; none where it cannot be read, or names a record by its values."""
    kind = call.live.types[field.type]
    texts = call.request.query_params.getlist(SENT + field.key)
    raw: object = texts if kind.linked or kind.grouped else texts[-1]
    try:
        value = kind.parse(raw, field, call.live.parsing(call.actor, "form"))
    except InvalidValueError:
        return None
    return None if isinstance(value, Match) else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value)
    return value.id if isinstance(value, Ref) else value
