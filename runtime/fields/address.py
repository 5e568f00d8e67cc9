"""The field type ``address``: a postal address by its parts, written in the order of its country."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import Text

from runtime.fields.base import Column, Example, FieldType, Input, Parsing, Schema, Sent, refuse
from runtime.fields.country import Country
from runtime.fields.formats import Formats
from runtime.fields.written import clean, limited
from runtime.model.catalog import Field, Picklist
from runtime.model.types import TEXT, ValueType
from runtime.model.values import Address

LONGEST = 200
PARTS = ("street", "street2", "postal_code", "city", "state", "country")
USUAL = ("{postal_code} {city}", "{state}")
ORDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("US", "CA", "AU", "IN"), ("{city}, {state} {postal_code}",)),
        **dict.fromkeys(("GB", "IE", "NZ", "ZA"), ("{city}", "{state}", "{postal_code}")),
        **dict.fromkeys(("BR", "MX", "IT", "ES"), ("{postal_code} {city}, {state}",)),
        **dict.fromkeys(("JP", "KR", "CN", "TW"), ("{city}, {state}", "{postal_code}")),
    }
)
"""How the lines below the street are written, by country; everywhere else as in most of Europe."""


class AddressField(FieldType):
    """Street, a second line, postal code, city, state or region, and country; in REST an object of them.

    In conditions and columns each part is a text behind a dot: ``address.city``, ``address.country``. A text
    alone is taken as the street.
    """

    name = "address"
    title = "Address"
    widget = "address"
    compared = "never"
    grouped = True
    operators = ("==", "!=", "in", "not in", "contains", "starts_with", "ends_with", "is_empty")
    parts: ClassVar[Mapping[str, str]] = MappingProxyType(
        dict.fromkeys(PARTS, "text") | {"country": "country"}
    )
    examples = (
        Example(
            {"street": "Main Street 1", "postal_code": "00100", "city": "Helsinki", "country": "FI"},
            Address("Main Street 1", "", "00100", "Helsinki", "", "FI"),
        ),
        Example({"city": " Oulu ", "country": "fi", "state": None}, Address(city="Oulu", country="FI")),
        Example(
            {
                "street": "1 Main",
                "street2": "Suite 5",
                "city": "Springfield",
                "state": "IL",
                "country": "US",
            },
            Address("1 Main", "Suite 5", "", "Springfield", "IL", "US"),
        ),
        Example("Main Street 1", Address("Main Street 1")),
        Example({"city": ""}, None),
        Example({}, None),
        Example(None, None),
        Example("", None),
    )
    rejects = (
        {"town": "Helsinki"},
        {"country": "Nowhere"},
        {"city": 5},
        {"city": ["Helsinki"]},
        {"street": "x" * 201},
        {"street": "one\ntwo"},
        ["Helsinki"],
        5,
        True,
        "a\x00b",
    )

    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """Text: the whole on one line. Its parts are texts of their own."""
        return TEXT

    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """The whole on one line, which is searched and sorted by, and a column for each part."""
        return (Column("", Text()), *(Column(part, Text()) for part in PARTS))

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The line and the parts."""
        if not isinstance(value, Address):
            return (None,) * (len(PARTS) + 1)
        return (value.line, *(value.part(part) for part in PARTS))

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The address of its parts."""
        return Address(*(part or "" for part in parts[1:])) if any(parts[1:]) else None

    def parse(self, raw: object, field: Field, parsing: Parsing) -> Address | None:
        """The address of an object, or of a text: what :meth:`plain` gave, or a street."""
        if raw is None or isinstance(raw, Address):
            return raw
        if isinstance(raw, str):
            raw = _of_text(raw, field)
        if not isinstance(raw, Mapping):
            raise refuse(field, "{label} must be an object of street, postal_code, city and so on.")
        return self.merged(None, self.part_values(raw, field, parsing))

    def part_values(self, raw: Mapping[str, object], field: Field, parsing: Parsing) -> Mapping[str, object]:
        """The parts that are given, '' for an empty one."""
        unknown = [key for key in raw if key not in PARTS]
        if unknown:
            raise refuse(field, '{label} has no part "{part}".', part=str(unknown[0])[:40])
        found: dict[str, object] = {}
        for part, written in raw.items():
            if part == "country":
                found[part] = Country().parse(written, field, parsing) or ""
            else:
                text = clean(written, field)
                found[part] = limited(text, field, LONGEST) if text else ""
        return found

    def merged(self, old: Any, parts: Mapping[str, object]) -> Address | None:
        """The address with these parts in place of its own; None when nothing is left."""
        made: Address = replace(old or Address(), **parts)
        return made if made != Address() else None

    def to_json(self, value: Any) -> object:
        """Every part by its name, null for an empty one."""
        return None if value is None else {part: value.part(part) for part in PARTS}

    def from_json(self, value: Any) -> object:
        """The address again."""
        return None if value is None else Address(**{part: value.get(part) or "" for part in PARTS})

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The lines in the order of the country, the country last and by its name."""
        if value is None:
            return ""
        country = formats.countries.get(value.country, value.country)
        rows = (row.format_map(asdict(value)) for row in ORDERS.get(value.country, USUAL))
        lines = (value.street, value.street2, *(row.strip(", ") for row in rows), country)
        return "\n".join(line for line in lines if line)

    def plain(self, value: Any) -> str:
        """The parts as JSON, for an import to read; a map of columns names single parts (address.city)."""
        if value is None:
            return ""
        return json.dumps({part: each for part, each in asdict(value).items() if each}, ensure_ascii=False)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """Each part for its own control."""
        return asdict(value or Address())

    def sent(self, form: Sent, name: str) -> Input:
        """The parts of the controls ``name:street`` and so on."""
        return {part: form.text(f"{name}:{part}").strip() for part in PARTS}

    def choices(self, formats: Formats) -> Mapping[str, str]:
        """The countries."""
        return formats.countries

    def schema(self, settings: Mapping[str, Any]) -> Schema:
        """An object of the parts."""
        part = {"type": ["string", "null"]}
        return {
            "type": ["object", "null"],
            "properties": dict.fromkeys(PARTS, part),
            "additionalProperties": False,
        }

    def written_schema(self, settings: Mapping[str, Any]) -> Schema:
        """The same, or a street alone."""
        return {"anyOf": [dict(self.schema(settings)), {"type": "string", "maxLength": LONGEST}]}


def _of_text(text: str, field: Field) -> object:
    if not text.lstrip().startswith("{"):
        return {"street": text}
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise refuse(field, "{label} is not an address that was exported.") from None
