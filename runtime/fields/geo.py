"""The field type ``geo``: a place on the map."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from runtime.base.messages import phrase
from runtime.expressions.columns import ScaledDecimal
from runtime.fields.base import Column, Example, FieldType, Input, Parsing, Schema, refuse
from runtime.fields.exact import read_decimal, trimmed
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.types import PLACE, ValueType
from runtime.model.values import Place

SCALE = 6
"""Decimals of a degree: the sixth is a tenth of a metre."""
_SENTENCE = phrase("{label} must be a latitude and a longitude, such as 60.17, 24.94.")
_NUMBER = r"([+\-\u2212]?[0-9]{1,3}(?:[.,][0-9]{1,15})?)\s*\u00b0?"
_TEXT = re.compile(rf"{_NUMBER}\s*([NSns]?)(?:\s*[,;]\s*|\s+|(?<=[NSns])){_NUMBER}\s*([EWew]?)", re.ASCII)


class Geo(FieldType):
    """Degrees of latitude and longitude (WGS 84), six decimals; in REST ``{"lat": 60.17, "lon": 24.94}``."""

    name = "geo"
    title = "Place on the map"
    widget = "geo"
    compared = "never"
    filtered_by = "filled"
    operators = ("is_empty",)
    sortable = False
    examples = (
        Example({"lat": 60.17, "lon": 24.94}, Place(Decimal("60.170000"), Decimal("24.940000"))),
        Example({"lat": "60.17", "lon": "24.94"}, Place(Decimal("60.170000"), Decimal("24.940000"))),
        Example("60.17, 24.94", Place(Decimal("60.170000"), Decimal("24.940000"))),
        Example("33.8688 S, 151.2093 E", Place(Decimal("-33.868800"), Decimal("151.209300"))),
        Example({"lat": -90, "lon": 180}, Place(Decimal("-90.000000"), Decimal("180.000000"))),
        Example({"lat": 0.0000005, "lon": 0}, Place(Decimal("0.000001"), Decimal("0.000000"))),
        Example({"lat": None, "lon": None}, None),
        Example("", None),
    )
    rejects = (
        {"lat": 90.1, "lon": 0},
        {"lat": 0, "lon": -180.5},
        {"lat": 60.17},
        {"lat": 60.17, "lon": None},
        {"lat": 1, "lon": 2, "alt": 3},
        {"lat": "north", "lon": "east"},
        "60.17",
        "-60 S, 24",
        "91, 0",
        "Helsinki",
        60.17,
        True,
        [60.17, 24.94],
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A place."""
        return PLACE

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """The latitude, and beside it the longitude."""
        return (Column("", ScaledDecimal(SCALE)), Column("longitude", ScaledDecimal(SCALE)))

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The latitude and the longitude."""
        return (value.latitude, value.longitude) if isinstance(value, Place) else (None, None)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The place again."""
        return None if parts[0] is None else Place(parts[0], parts[1])

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Place | None:
        """The place of two numbers; people write them in one text, with points or commas for decimals."""
        if raw is None or isinstance(raw, Place):
            return raw
        if isinstance(raw, str):
            return self._of_text(raw.strip(), field)
        if not isinstance(raw, Mapping) or raw.keys() != {"lat", "lon"}:
            raise refuse(field, _SENTENCE)
        latitude, longitude = (read_decimal(raw[key], field, parsing) for key in ("lat", "lon"))
        if latitude is None and longitude is None:
            return None
        if latitude is None or longitude is None:
            raise refuse(field, _SENTENCE)
        return _place(latitude, longitude, field)

    def _of_text(self, text: str, field: Field) -> Place | None:
        if not text:
            return None
        found = _TEXT.fullmatch(text) if len(text) <= 80 else None
        if not found:
            raise refuse(field, _SENTENCE)
        north, south_or_north, east, west_or_east = found.groups()
        numbers = []
        for number, side in ((north, south_or_north), (east, west_or_east)):
            exact = Decimal(number.replace(",", ".").replace("\u2212", "-"))
            if side and exact < 0:
                raise refuse(field, _SENTENCE)
            numbers.append(-exact if side in "SsWw" and side else exact)
        return _place(numbers[0], numbers[1], field)

    def to_json(self, value: Any) -> object:
        """The latitude and the longitude as numbers."""
        return None if value is None else {"lat": float(value.latitude), "lon": float(value.longitude)}

    def from_json(self, value: Any) -> object:
        """The place again."""
        return None if value is None else Place(_rounded(value["lat"]), _rounded(value["lon"]))

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The two numbers in the way of maps, the same in every language: ``60.17, 24.94``."""
        return self.plain(value)

    def plain(self, value: Any) -> str:
        """The two numbers."""
        return "" if value is None else f"{trimmed(value.latitude):f}, {trimmed(value.longitude):f}"

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The two numbers."""
        return self.plain(value)

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """Two numbers."""
        return {
            "type": ["object", "null"],
            "required": ["lat", "lon"],
            "properties": {
                "lat": {"type": "number", "minimum": -90, "maximum": 90},
                "lon": {"type": "number", "minimum": -180, "maximum": 180},
            },
            "additionalProperties": False,
        }

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """Two numbers, or the text of both."""
        number = {"type": ["number", "string", "null"]}
        return {
            "anyOf": [
                {
                    "type": "object",
                    "required": ["lat", "lon"],
                    "properties": {"lat": number, "lon": number},
                    "additionalProperties": False,
                },
                {"type": ["string", "null"], "maxLength": 80},
            ]
        }


def _place(latitude: Decimal, longitude: Decimal, field: Field) -> Place:
    if abs(latitude) > 90:
        raise refuse(field, "{label} must have a latitude from -90 to 90.")
    if abs(longitude) > 180:
        raise refuse(field, "{label} must have a longitude from -180 to 180.")
    return Place(_rounded(latitude), _rounded(longitude))


def _rounded(number: Decimal | float) -> Decimal:
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    result = exact.quantize(Decimal(1).scaleb(-SCALE), ROUND_HALF_UP)
    return result or abs(result)
