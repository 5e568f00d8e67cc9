"""The field type ``integer``: a whole number of up to 18 digits."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger

from runtime.fields.base import Column, Example, FieldType, Parsing, Surroundings
from runtime.fields.exact import LONGEST_NUMBER, check_limits, read_integer, within
from runtime.fields.formats import Formats
from runtime.fields.matching import PATTERN, check_pattern, hold_to_pattern
from runtime.model.catalog import Field, Picklist
from runtime.model.types import INTEGER, ValueType


class Integer(FieldType):
    """A whole number; in REST a JSON number."""

    name = "integer"
    title = "Integer"
    widget = "number"
    computable = True
    filtered_by = "range"
    measured = True
    settings_schema = MappingProxyType(
        {
            "min": {"type": "integer", "description": "The smallest number it may be."},
            "max": {"type": "integer", "description": "The largest number it may be."},
            "pattern": PATTERN,
        }
    )
    operators = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is_empty")
    examples = (
        Example(12, 12),
        Example("-7", -7),
        Example(Decimal("5.0"), 5),
        Example(999_999_999_999_999_999, 999_999_999_999_999_999),
        Example("", None),
        Example(10, 10, {"min": 0, "max": 10}),
        Example(1234, 1234, {"pattern": "[0-9]{4}"}),
    )
    rejects = (
        10**18,
        Decimal("1.5"),
        Decimal("1E+1000000"),
        "twelve",
        "\u0661\u0662",
        "1 000",
        True,
        float("nan"),
        [1],
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings; ``scale`` is 0, for the control that draws any number."""
        check_limits(settings)
        check_pattern(settings, LONGEST_NUMBER)
        return {**settings, "scale": 0}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """An integer."""
        return INTEGER

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of 64-bit integers."""
        return (Column("", BigInteger()),)

    def parse(self, raw: object, field: Field, parsing: Parsing) -> int | None:
        """The whole number."""
        number = read_integer(raw, field, parsing)
        if number is not None:
            within(number, field)
            hold_to_pattern(str(number), field)
        return number

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The number with its thousands separated; one that tells records apart is a code, and is not."""
        if value is None:
            return ""
        return str(value) if field.unique else formats.integer(value)
