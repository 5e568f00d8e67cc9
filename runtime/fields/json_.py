"""The field type ``json``: structured data of a program, kept as it was given."""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text

from runtime.fields.base import Column, Example, FieldType, Input, Parsing, Schema, Surroundings, refuse
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.types import JSON, ValueType
from runtime.model.values import JsonText

DEEPEST = 20
LONGEST_NUMBER = 60
"""Characters of one number."""


class UnfitError(ValueError):
    """A value that is not kept; its text is the sentence about it."""


class Json(FieldType):
    """Any JSON value but null and the empty text; in REST the value itself."""

    name = "json"
    title = "JSON"
    widget = "json"
    compared = "never"
    filtered_by = "filled"
    settings_schema = MappingProxyType(
        {
            "max": {
                "type": "integer",
                "minimum": 10,
                "maximum": 100_000,
                "default": 10_000,
                "description": "The most characters it may have, written without spaces.",
            }
        }
    )
    operators = ("is_empty",)
    sortable = False
    examples = (
        Example({"a": [1, True, None]}, JsonText('{"a":[1,true,null]}')),
        Example([], JsonText("[]")),
        Example({"price": Decimal("1.50")}, JsonText('{"price":1.5}')),
        Example({"ä": "ö\n"}, JsonText('{"ä":"ö\\n"}')),
        Example("text", JsonText('"text"')),
        Example(False, JsonText("false")),
        Example("", None),
        Example(None, None),
    )
    rejects = (
        "x" * 10_001,
        {"a": "\ud800"},
        [float("nan")],
        10**400,
        [Decimal("1E+1000000")],
        [[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]],
    )

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the usual length."""
        return {"max": 10_000, **settings}

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """JSON."""
        return JSON

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of text: a database's own JSON type would put keys in another order."""
        return (Column("", Text()),)

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The text."""
        return (value.text if isinstance(value, JsonText) else None,)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The value of a text."""
        return None if parts[0] is None else JsonText(parts[0])

    def parse(self, raw: object, field: Field, parsing: Parsing) -> JsonText | None:
        """The value that REST gives, or that a form or an import writes as text."""
        if raw is None or isinstance(raw, JsonText):
            return raw
        if isinstance(raw, str) and not raw.strip():
            return None
        try:
            if parsing.door != "rest" and isinstance(raw, str):
                raw = _loaded(raw, field)
                if raw is None or raw == "":
                    return None
            text = written(raw)
            text.encode()
        except UnicodeEncodeError:
            raise refuse(field, "{label} has a character that cannot be kept.") from None
        except UnfitError as error:
            raise refuse(field, str(error)) from None
        if len(text) > field.settings["max"]:
            raise refuse(
                field,
                "{label} is {length} characters long; {max} are allowed.",
                length=len(text),
                max=field.settings["max"],
            )
        return JsonText(text)

    def to_json(self, value: Any) -> object:
        """The value itself."""
        return None if value is None else json.loads(value.text)

    def from_json(self, value: Any) -> object:
        """The value again."""
        return None if value is None else JsonText(written(value))

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The value in lines, each part under what it belongs to."""
        return "" if value is None else written(json.loads(value.text), indent=0)

    def plain(self, value: Any) -> str:
        """The value on one line."""
        return "" if value is None else str(value.text)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The value in lines."""
        return "" if value is None else written(json.loads(value.text), indent=0)

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """Anything."""
        return {}


def written(value: object, deep: int = 0, indent: int | None = None) -> str:
    """A value as JSON text; raises UnfitError.

    ``indent`` is how deep its lines begin; None writes all on one line.
    """
    if deep > DEEPEST:
        raise UnfitError("{label} lies more than 20 levels deep.")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise UnfitError("{label} must have texts for its keys.")
        inner = None if indent is None else indent + 1
        colon = ":" if indent is None else ": "
        parts = [f"{_text(key)}{colon}{written(item, deep + 1, inner)}" for key, item in value.items()]
        return _joined("{", parts, "}", indent)
    if isinstance(value, list | tuple):
        inner = None if indent is None else indent + 1
        return _joined("[", [written(item, deep + 1, inner) for item in value], "]", indent)
    return _single(value)


def _joined(begin: str, parts: list[str], end: str, indent: int | None) -> str:
    if indent is None or not parts:
        return f"{begin}{','.join(parts)}{end}"
    line = "\n" + "  " * (indent + 1)
    return f"{begin}{line}{f',{line}'.join(parts)}\n{'  ' * indent}{end}"


def _single(value: object) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and value.bit_length() < 64:
        return str(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    raise UnfitError("{label} must be JSON.")


def _number(value: int | float | Decimal) -> str:
    """A number that programs read as it is: readers of JSON take all but whole ones for binary floats."""
    written = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    number = float(written) if written.is_finite() and abs(written.adjusted()) < 300 else math.inf
    if not math.isfinite(number) or Decimal(repr(number)) != written:
        raise UnfitError("{label} has a number of more digits than programs read; write it as a text.")
    return repr(number)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _loaded(text: str, field: Field) -> object:
    if len(text) > 4 * field.settings["max"] + 1000:
        raise UnfitError("{label} is too long.")
    try:
        return json.loads(
            text, parse_float=Decimal, parse_int=_whole, parse_constant=_constant, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        raise refuse(
            field,
            "{label} is no JSON at line {line}, character {column}.",
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise UnfitError("{label} lies more than 20 levels deep.") from None


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise UnfitError("{label} has a number of more digits than programs read; write it as a text.")
    return int(digits)


def _constant(name: str) -> object:
    raise UnfitError("{label} must be JSON, which has no infinite numbers.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnfitError("{label} has a key that stands twice in one object.")
    return found
