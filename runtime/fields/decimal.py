"""The field type ``decimal``: an exact number with a fixed count of decimals."""

from collections.abc import Mapping
from decimal import Decimal as Exact
from types import MappingProxyType
from typing import Any

from runtime.fields.base import Example
from runtime.fields.exact import SCALE, ExactType
from runtime.fields.formats import Formats
from runtime.fields.matching import PATTERN
from runtime.model.catalog import Field, Picklist
from runtime.model.types import DECIMAL, ValueType


class Decimal(ExactType):
    """An exact number of up to 18 digits; in REST a string of them."""

    name = "decimal"
    title = "Decimal"
    widget = "number"
    computable = True
    settings_schema = MappingProxyType(
        {
            "scale": SCALE,
            "min": {"type": "number", "description": "The smallest number it may be."},
            "max": {"type": "number", "description": "The largest number it may be."},
            "pattern": PATTERN,
        }
    )
    examples = (
        Example("12.50", Exact("12.50")),
        Example(12, Exact("12.00")),
        Example(Exact("0.1"), Exact("0.10")),
        Example("2.345", Exact("2.35")),
        Example(Exact("-2.345"), Exact("-2.35")),
        Example("-0.001", Exact("0.00")),
        Example("9999999999999999.99", Exact("9999999999999999.99")),
        Example("123456.123456789012", Exact("123456.123456789012"), {"scale": 12}),
        Example(Exact("1E+3"), Exact("1000.00")),
        Example("1E-900", Exact("0.00")),
        Example(" ", None),
        Example("12.5", Exact("12.50"), {"pattern": "[0-9]+\\.[05]0"}),
    )
    rejects = (
        "10000000000000000",
        "9999999999999999.995",
        "1e400",
        Exact("1E+1000000"),
        Exact("NaN"),
        float("inf"),
        10**400,
        "12,50",
        "1 000",
        "\u0663",
        "0x10",
        "five",
        False,
        {"amount": 1},
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A decimal."""
        return DECIMAL

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The number with all its decimals."""
        return "" if value is None else formats.decimal(value, field.settings["scale"])
