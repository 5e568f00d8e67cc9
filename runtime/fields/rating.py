"""The field type ``rating``: how many stars."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger

from runtime.fields.base import Column, Example, FieldType, Parsing, Schema, Surroundings, refuse
from runtime.fields.exact import read_integer
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.types import INTEGER, ValueType


class Rating(FieldType):
    """A whole number of stars, from one to the setting ``max``; in REST a JSON number."""

    name = "rating"
    title = "Rating"
    widget = "rating"
    filtered_by = "range"
    grouped = True
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 2,
                "maximum": 10,
                "default": 5,
                "description": "How many stars there are.",
            }
        }
    )
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example(3, 3),
        Example("5", 5),
        Example(1, 1),
        Example("", None),
        Example(10, 10, {"max": 10}),
    )
    rejects = (0, -1, 6, "3.5", "three", "***", True, [3], {"stars": 3})

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual five stars."""
        return {"max": 5, **settings}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """An integer."""
        return INTEGER

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of integers."""
        return (Column("", BigInteger()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> int | None:
        """The number of stars."""
        number = read_integer(raw, field, parsing)
        most = field.settings["max"]
        if number is not None and not 1 <= number <= most:
            raise refuse(field, "{label} must be from 1 to {max} stars.", max=most)
        return number

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """``4 / 5``."""
        return "" if value is None else f"{value} / {field.settings['max']}"

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """A number of stars."""
        return {"type": ["integer", "null"], "minimum": 1, "maximum": settings["max"]}

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """A number of stars, or a text of one."""
        return {"anyOf": [self.schema(settings), {"type": "string", "pattern": "^([0-9]{1,2})?$"}]}
