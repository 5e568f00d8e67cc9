"""The field type ``percent``: 25.5 means 25.5 %."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from runtime.fields.base import Example, Input, Parsing, Surroundings
from runtime.fields.exact import SCALE, ExactType, trimmed
from runtime.fields.formats import Formats
from runtime.fields.matching import PATTERN
from runtime.model.catalog import Field, Picklist
from runtime.model.types import PERCENT, ValueType


class Percent(ExactType):
    """An exact number of hundredths; in REST a string of digits without the sign."""

    name = "percent"
    title = "Percent"
    widget = "number"
    computable = True
    settings_schema = MappingProxyType(
        {
            "scale": SCALE,
            "min": {"type": "number", "description": "The smallest percentage it may be, 0 for 0 %."},
            "max": {"type": "number", "description": "The largest percentage it may be, 100 for 100 %."},
            "pattern": PATTERN,
        }
    )
    examples = (
        Example("25.5", Decimal("25.50")),
        Example(100, Decimal("100.00"), {"min": 0, "max": 100}),
        Example(Decimal("0.005"), Decimal("0.01")),
        Example("-12.5", Decimal("-12.50")),
        Example(None, None),
    )
    rejects = ("a quarter", "1e99", Decimal("-Infinity"), True, [25], "25,5")

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual decimals, and the unit that stands behind the number."""
        return {**super().complete(settings, surroundings), "unit": "%"}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A percentage."""
        return PERCENT

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Decimal | None:
        """The percentage; people may write its sign."""
        if isinstance(raw, str) and parsing.door != "rest":
            raw = raw.strip().removeprefix("%").removesuffix("%")
        return super().parse(raw, field, parsing)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The percentage with the decimals it needs and its sign."""
        return "" if value is None else formats.percent(value)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The decimals it needs, without the sign."""
        return "" if value is None else formats.input_number(trimmed(value))
