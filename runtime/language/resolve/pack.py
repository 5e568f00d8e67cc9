"""Resolves ``pack.yaml``: languages, money, time, constants."""

from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from runtime.fields.phone import is_region
from runtime.language.draft import Draft, PackSettings
from runtime.language.nodes import MapNode, Scalar
from runtime.language.shape import plain_items

KEPT = ("fiscal_year", "workdays", "map")
"""What is kept as it is written."""


def resolve_pack(draft: Draft) -> PackSettings:
    """The pack's settings, with what they default to.

    A time zone that is not known gives way to UTC, and a country that is not, to none.
    """
    tree = draft.single("pack")
    if tree is None:
        return PackSettings()
    timezone = tree.text("timezone") or "UTC"
    try:
        ZoneInfo(timezone)
    except (ValueError, OSError, LookupError):
        draft.note("timezone", timezone, tree.items["timezone"], ("pack", "timezone"))
        timezone = "UTC"
    kept = {key: tree.items[key].plain for key in KEPT if key in tree.items}
    country = tree.text("country")
    if country is not None and is_region(country):
        kept["country"] = country
    elif country is not None:
        draft.note("country", country, tree.items["country"], ("pack", "country"))
    constants = tree.map("constants")
    return PackSettings(
        tuple(plain_items(tree.list("languages"))) or ("en",),
        tree.text("currency") or "EUR",
        timezone,
        MappingProxyType(_rates(tree)),
        MappingProxyType({key: node.plain for key, node in constants.items.items()} if constants else {}),
        MappingProxyType(kept),
    )


def _rates(tree: MapNode) -> dict[str, Decimal]:
    rates = tree.map("rates")
    if rates is None:
        return {}
    return {
        currency: Decimal(node.value)
        for currency, node in rates.items.items()
        if isinstance(node, Scalar) and isinstance(node.value, int | Decimal)
    }
