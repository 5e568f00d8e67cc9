"""The field type ``multi_picklist``: several values of a picklist."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text

from runtime.fields.base import Column, Example, FieldType, Input, Parsing, Sent, Surroundings, refuse
from runtime.fields.choice import DEPENDS_ON, choose, label_of, with_dependence
from runtime.fields.formats import Formats
from runtime.fields.several import several
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType, list_of, picklist_of


class MultiPicklist(FieldType):
    """The keys of some values, each once and in the picklist's own order."""

    name = "multi_picklist"
    title = "Multiple picklist"
    widget = "checks"
    compared = "never"
    filtered_by = "member"
    grouped = True
    settings_schema = MappingProxyType(
        {
            "picklist": {"type": "string", "description": "The key of the picklist that they are values of."},
            "depends_on": DEPENDS_ON,
        }
    )
    required_settings = ("picklist",)
    operators = ("in", "not in", "is_empty")
    sortable = False
    examples = (
        Example(["won", "open"], ("open", "won"), {"picklist": "stages"}),
        Example(["won", "won"], ("won",), {"picklist": "stages"}),
        Example("lost", ("lost",), {"picklist": "stages"}),
        Example([], (), {"picklist": "stages"}),
        Example(None, (), {"picklist": "stages"}),
        Example("", (), {"picklist": "stages"}),
    )
    rejects = (["won", "Open"], "won;open", [1], [None], {"won": True}, 1, [["won"]])

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings, with what it depends on made immutable."""
        return with_dependence(settings)

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A list of values of its picklist."""
        return list_of(picklist_of(settings["picklist"]))

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of text: ``|open|won|``."""
        return (Column("", Text()),)

    def to_columns(self, value: Any) -> tuple[object, ...]:
        """The keys between bars, so that one is found by ``%|key|%``; NULL when there is none."""
        return (f"|{'|'.join(value)}|" if value else None,)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The keys again."""
        return tuple(parts[0][1:-1].split("|")) if parts[0] else ()

    def parse(self, raw: object, field: Field, parsing: Parsing) -> tuple[str, ...]:
        """The keys. An import separates them by ``;`` or `` |##| ``, and may give labels instead."""
        chosen: set[str] = set()
        for item in several(raw, field, parsing):
            key = choose(item, field, parsing)
            if key is None and parsing.door == "rest":
                raise refuse(field, "{label} must be a list of keys.")
            if key is not None:
                chosen.add(key)
        return tuple(key for key in parsing.picklists[field.settings["picklist"]].values if key in chosen)

    def to_json(self, value: Any) -> object:
        """The keys as a list."""
        return list(value or ())

    def from_json(self, value: Any) -> object:
        """The keys again."""
        return tuple(value or ())

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The labels, separated by commas."""
        return ", ".join(label_of(key, field, formats, picklists) for key in value or ())

    def plain(self, value: Any) -> str:
        """The keys, separated by semicolons."""
        return ";".join(value or ())

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The keys, one for each control that is ticked."""
        return tuple(value or ())

    def sent(self, form: Sent, name: str) -> Input:
        """The keys that are ticked."""
        return tuple(text for text in form.texts(name) if text)
