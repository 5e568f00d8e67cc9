"""Value types: what an expression may be, and what a field holds as an expression sees it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type by its name; the composite ones are subclasses. Every value may also be empty."""

    name: str

    def __str__(self) -> str:
        return self.name


TEXT = ValueType("text")
INTEGER = ValueType("integer")
DECIMAL = ValueType("decimal")
PERCENT = ValueType("percent")
MONEY = ValueType("money")
BOOLEAN = ValueType("boolean")
DATE = ValueType("date")
DATETIME = ValueType("datetime")
TIME = ValueType("time")
DURATION = ValueType("duration")
JSON = ValueType("json")
PLACE = ValueType("place")
SECRET = ValueType("secret")
NONE = ValueType("none")
MONTHS = ValueType("months")
"""A length of calendar time, as months() gives; no field holds one."""

NUMBERS = (INTEGER, DECIMAL, PERCENT)
"""The plain numbers; money is a number with a currency."""

CLOSED = (JSON, PLACE, SECRET)
"""What an expression can only ask to be empty or not: it is not compared, and nothing is made of it."""


@dataclass(frozen=True, slots=True)
class PicklistType(ValueType):
    """A value of one picklist."""

    picklist: str = ""

    def __str__(self) -> str:
        return f"picklist {self.picklist}"


@dataclass(frozen=True, slots=True)
class RecordType(ValueType):
    """A record of one module, or of one of several (the owner: a user or a group)."""

    modules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"record of {' or '.join(self.modules)}"


@dataclass(frozen=True, slots=True)
class ListType(ValueType):
    """Several values of one type."""

    of: ValueType = NONE

    def __str__(self) -> str:
        return f"list of {self.of}"


def picklist_of(key: str) -> PicklistType:
    """The type of a picklist's values."""
    return PicklistType("picklist", key)


def record_of(*modules: str) -> RecordType:
    """The type of a reference to a record of one of these modules."""
    return RecordType("record", modules)


def list_of(of: ValueType) -> ListType:
    """The type of several values."""
    return ListType("list", of)
