"""The field type ``barcode``: what a bar code or a QR code says."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.fields.bars import Drawing, check_digit, draw
from runtime.fields.base import Example, Parsing, Surroundings, refuse
from runtime.fields.written import WrittenType, clean, limited
from runtime.model.catalog import Field

DIGITS = MappingProxyType({"ean13": 13, "ean8": 8, "upc": 12})
"""How many digits a code of a format has, the check digit included."""
LONGEST = MappingProxyType({"code128": 48, "qr": 300})
_BETWEEN = re.compile(r"[ -]")


class Barcode(WrittenType):
    """The digits or the text of a code; one with a check digit is held to it. A card draws it."""

    name = "barcode"
    title = "Bar code"
    widget = "barcode"
    filtered_by = "text"
    settings_schema = MappingProxyType(
        {
            "format": {
                "enum": ["ean13", "ean8", "upc", "code128", "qr"],
                "default": "ean13",
                "description": "Which kind of code: EAN and UPC are digits with a check digit, Code 128 "
                "takes letters of ASCII, and QR any text.",
            }
        }
    )
    examples = (
        Example("4006381333931", "4006381333931"),
        Example("4-006381-333931", "4006381333931"),
        Example("", None),
        Example("96385074", "96385074", {"format": "ean8"}),
        Example("036000291452", "036000291452", {"format": "upc"}),
        Example("ABC-123 x", "ABC-123 x", {"format": "code128"}),
        Example("https://example.com/ä", "https://example.com/ä", {"format": "qr"}),
    )
    rejects = (
        "4006381333932",
        "400638133393",
        "40063813339311",
        "400638133393A",
        "\u0664006381333931",
        4006381333931,
        True,
        ["4006381333931"],
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual format."""
        return {"format": "ean13", **settings}

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The code, without spaces and dashes between digits; its check digit is right."""
        text = clean(raw, field)
        if text is None:
            return None
        format_ = field.settings["format"]
        if format_ in DIGITS:
            return self._digits(text, DIGITS[format_], field)
        limited(text, field, LONGEST[format_])
        if format_ == "code128" and not text.isascii():
            raise refuse(field, "{label} must be letters and digits of ASCII.")
        return text

    def _digits(self, text: str, count: int, field: Field) -> str:
        digits = _BETWEEN.sub("", text) if len(text) <= 40 else text
        if len(digits) != count or not (digits.isascii() and digits.isdigit()):
            raise refuse(field, "{label} must have {count} digits.", count=count)
        right = check_digit(digits[:-1])
        if digits[-1] != right:
            raise refuse(
                field,
                "{label} has the check digit {written}; it should be {right}.",
                written=digits[-1],
                right=right,
            )
        return digits

    def drawing(self, value: Any, field: Field) -> Drawing | None:
        """The code as an image."""
        return None if value is None else draw(field.settings["format"], value)
