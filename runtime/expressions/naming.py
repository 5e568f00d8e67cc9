"""What the types are called in a sentence."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    JSON,
    MONEY,
    MONTHS,
    NONE,
    PERCENT,
    PLACE,
    SECRET,
    TEXT,
    TIME,
    ListType,
    PicklistType,
    RecordType,
    ValueType,
)

_NAMES: Mapping[ValueType, str] = MappingProxyType(
    {
        TEXT: "text",
        INTEGER: "a whole number",
        DECIMAL: "a number",
        PERCENT: "a percentage",
        MONEY: "money",
        BOOLEAN: "true or false",
        DATE: "a date",
        DATETIME: "a date and time",
        TIME: "a time of day",
        DURATION: "a duration",
        JSON: "a JSON value",
        PLACE: "a place on the map",
        SECRET: "a secret",
        MONTHS: "a number of months",
        NONE: "none",
    }
)


def named(type_: ValueType) -> str:
    """The type in a sentence: ``a whole number``, ``a value of the picklist "stage"``."""
    if isinstance(type_, PicklistType):
        return f'a value of the picklist "{type_.picklist}"'
    if isinstance(type_, RecordType):
        return f"a record of {_listed(type_.modules)}"
    if isinstance(type_, ListType):
        return "an empty list" if type_.of == NONE else f"several, each {named(type_.of)}"
    return _NAMES.get(type_, type_.name)


def named_first(type_: ValueType) -> str:
    """The same where a sentence begins."""
    name = named(type_)
    return name[:1].upper() + name[1:]


def _listed(modules: tuple[str, ...]) -> str:
    return " or ".join(f'"{module}"' for module in modules)
