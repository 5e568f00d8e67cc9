"""The field type ``boolean``: yes or no."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean as BooleanColumn

from runtime.fields.base import Column, Example, FieldType, Parsing, refuse, refuse_unreadable
from runtime.fields.formats import Formats, UnreadableError
from runtime.fields.written import only_one
from runtime.model.catalog import Field, Picklist
from runtime.model.types import BOOLEAN, ValueType


class Boolean(FieldType):
    """Yes or no, or empty; in REST JSON's true and false alone."""

    name = "boolean"
    title = "Yes or no"
    widget = "boolean"
    computable = True
    filtered_by = "yes_no"
    operators = ("==", "!=", "is_empty")
    examples = (Example(True, True), Example(False, False), Example(None, None), Example("", None))
    rejects = ("true", "maybe", 1, 0, [True], {"value": True})

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A boolean."""
        return BOOLEAN

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of booleans."""
        return (Column("", BooleanColumn()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> bool | None:
        """Yes or no; a form may send ``false`` before the ``true`` of a ticked box."""
        if raw is None or isinstance(raw, bool):
            return raw
        if parsing.door == "form":
            raw = only_one(raw)
            if raw == "on":
                return True
        if isinstance(raw, str) and not raw.strip():
            return None
        if not isinstance(raw, str) or parsing.door == "rest":
            raise refuse(field, "{label} must be true or false.")
        try:
            return parsing.formats.parse_boolean(raw)
        except UnreadableError as error:
            raise refuse_unreadable(field, error) from None

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """Yes or No."""
        return "" if value is None else formats.boolean(value)

    def plain(self, value: Any) -> str:
        """``true`` or ``false``."""
        return "" if value is None else str(value).lower()
