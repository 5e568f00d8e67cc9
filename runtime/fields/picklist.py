"""The field type ``picklist``: one value of a picklist."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text

from runtime.fields.base import Column, Example, FieldType, Parsing, Surroundings
from runtime.fields.choice import DEPENDS_ON, choose, label_of, with_dependence
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType, picklist_of


class PicklistField(FieldType):
    """The key of one value; its label, colour and attributes are the picklist's."""

    name = "picklist"
    title = "Picklist"
    widget = "select"
    computable = True
    filtered_by = "choice"
    settings_schema = MappingProxyType(
        {
            "picklist": {"type": "string", "description": "The key of the picklist that it is a value of."},
            "depends_on": DEPENDS_ON,
        }
    )
    required_settings = ("picklist",)
    examples = (
        Example("won", "won", {"picklist": "stages"}),
        Example(" open ", "open", {"picklist": "stages"}),
        Example("", None, {"picklist": "stages"}),
        Example(None, None, {"picklist": "stages"}),
    )
    rejects = ("Won", "nothing", "wo", 1, True, ["won"], {"key": "won"})

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings, with what it depends on made immutable."""
        return with_dependence(settings)

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A value of its picklist."""
        return picklist_of(settings["picklist"])

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of keys."""
        return (Column("", Text()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The key; an import may give the value's label instead, in any language."""
        return choose(raw, field, parsing)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The value's label; its key when the picklist has it no more."""
        return "" if value is None else label_of(value, field, formats, picklists)
