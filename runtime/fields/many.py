"""Several addresses in one field: e-mails, telephone numbers or web addresses, each of a kind."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import Text

from runtime.base.messages import message, phrase
from runtime.expressions.text import fold
from runtime.fields.base import (
    Column,
    Input,
    InvalidValueError,
    Parsing,
    Schema,
    Sent,
    Surroundings,
    refuse,
)
from runtime.fields.formats import Formats
from runtime.fields.matching import check_pattern, hold_to_pattern
from runtime.fields.several import several
from runtime.fields.written import WrittenType
from runtime.model.catalog import Field, Picklist
from runtime.model.types import TEXT, ValueType, list_of
from runtime.model.values import Entry

MOST = 20
"""How many addresses one field may hold."""
MANY: dict[str, Any] = {
    "type": "boolean",
    "default": False,
    "description": "Whether it holds several, one of them primary, each with a kind.",
}
KINDS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,29}$"},
    "minItems": 1,
    "maxItems": 20,
    "uniqueItems": True,
    "description": "The kinds that each of several may be of; the first is that of one written without.",
}
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "work": phrase("Work"),
        "home": phrase("At home"),
        "mobile": phrase("Mobile"),
        "fax": phrase("Fax"),
        "website": phrase("Website"),
        "shop": phrase("Shop"),
        "profile": phrase("Profile"),
        "direct": phrase("Direct"),
        "billing": phrase("Invoicing"),
        "other": phrase("Other"),
    }
)
"""What the usual kinds are called, in English."""
_WITH_KIND = re.compile(r"(.*?)\s*\[([a-z][a-z0-9_]*)\]", re.DOTALL)


def kind_name(kind: str) -> str:
    """What a kind is called, in English or as the pack's author has written it."""
    return NAMES.get(kind) or kind.replace("_", " ").capitalize()


class ManyType(WrittenType):
    """A type of addresses. With the setting ``many`` its value is a tuple of :class:`Entry`, primary first.

    In REST it is a list of ``{"value", "kind", "primary"}``, or of values alone.
    """

    kinds: ClassVar[tuple[str, ...]]
    """The kinds where the setting ``kinds`` names none."""

    longest: ClassVar[int]
    """The most characters that one address may have."""

    @abstractmethod
    def parse_one(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """One address."""

    @abstractmethod
    def text_of(self, value: str, field: Field, formats: Formats) -> str:
        """One address for a person."""

    def likeness_of(self, value: str) -> str:
        """What of one address is compared when duplicates are looked for."""
        return fold(value)

    def likeness(self, value: Any) -> tuple[str, ...]:
        """That of each address."""
        values = [entry.value for entry in value] if isinstance(value, tuple) else [value] if value else []
        return tuple(filter(None, dict.fromkeys(map(self.likeness_of, values))))

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the kinds, where there may be several; a pattern is of one as it is kept."""
        check_pattern(settings, self.longest)
        if settings.get("many"):
            return {**settings, "kinds": tuple(settings.get("kinds", self.kinds))}
        if "kinds" in settings:
            raise InvalidValueError(message("Only a field of several has kinds: write many: true."))
        return settings

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """Text, or a list of texts."""
        return list_of(TEXT) if settings.get("many") else TEXT

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """One column of text; of several ``|a@example.com|b@example.com|``, and their kinds beside them."""
        values = Column("", Text())
        return (values, Column("kinds", Text())) if settings.get("many") else (values,)

    def to_columns(self, value: Any) -> tuple[object, ...]:
        """The address, or all of them between bars, and their kinds."""
        if not isinstance(value, tuple):
            return (value,)
        if not value:
            return (None, None)
        values, kinds = (entry.value for entry in value), (entry.kind for entry in value)
        return f"|{'|'.join(values)}|", "|".join(kinds)

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The address, or all of them."""
        if len(parts) == 1:
            return parts[0]
        if parts[0] is None:
            return ()
        return tuple(map(Entry, parts[0][1:-1].split("|"), parts[1].split("|")))

    def is_kept_as_it_is(self, columns: int) -> bool:
        """One address alone is."""
        return columns == 1

    def parse(self, raw: object, field: Field, parsing: Parsing) -> object:
        """The address, or all of them, the primary first."""
        if not field.settings.get("many"):
            return self._held(raw, field, parsing)
        found = list(self._entries(raw, field, parsing))
        if len(found) > MOST:
            raise refuse(field, "{label} may have {max} values at most.", max=MOST)
        if sum(primary for _, primary in found) > 1:
            raise refuse(field, "{label} may have one primary value only.")
        entries = [entry for entry, _ in sorted(found, key=lambda each: not each[1])]
        if len({entry.value for entry in entries}) < len(entries):
            raise refuse(field, "{label} names the same twice.")
        return tuple(entries)

    def _held(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """One address that the field's pattern matches."""
        value = self.parse_one(raw, field, parsing)
        hold_to_pattern(value, field)
        return value

    def _entries(self, raw: object, field: Field, parsing: Parsing) -> Iterator[tuple[Entry, bool]]:
        """Each address, and whether it is said to be the primary one."""
        if isinstance(raw, Mapping):
            raw = [raw]
        for item in several(raw, field, parsing):
            entry, primary = item, False
            if isinstance(item, Mapping):
                entry, primary = self._of_mapping(item, field, parsing)
            elif isinstance(item, str):
                written = _WITH_KIND.fullmatch(item.strip()) if parsing.door == "import" else None
                value, kind = (written[1], written[2]) if written else (item, None)
                entry = self._entry(value, kind, field, parsing)
            elif not isinstance(item, Entry):
                raise refuse(field, "{label} must be a list of values, each with a kind.")
            if isinstance(entry, Entry):
                yield entry, primary

    def _of_mapping(
        self, item: Mapping[Any, Any], field: Field, parsing: Parsing
    ) -> tuple[Entry | None, bool]:
        primary = item.get("primary", False)
        if not item.keys() <= {"value", "kind", "primary"} or "value" not in item:
            raise refuse(field, "{label} must be a list of values, each with a kind.")
        if parsing.door == "form":
            primary = bool(primary)
        if not isinstance(primary, bool):
            raise refuse(field, "{label} must say with true or false which value is primary.")
        return self._entry(item["value"], item.get("kind"), field, parsing), primary

    def _entry(self, value: object, kind: object, field: Field, parsing: Parsing) -> Entry | None:
        text = self._held(value, field, parsing)
        if text is None:
            if parsing.door == "rest":
                raise refuse(field, "{label} has an entry without a value.")
            return None
        if "|" in text:
            raise refuse(field, "{label} has a character that cannot be kept ({code}).", code="|")
        kinds = field.settings["kinds"]
        if kind is None or kind == "":
            return Entry(text, kinds[0])
        if not isinstance(kind, str) or kind not in kinds:
            raise refuse(field, "{label} must be of the kind {kinds}.", kinds=" or ".join(kinds))
        return Entry(text, kind)

    def to_json(self, value: Any) -> object:
        """The address; several as a list."""
        if not isinstance(value, tuple):
            return value
        return [
            {"value": entry.value, "kind": entry.kind, "primary": place == 0}
            for place, entry in enumerate(value)
        ]

    def from_json(self, value: Any) -> object:
        """The address, or all of them."""
        if not isinstance(value, list):
            return value
        return tuple(Entry(each["value"], each["kind"]) for each in value)

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The address for a person, the primary one of several."""
        if isinstance(value, tuple):
            value = value[0].value if value else None
        return self.text_of(value, field, formats) if value else ""

    def found_by(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """Each of several, as it is kept and as it is shown."""
        if not isinstance(value, tuple):
            return self.text(value, field, formats, picklists)
        words = (text for entry in value for text in (entry.value, self.text_of(entry.value, field, formats)))
        return "\n".join(dict.fromkeys(words))

    def plain(self, value: Any) -> str:
        """The address; several with their kinds: ``a@example.com [work];b@example.com [home]``."""
        if not isinstance(value, tuple):
            return value or ""
        return ";".join(f"{entry.value} [{entry.kind}]" for entry in value)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """The address, or a value and a kind for each of several."""
        if not field.settings.get("many"):
            return value or ""
        return tuple(
            {"value": entry.value, "kind": entry.kind, "primary": "" if place else "yes"}
            for place, entry in enumerate(value or ())
        )

    def sent(self, form: Sent, name: str) -> Input:
        """The address, or the lines of several that have one."""
        kinds = form.texts(f"{name}:kind")
        if not kinds:
            return form.text(name)
        primary = form.text(f"{name}:primary")
        return tuple(
            {"value": value, "kind": kind, "primary": "yes" if primary == str(place) else ""}
            for place, (value, kind) in enumerate(zip(form.texts(name), kinds, strict=False))
            if value.strip()
        )

    def schema(self, settings: Mapping[str, Any]) -> Schema | None:
        """A list of values with their kinds, where there may be several."""
        if not settings.get("many"):
            return None
        return {"type": "array", "items": self._item(settings)}

    def written_schema(self, settings: Mapping[str, Any]) -> Schema | None:
        """A list of values, with kinds or without."""
        if not settings.get("many"):
            return None
        items = {"anyOf": [{"type": "string"}, {**self._item(settings), "required": ["value"]}]}
        return {"type": ["array", "string", "null"], "items": items, "maxItems": MOST}

    def _item(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["value", "kind", "primary"],
            "properties": {
                "value": {"type": "string"},
                "kind": {"enum": list(settings["kinds"])},
                "primary": {"type": "boolean"},
            },
            "additionalProperties": False,
        }
