"""What the types of written text share: how a text is cleaned before it is kept, its column, operators."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import Text

from runtime.expressions.text import fold
from runtime.fields.base import Column, FieldType, refuse
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.types import TEXT, ValueType

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROLS_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class WrittenType(FieldType):
    """A type whose value is a text that people write; empty is None, never ``''``."""

    operators: ClassVar[tuple[str, ...]] = (
        "==",
        "!=",
        "in",
        "not in",
        "contains",
        "starts_with",
        "ends_with",
        "is_empty",
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """Text."""
        return TEXT

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of text."""
        return (Column("", Text()),)

    def likeness(self, value: Any) -> tuple[str, ...]:
        """The text in small letters."""
        return (fold(value),) if value else ()

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The text itself."""
        return value or ""


def clean(raw: object, field: Field, *, lines: bool = False) -> str | None:
    """The text without white space around it and in Unicode's composed form (NFC); None when nothing is left.

    ``lines`` lets line ends and tabs be; every line end becomes ``\\n``. Raises InvalidValueError for what is
    no text, and for control characters and halves of characters.
    """
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise refuse(field, "{label} must be text.")
    text = raw.strip()
    if lines and "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        found = (_CONTROLS_IN_LINES if lines else _CONTROLS).search(text)
        if found:
            character = found[0]
            if character in "\n\r\t":
                raise refuse(field, "{label} must be on one line, without tabs.")
            code = f"U+{ord(character):04X}"
            raise refuse(field, "{label} has a character that cannot be kept ({code}).", code=code)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text or None


def limited(text: str, field: Field, longest: int, shortest: int = 0) -> str:
    """The text itself, when its length in characters fits."""
    if len(text) > longest:
        raise refuse(
            field, "{label} is {length} characters long; {max} are allowed.", length=len(text), max=longest
        )
    if len(text) < shortest:
        raise refuse(field, "{label} must have at least {min} characters.", min=shortest)
    return text


def only_one(raw: object) -> object:
    """What a form sends once, although a form may send any name several times; the last one counts."""
    if isinstance(raw, list | tuple) and raw and all(isinstance(item, str) for item in raw):
        return raw[-1]
    return raw
