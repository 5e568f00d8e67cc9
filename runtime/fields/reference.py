"""How records are named by what points at them: an id, or the values of their fields."""

from collections.abc import Mapping
from typing import Any

from runtime.fields.base import Match, refuse
from runtime.model.catalog import Field
from runtime.model.values import Ref

LARGEST_ID = 2**63 - 1
MOST_MATCHED = 5
"""How many fields may name one record together."""

ON_DELETE = ("restrict", "clear", "cascade")

WHERE = {
    "type": ["string", "boolean", "number"],
    "title": "an expression",
    "description": "Which records may be chosen: names are theirs, this.<field> is the record being edited.",
}
INVERSE = {
    "type": "string",
    "description": "The name under which the other module shows these records.",
}
MODULE = {"type": "string", "description": "The key of the module whose records it points at."}


def read_reference(raw: object, field: Field) -> int | Match | None:
    """The id, or the match, that was written; None when it is empty.

    An id is an integer or a text of digits. What REST gives, ``{"id": 5, "title": "…"}``, may be sent back.
    """
    if raw is None:
        return None
    if isinstance(raw, Ref):
        return raw.id
    if isinstance(raw, Match):
        return raw
    if isinstance(raw, Mapping):
        return _of_mapping(raw, field)
    if isinstance(raw, str):
        text = raw.strip()
        if not text:
            return None
        if len(text) <= 19 and text.isascii() and text.isdigit():
            return _id(int(text), field)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        return _id(raw, field)
    raise refuse(field, "{label} must be the id of a record, or a match.")


def id_of(value: Any) -> int:
    """The id of a canonical reference, or of one that was read with its title."""
    return value.id if isinstance(value, Ref) else value


def title_of(value: Any) -> str:
    """What a reference is called, when it was read with its title; its id otherwise."""
    return value.title if isinstance(value, Ref) else str(value)


def read_match(raw: object, field: Field) -> Match:
    """A record named by the values of its fields: ``{"email": "ada@example.com"}``."""
    if (
        not isinstance(raw, Mapping)
        or not 0 < len(raw) <= MOST_MATCHED
        or not all(isinstance(key, str) for key in raw)
        or any(value is None or isinstance(value, Mapping | list | tuple) for value in raw.values())
    ):
        raise refuse(field, "{label} must match by the values of one field, or of a few.")
    return Match(dict(raw))


def _of_mapping(raw: Mapping[Any, Any], field: Field) -> int | Match | None:
    if raw.keys() == {"match"}:
        return read_match(raw["match"], field)
    if "id" in raw and raw.keys() <= {"id", "title", "module"} and not isinstance(raw["id"], Mapping):
        return read_reference(raw["id"], field)
    raise refuse(field, "{label} must be the id of a record, or a match.")


def _id(number: int, field: Field) -> int:
    if not 0 < number <= LARGEST_ID:
        raise refuse(field, "{label} must be the id of a record.")
    return number
