"""The field type ``text``: one line of text."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from unicodedata import is_normalized

from runtime.fields import likeness
from runtime.fields.base import Example, Parsing, Surroundings
from runtime.fields.exact import check_limits
from runtime.fields.matching import PATTERN, check_pattern, hold_to_pattern
from runtime.fields.written import WrittenType, clean, limited
from runtime.model.catalog import Field


class Text(WrittenType):
    """A line of text; white space around it is not kept."""

    name = "text"
    title = "Text"
    widget = "text"
    computable = True
    compared = "freely"
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 1,
                "maximum": 4000,
                "default": 255,
                "description": "The most characters it may have.",
            },
            "min": {
                "type": "integer",
                "minimum": 1,
                "maximum": 4000,
                "description": "The fewest characters it may have, unless it is empty.",
            },
            "pattern": PATTERN,
        }
    )
    examples = (
        Example("Acme", "Acme"),
        Example("  Ääkkösiä  ", "Ääkkösiä"),
        Example("e\u0301te\u0301", "été"),
        Example("=1+1", "=1+1"),
        Example("", None),
        Example("  \n ", None),
        Example("four", "four", {"min": 4, "max": 4}),
        Example("FI-0042", "FI-0042", {"pattern": "[A-Z]{2}-[0-9]{4}"}),
    )
    rejects = ("a\x00b", "a\ud800", "a\x1bb", "two\nlines", "x" * 256, 12, True, ["a"])

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual length."""
        completed = {"max": 255, **settings}
        check_limits(completed)
        check_pattern(completed, completed["max"])
        return completed

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The line, cleaned."""
        text = clean(raw, field)
        if text is not None:
            limited(text, field, field.settings["max"], field.settings.get("min", 0))
            hold_to_pattern(text, field)
        return text

    def stay(self, field: Field) -> Callable[[Sequence[str]], bool] | None:
        """Printable lines in NFC without spaces around them, none of them too long or too short."""
        longest, shortest = field.settings["max"], max(1, field.settings.get("min", 0))
        if field.settings.get("pattern") is not None or type(self).parse is not Text.parse:
            return None

        def stay(texts: Sequence[str]) -> bool:
            whole, ends = "".join(texts), "\0".join(("", *texts, ""))
            return (
                whole.isprintable()
                and shortest <= min(map(len, texts)) <= max(map(len, texts)) <= longest
                and " \0" not in ends
                and "\0 " not in ends
                and (whole.isascii() or is_normalized("NFC", whole))  # then all parts of it are, too
            )

        return stay

    def likeness(self, value: Any) -> tuple[str, ...]:
        """Its words."""
        words = likeness.of_text(value or "")
        return (words,) if words else ()
