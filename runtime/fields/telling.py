"""Telling: the value of an expression, or of a part of one, as a text for one reader."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from runtime.fields.formats import Formats
from runtime.model.catalog import Picklist
from runtime.model.currency import minor_digits
from runtime.model.types import PERCENT, ListType, PicklistType, ValueType
from runtime.model.values import JsonText, Money, Place, Sealed


def tell(value: object, type_: ValueType, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
    """The value as its reader writes such values, with every digit that it has; '' when it is empty.

    A record is told by whoever knows what it is called: here it is its id.
    """
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        of = type_.of if isinstance(type_, ListType) else type_
        return ", ".join(tell(item, of, formats, picklists) for item in value)
    if isinstance(type_, PicklistType):
        known = picklists[type_.picklist].values.get(str(value))
        return known.label.in_language(formats.language) if known is not None else str(value)
    if isinstance(value, bool):
        return formats.boolean(value)
    if isinstance(value, int):
        return formats.integer(value)
    if isinstance(value, Decimal):
        return formats.percent(value) if type_ == PERCENT else formats.trimmed(value)
    if isinstance(value, Money):
        return _money(value, formats)
    return _other(value, formats)


def _money(value: Money, formats: Formats) -> str:
    whole = value.amount.quantize(Decimal(1).scaleb(-minor_digits(value.currency)))
    if whole == value.amount:
        return formats.money(value)
    return f"{formats.trimmed(value.amount)} {formats.symbol(value.currency)}"


def _other(value: object, formats: Formats) -> str:
    match value:
        case JsonText():
            return value.text
        case Place():
            return f"{value.latitude}, {value.longitude}"
        case Sealed():
            return "\u2026"
        case datetime():
            return formats.datetime(value)
        case date():
            return formats.date(value)
        case time():
            return formats.time(value)
        case timedelta():
            return formats.duration(value)
    return str(value)
