"""Builds a field of any type, with its settings complete, and what it needs to read and show its values."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import runtime.fields
from runtime.base.diagnostic import Span
from runtime.base.registry import Registry, discover
from runtime.fields.base import FieldType, Parsing, Surroundings
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Origin, Picklist, PicklistValue
from runtime.model.label import Label

ORIGIN = Origin("test", Span.point("schemas/modules/deals.yaml"))
SURROUNDINGS = Surroundings("EUR", ("EUR", "USD", "JPY"), "Europe/Helsinki", modules=("accounts", "contacts"))
TYPES: Registry[FieldType] = Registry("field type", discover(runtime.fields, FieldType))  # type: ignore[type-abstract]


def field_of(kind: str, settings: Mapping[str, Any] | None = None, key: str = "value") -> Field:
    """A field of a type, its settings completed as the language completes them."""
    complete = TYPES[kind].complete(settings or {}, SURROUNDINGS)
    return Field(
        key=key,
        module="deals",
        type=kind,
        label=Label.from_key(key),
        value_type=TYPES[kind].value_type(complete),
        origin=ORIGIN,
        settings=MappingProxyType(dict(complete)),
    )


def parsing_of(door: str, language: str = "en", timezone: str = "Europe/Helsinki", **others: Any) -> Parsing:
    """How a door of the test site reads what it is given."""
    return Parsing(
        door=door,
        formats=Formats(language, timezone),
        timezone=ZoneInfo(timezone),
        currency="EUR",
        picklists=PICKLISTS,
        types=TYPES,
        seal=lambda text: f"<{text}>",
        **others,
    )


def picklist_of(key: str, **labels: str | Mapping[str, str]) -> Picklist:
    """A picklist of values by key, each with its label, in one language or in several."""
    values = {
        value: PicklistValue(
            value,
            Label.of(label) if isinstance(label, str) else Label(MappingProxyType(dict(label))),
            None,
            MappingProxyType({}),
            ORIGIN,
        )
        for value, label in labels.items()
    }
    return Picklist(key, MappingProxyType(values), MappingProxyType({}), ORIGIN)


PICKLISTS = MappingProxyType(
    {
        "stages": picklist_of(
            "stages",
            open={"en": "Still open", "fi": "Avoin"},
            won={"en": "Won", "fi": "Voitettu"},
            lost={"en": "Lost", "fi": "Hävitty"},
        )
    }
)
