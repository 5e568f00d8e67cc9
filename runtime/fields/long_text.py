"""The field type ``long_text``: text of several lines."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.fields.base import Example, Parsing, Surroundings
from runtime.fields.html import sanitised
from runtime.fields.written import WrittenType, clean, limited
from runtime.model.catalog import Field


class LongText(WrittenType):
    """Text of several lines; every line end is kept as ``\\n``."""

    name = "long_text"
    title = "Long text"
    widget = "long_text"
    compared = "never"
    computable = True
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 1,
                "maximum": 1_000_000,
                "default": 100_000,
                "description": "The most characters it may have.",
            },
            "format": {
                "enum": ["markdown", "code"],
                "description": "How it is shown: as what its Markdown means, or letter by letter as code.",
            },
        }
    )
    instead = MappingProxyType(
        {"pattern": "a text of several lines is held by one of the module's checks, with matches(…)"}
    )
    examples = (
        Example("One line", "One line"),
        Example("two\r\nlines\rand\na\tthird\n", "two\nlines\nand\na\tthird"),
        Example("A\u030angstro\u0308m", "Ångström"),
        Example(" \n ", None),
    )
    rejects = ("a\x00b", "\udfff", "a\x0bb", "x" * 100_001, 5, {"a": "b"})

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual length."""
        return {"max": 100_000, **settings}

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The lines, cleaned."""
        text = clean(raw, field, lines=True)
        return text and limited(text, field, field.settings["max"])

    def html(self, value: Any, field: Field) -> str | None:
        """What Markdown means, sanitised; HTML that somebody writes into it is shown as it was typed."""
        if not value or field.settings.get("format") != "markdown":
            return None
        from markdown_it import MarkdownIt  # dear to load, and few need it

        reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 50}).enable(
            ["table", "strikethrough"]
        )
        return sanitised(reader.render(value), tables=True)
