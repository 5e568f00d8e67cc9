"""What a configuration says of reckoning, as the moment of an evaluation takes it."""

from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from runtime.expressions.literals import read_date
from runtime.expressions.moment import Terms
from runtime.model.catalog import Catalog

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=16)
def _terms(
    currency: str, rates: tuple[tuple[str, Decimal], ...], week: tuple[str, ...], holidays: tuple[str, ...]
) -> Terms:
    days = tuple(index for index, day in enumerate(WEEK) if day in week)
    off = frozenset(day for text in holidays if (day := read_date(text)) is not None)
    return Terms(currency, MappingProxyType(dict(rates)), days, off)


def terms_of(catalog: Catalog) -> Terms:
    """What the site reckons with: its currency and rates, its workdays and holidays."""
    workdays = catalog.settings.get("workdays") or {}
    return _terms(
        catalog.currency,
        tuple(catalog.rates.items()),
        tuple(workdays.get("week") or WEEK[:5]),
        tuple(map(str, workdays.get("holidays") or ())),
    )
