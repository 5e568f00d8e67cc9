"""The field type ``rich_text``: text with its form, kept as sanitised HTML beside its plain text."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text

from runtime.fields.base import Column, Example, Input, Parsing, Surroundings, refuse
from runtime.fields.formats import Formats
from runtime.fields.html import is_html, of_text, sanitised, text_of
from runtime.fields.written import WrittenType, clean, limited
from runtime.model.catalog import Field, Picklist
from runtime.model.values import RichText

_HELLO = RichText("<div>Hello <strong>world</strong></div>", "Hello world")


class RichTextField(WrittenType):
    """Formatted text; in REST its HTML. What has no tag is taken as plain text.

    Only tags that format text and links to the web stay, whichever way it was written. Searches, filters,
    lists and exported tables have its text alone.
    """

    name = "rich_text"
    title = "Rich text"
    widget = "rich_text"
    compared = "never"
    plain_is_whole = False
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 1,
                "maximum": 1_000_000,
                "default": 100_000,
                "description": "The most characters its HTML may have.",
            },
        }
    )
    examples = (
        Example("<div>Hello <strong>world</strong></div>", _HELLO),
        Example(
            '<p onclick="x()" style="color:red" data-x="1">Hi<script>alert(1)</script></p>',
            RichText("<p>Hi</p>", "Hi"),
        ),
        Example(
            '<a href="https://example.com" target="_blank">site</a>',
            RichText('<a href="https://example.com" rel="noopener noreferrer">site</a>', "site"),
        ),
        Example(
            '<div><a href="javascript:alert(1)">x</a></div>',
            RichText('<div><a rel="noopener noreferrer">x</a></div>', "x"),
        ),
        Example(
            "<ul><li>one</li><li>two</li></ul>", RichText("<ul><li>one</li><li>two</li></ul>", "one\ntwo")
        ),
        Example(
            "5 < 6 & more\nlines", RichText("<div>5 &lt; 6 &amp; more<br>lines</div>", "5 < 6 & more\nlines")
        ),
        Example("<div><br></div>", None),
        Example("", None),
    )
    rejects = ("a\x00b", "<p>a\x0bb</p>", "<p>&#1;</p>", "x" * 100_001, 5, {"html": "<p>a</p>"})

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual length."""
        return {"max": 100_000, **settings}

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """The text, which is searched and sorted by, and beside it the HTML."""
        return (Column("", Text()), Column("html", Text()))

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The text and the HTML."""
        return (value.text, value.html) if isinstance(value, RichText) else (None, None)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The value of a text and its HTML."""
        return None if parts[1] is None else RichText(parts[1], parts[0] or "")

    def parse(self, raw: object, field: Field, parsing: Parsing) -> RichText | None:
        """What may stay of the HTML, or a plain text as HTML."""
        if isinstance(raw, RichText):
            return raw
        written = clean(raw, field, lines=True)
        if written is None:
            return None
        limited(written, field, field.settings["max"])
        html = sanitised(written) if is_html(written) else of_text(written)
        if not is_html(html):
            html = f"<div>{html}</div>"
        html = clean(html, field, lines=True) or ""  # what was written as an entity is a character by now
        text = clean(text_of(html), field, lines=True)
        if text is None:
            return None
        if len(html) > 2 * field.settings["max"]:
            raise refuse(field, "{label} is too long.")
        return RichText(html, text)

    def to_json(self, value: Any) -> object:
        """The HTML."""
        return None if value is None else value.html

    def from_json(self, value: Any) -> object:
        """The value again."""
        return None if value is None else RichText(value, text_of(value))

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The text alone."""
        return "" if value is None else value.text

    def plain(self, value: Any) -> str:
        """The text alone: a table has no form."""
        return "" if value is None else value.text

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The HTML, which the editor shows with its form."""
        return "" if value is None else value.html

    def html(self, value: Any, field: Field) -> str | None:
        """The HTML, sanitised again: an older version of the program may have let more through."""
        return sanitised(value.html) if isinstance(value, RichText) else None
