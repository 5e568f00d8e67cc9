"""The moment an expression is evaluated at: when it is, where, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Terms:
    """What a site reckons with: its currency, the rates of others (of one unit of its own), its workdays.

    ``week`` has the numbers of the days that are worked, Monday being 0.
    """

    currency: str = "EUR"
    rates: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    week: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: frozenset[date] = frozenset()


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class Moment:
    """When, where and for whom.

    ``now`` is aware; ``today`` and ``timezone`` are the site's. ``user`` is plain data: ``id`` (int),
    ``role`` (text or None) and ``groups`` (ids); None when nobody is signed in, and then ``user`` is empty in
    an expression. ``terms`` are the site's.
    """

    today: date
    now: datetime
    user: Mapping[str, object] | None = None
    timezone: tzinfo = UTC
    terms: Terms = USUAL

    @classmethod
    def at(
        cls,
        now: datetime,
        timezone: tzinfo = UTC,
        user: Mapping[str, object] | None = None,
        terms: Terms = USUAL,
    ) -> "Moment":
        """The moment in a site's time zone; raises ValueError when ``now`` has no time zone."""
        if now.tzinfo is None:
            raise ValueError(f"{now} has no time zone; a moment must have one.")
        return cls(now.astimezone(timezone).date(), now.astimezone(UTC), user, timezone, terms)
