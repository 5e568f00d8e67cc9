"""The field type ``secret``: a password or a token that programs use and nobody is shown."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text

from runtime.fields.base import Column, Example, FieldType, Input, Parsing, Schema, Sent, refuse
from runtime.fields.formats import Formats
from runtime.fields.written import only_one
from runtime.model.catalog import Field, Picklist
from runtime.model.types import SECRET, ValueType
from runtime.model.values import Sealed

LONGEST = 4000


class Secret(FieldType):
    """A text that is kept encrypted; a form says only whether there is one, and REST never gives it.

    It is in no change log, export, search, filter or message. What calls other systems opens it by
    :meth:`runtime.base.sealing.Sealer.open`.
    """

    name = "secret"
    title = "Secret"
    widget = "secret"
    compared = "never"
    filtered_by = "filled"
    hidden = True
    operators = ("is_empty",)
    sortable = False
    examples = (
        Example("s3cret token", Sealed("<s3cret token>")),
        Example("  spaces are kept  ", Sealed("<  spaces are kept  >")),
        Example("", None),
        Example(None, None),
    )
    rejects = (12, True, ["a"], "x" * 4001, "a\x00b", {"token": "a"}, "a\ud800")

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """A secret."""
        return SECRET

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of sealed text."""
        return (Column("", Text()),)

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The sealed text."""
        return (value.token if isinstance(value, Sealed) else None,)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The sealed text."""
        return None if parts[0] is None else Sealed(parts[0])

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Sealed | None:
        """The text, sealed at once. A form sends ``clear`` to empty it, and nothing to leave it as it is."""
        if isinstance(raw, Sealed):
            return raw
        if isinstance(raw, Mapping) and parsing.door == "form" and raw.keys() == {"value", "clear"}:
            raw = None if raw["clear"] else raw["value"]
        if parsing.door == "form":
            raw = only_one(raw)
        if raw is None or raw == "":
            return None
        if not isinstance(raw, str):
            raise refuse(field, "{label} must be text.")
        if len(raw) > LONGEST:
            raise refuse(field, "{label} may have {max} characters.", max=LONGEST)
        if "\x00" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
            raise refuse(field, "{label} has a character that cannot be kept.")
        if parsing.seal is None:
            raise refuse(field, "{label} is not written in a file: enter it where it is used.")
        return Sealed(parsing.seal(raw))

    def to_json(self, value: Any) -> object:
        """Nothing: nobody is told."""
        return None

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """As many dots for every secret."""
        return "" if value is None else "••••••"

    def plain(self, value: Any) -> str:
        """Nothing."""
        return ""

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """A control that is empty, whatever there is."""
        return {"value": "", "clear": ""}

    def sent(self, form: Sent, name: str) -> Input:
        """A new text, and whether the old one is to go."""
        return {"value": form.text(name), "clear": form.text(f"{name}:clear")}

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """A text that is never given back."""
        return {"type": ["string", "null"], "maxLength": LONGEST, "writeOnly": True}
