"""How values of a picklist are chosen and shown; the two picklist types share it."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.base.suggest import suggest
from runtime.fields.base import Parsing, refuse
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist

LONGEST = 255

_KEYS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
DEPENDS_ON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "field": {"type": "string"},
        "map": {"type": "object", "additionalProperties": _KEYS, "minProperties": 1},
    },
    "required": ["field", "map"],
    "additionalProperties": False,
    "title": "a field and a map, such as {field: type, map: {renewal: [proposal, won]}}",
    "description": "Which values may be chosen, by the value of another picklist of the record; all may "
    "where the map does not name that value.",
}


def with_dependence(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, what they depend on made immutable."""
    written = settings.get("depends_on")
    if not isinstance(written, Mapping):
        return dict(settings)
    allowed = {key: tuple(values) for key, values in written["map"].items()}
    frozen = MappingProxyType({"field": written["field"], "map": MappingProxyType(allowed)})
    return {**settings, "depends_on": frozen}


def choose(raw: object, field: Field, parsing: Parsing) -> str | None:
    """The key of the value that was written; None when it is empty.

    A form and REST give the key itself. An import may give the key or the label, in any language and case.
    """
    if raw is None:
        return None
    picklist = parsing.picklists[field.settings["picklist"]]
    if not isinstance(raw, str):
        raise refuse(field, "{label} must be the key of a value, as text.")
    written = raw.strip()
    if not written:
        return None
    if written in picklist.values:
        return written
    found = _by_label(written, picklist) if parsing.door == "import" else []
    if len(found) == 1:
        return found[0]
    shown = "".join(character if character.isprintable() else " " for character in written[:40])
    if found:
        raise refuse(
            field,
            '{label} can mean several values by "{value}": {keys}.',
            value=shown,
            keys=", ".join(found),
        )
    nearest = suggest(shown, picklist.values)
    if nearest:
        raise refuse(
            field, '{label} has no value "{value}"; did you mean "{nearest}"?', value=shown, nearest=nearest
        )
    raise refuse(field, '{label} has no value "{value}".', value=shown)


def label_of(key: str, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
    """A value's label in the reader's language; the key itself when the picklist has it no more."""
    picklist = picklists.get(field.settings["picklist"])
    value = picklist.values.get(key) if picklist else None
    return value.label.in_language(formats.language) if value else key


def _by_label(written: str, picklist: Picklist) -> list[str]:
    """The keys of the values that are called so."""
    if len(written) > LONGEST:
        return []
    wanted = _folded(written)
    return [
        key
        for key, value in picklist.values.items()
        if key == wanted or any(_folded(text) == wanted for text in value.label.texts.values())
    ]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
