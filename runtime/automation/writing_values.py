"""Writing values: what an expression gives, as REST writes it for others, and as a run tells it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from runtime.fields.base import FieldType
from runtime.model.values import Address, AllDay, Entry, JsonText, Link, Money, Place, Pointer, RichText

Types = Mapping[str, FieldType]

KINDS: Mapping[type, str] = MappingProxyType(
    {
        Address: "address",
        AllDay: "datetime",
        Decimal: "decimal",
        JsonText: "json",
        Money: "money",
        Place: "geo",
        Pointer: "any_relation",
        RichText: "rich_text",
        date: "date",
        datetime: "datetime",
        time: "time",
        timedelta: "duration",
    }
)
"""Which field type writes a value that JSON has no word for."""
LONGEST, MOST = 500, 50
"""Of a text, and of a list, a run keeps so much."""


def as_rest(types: Types, value: object) -> object:
    """A value as REST writes it: ``{"amount": "12.50", "currency": "EUR"}``; a record is its id."""
    if isinstance(value, tuple | list):
        if value and isinstance(value[0], Entry):
            return types["email"].to_json(tuple(value))
        return [as_rest(types, each) for each in value]
    if isinstance(value, Link):
        return value.id
    kind = KINDS.get(type(value))
    return types[kind].to_json(value) if kind is not None else value


def as_told(types: Types, value: object) -> object:
    """A value as the journal of a run keeps it: ``12.50 EUR``."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, tuple | list):
        return [as_told(types, each) for each in value[:MOST]]
    if isinstance(value, Link | Entry):
        return value.id if isinstance(value, Link) else value.value
    kind = KINDS.get(type(value))
    return (types[kind].plain(value) if kind is not None else str(value))[:LONGEST]
