"""The field type ``auto_number``: a number that the program gives, such as ``INV-2026-00017``."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.base.messages import message
from runtime.fields.base import Example, InvalidValueError, Parsing, Surroundings
from runtime.fields.pattern import FORMAT, RESETS, why_not_a_pattern
from runtime.fields.written import WrittenType, clean, limited
from runtime.model.catalog import Field

LONGEST = 64


class AutoNumber(WrittenType):
    """A text that counts: given once, when the record is made, and never twice."""

    name = "auto_number"
    title = "Automatic number"
    widget = "auto_number"
    compared = "never"
    settings_schema = MappingProxyType(
        {
            "format": {
                "type": "string",
                "pattern": FORMAT,
                "maxLength": LONGEST,
                "default": "{seq}",
                "description": "What the number looks like: free text with {seq} or {seq:5} (at least five "
                "digits), {YYYY}, {YY}, {MM}.",
            },
            "reset": {
                "enum": list(RESETS),
                "default": "never",
                "description": "When the count begins again at 1: never, each year or each month.",
            },
        }
    )
    later_settings = ("gapless",)
    given = True
    examples = (
        Example("INV-2026-00017", "INV-2026-00017", {"format": "INV-{YYYY}-{seq:5}", "reset": "year"}),
        Example("17", "17", {"format": "{seq}"}),
        Example(" A-1 ", "A-1", {"format": "A-{seq}"}),
        Example("", None, {"format": "{seq}"}),
    )
    rejects = (17, "x" * 65, "a\x00b", "two\nlines", True, ["1"])

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings; a format that would give the same number twice is refused."""
        completed = {"format": "{seq}", "reset": "never", **settings}
        why_not = why_not_a_pattern(completed["format"], completed["reset"])
        if why_not:
            raise InvalidValueError(message("{reason}", reason=why_not))
        return completed

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """A number from elsewhere; that only an import brings one is the writer's question."""
        text = clean(raw, field)
        return text and limited(text, field, LONGEST)
