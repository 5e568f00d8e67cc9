"""Canonical values: what a field's value is inside the program, whatever door it came through.

==================  =========================================================================
field type          value (empty is always None; an empty text is None too)
==================  =========================================================================
text-like           str
integer             int
decimal, percent    Decimal, quantized to the field's scale
money               Money
boolean             bool
date                date
datetime            datetime, aware, UTC; with ``optional_time`` also AllDay
time                time, naive, to the second
duration            timedelta
json                JsonText
geo                 Place
secret              Sealed
email, phone, url   str; with ``many`` a tuple of Entry, the primary first, () when empty
tags                tuple of str in the order of letters, () when empty
picklist            str, the value's key
multi_picklist      tuple of keys in the picklist's order, () when empty
relation, user      int, the id of the record
any_relation        Pointer
relations           tuple of Link, () when empty
rich_text           RichText
address             Address
country             str, its ISO 3166 code
file, image         int, the id of a ``files`` record
files               tuple of int, ids of ``files`` records, () when empty
auto_number         str
==================  =========================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount of one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A related record as a reader sees it: where it is and what it is called."""

    module: str
    id: int
    title: str


@dataclass(frozen=True, slots=True, order=True)
class RichText:
    """A formatted text: its sanitised HTML, and the text alone, which is what an expression sees."""

    html: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A postal address by its parts; an empty part is '' here and nothing to an expression.

    ``country`` is an ISO 3166 code of two letters.
    """

    street: str = ""
    street2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""

    def part(self, name: str) -> str | None:
        """One part by its name; None when it is empty."""
        return getattr(self, name) or None

    @property
    def line(self) -> str:
        """The whole on one line, alike in every language: what is searched, compared and sorted by."""
        place = f"{self.postal_code} {self.city}".strip()
        return ", ".join(filter(None, (self.street, self.street2, place, self.state, self.country)))


@dataclass(frozen=True, slots=True, order=True)
class Pointer:
    """Where an ``any_relation`` points: a module and the id of one of its records."""

    module: str
    id: int


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a ``relations`` field: the record it points at, and the attributes of the link itself."""

    id: int
    attributes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class AllDay:
    """A day in the place of a moment; ``moment`` is its beginning on the site's clocks, to sort by."""

    day: date
    moment: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One of several addresses of a field, and its kind."""

    value: str
    kind: str


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A secret as it is kept: encrypted, see :mod:`runtime.base.sealing`."""

    token: str

    def __repr__(self) -> str:
        return "Sealed(…)"


@dataclass(frozen=True, slots=True, order=True)
class JsonText:
    """A JSON value as its text, without spaces, its keys in the order they were given in."""

    text: str


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place on the map, in degrees of six decimals: north and east are above zero."""

    latitude: Decimal
    longitude: Decimal
