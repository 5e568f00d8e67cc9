"""The field type ``color``: a colour as the web writes it."""

import re
from collections.abc import Mapping
from typing import Any

from runtime.fields.base import Example, Parsing, Schema, refuse
from runtime.fields.written import WrittenType, clean
from runtime.model.catalog import Field

_SHORT = re.compile(r"#?([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])")
_LONG = re.compile(r"#?([0-9A-Fa-f]{6})")


class Color(WrittenType):
    """A colour of red, green and blue: ``#1c7ed6``."""

    name = "color"
    title = "Color"
    widget = "color"
    filtered_by = "value"
    operators = ("==", "!=", "in", "not in", "is_empty")
    examples = (
        Example("#1c7ed6", "#1c7ed6"),
        Example("#1C7ED6", "#1c7ed6"),
        Example(" 1c7ed6 ", "#1c7ed6"),
        Example("#f0a", "#ff00aa"),
        Example("", None),
    )
    rejects = ("red", "#12", "#12345", "#1234567", "#gggggg", "rgb(1, 2, 3)", 255, True, ["#ffffff"])

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The colour in small letters, with six digits."""
        text = clean(raw, field)
        if text is None:
            return None
        short = _SHORT.fullmatch(text)
        if short:
            return "#" + "".join(digit * 2 for digit in short.groups()).lower()
        long = _LONG.fullmatch(text)
        if not long:
            raise refuse(field, "{label} must be a color, such as #1c7ed6.")
        return f"#{long[1].lower()}"

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """Six hexadecimal digits."""
        return {"type": ["string", "null"], "pattern": "^#[0-9a-f]{6}$"}

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """Three or six hexadecimal digits."""
        return {"type": ["string", "null"], "pattern": "^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$"}
