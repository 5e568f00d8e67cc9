"""The field type ``tags``: free words."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text

from runtime.fields.base import (
    Column,
    Example,
    FieldType,
    Input,
    Parsing,
    Schema,
    Sent,
    Surroundings,
    refuse,
)
from runtime.fields.formats import Formats
from runtime.fields.several import several
from runtime.fields.written import clean, limited
from runtime.model.catalog import Field, Picklist
from runtime.model.types import TEXT, ValueType, list_of

LONGEST = 60
"""Characters of one tag."""
_BETWEEN = re.compile(r"[,;]")


class Tags(FieldType):
    """Words that people make up, each once, in the order of letters; capitals make no other tag."""

    name = "tags"
    title = "Tags"
    widget = "tags"
    compared = "never"
    filtered_by = "member"
    grouped = True
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100,
                "default": 50,
                "description": "How many tags a record may have.",
            }
        }
    )
    operators = ("in", "not in", "is_empty")
    sortable = False
    examples = (
        Example(["vip", "fair 2026"], ("fair 2026", "vip")),
        Example(["vip", "VIP", " vip "], ("vip",)),
        Example("vip", ("vip",)),
        Example(["Öljy", "apu"], ("apu", "Öljy")),
        Example([], ()),
        Example(None, ()),
        Example("", ()),
    )
    rejects = (["a|b"], ["a;b"], ["a,b"], ["x" * 61], [None], [1], [["vip"]], {"vip": True}, 7, ["a\x00b"],
               [str(number) for number in range(51)])  # fmt: skip

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual number of tags."""
        return {"max": 50, **settings}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A list of texts."""
        return list_of(TEXT)

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of text: ``|fair 2026|vip|``."""
        return (Column("", Text()),)

    def to_columns(self, value: Any) -> tuple[object, ...]:
        """The tags between bars, so that one is found by ``%|tag|%``; NULL when there is none."""
        return (f"|{'|'.join(value)}|" if value else None,)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The tags again."""
        return tuple(parts[0][1:-1].split("|")) if parts[0] else ()

    def parse(self, raw: object, field: Field, parsing: Parsing) -> tuple[str, ...]:
        """The tags. A form and an import separate those of one text by commas or semicolons."""
        found: dict[str, str] = {}
        for item in several(raw, field, parsing):
            parts = _BETWEEN.split(item) if isinstance(item, str) and parsing.door != "rest" else [item]
            for part in parts:
                tag = self._tag(part, field, parsing)
                if tag is not None:
                    found.setdefault(tag.casefold(), tag)
        if len(found) > field.settings["max"]:
            raise refuse(field, "{label} may have {max} values at most.", max=field.settings["max"])
        return tuple(found[key] for key in sorted(found))

    def _tag(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        tag = clean(raw, field)
        if tag is None:
            if parsing.door == "rest":
                raise refuse(field, "{label} must be a list of texts.")
            return None
        limited(tag, field, LONGEST)
        if "|" in tag or _BETWEEN.search(tag):
            raise refuse(field, "{label} has a tag with a comma, a semicolon or a bar in it.")
        return tag

    def to_json(self, value: Any) -> object:
        """The tags as a list."""
        return list(value or ())

    def from_json(self, value: Any) -> object:
        """The tags again."""
        return tuple(value or ())

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The tags, separated by commas."""
        return ", ".join(value or ())

    def plain(self, value: Any) -> str:
        """The tags, separated by semicolons."""
        return ";".join(value or ())

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The tags, one for each chip."""
        return tuple(value or ())

    def sent(self, form: Sent, name: str) -> Input:
        """The chips that stay ticked, and what was typed beside them."""
        typed = (text.strip() for text in _BETWEEN.split(form.text(f"{name}:text")))
        return (*(text for text in form.texts(name) if text), *(text for text in typed if text))

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """A list of texts."""
        return {"type": "array", "items": {"type": "string"}}

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """A list of texts."""
        item = {"type": "string", "maxLength": LONGEST, "pattern": "^[^|;,]*$"}
        return {"type": ["array", "string", "null"], "items": item}
