"""The kind ``pack``: what a pack is called, what it stands on, and its languages, money and time."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    LABEL,
    LITERAL,
    TEXT,
    Definition,
    Kind,
    closed,
    described,
    map_of,
    one_of,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class PackKind(Kind):
    """``pack.yaml``."""

    name = "pack"
    file = "pack.yaml"
    title = "A pack: pack.yaml"

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file and its working days."""
        workdays = closed(
            {
                "week": described({"type": "array", "items": one_of(*DAYS)}, "The days one works on."),
                "holidays": described(
                    {"type": "array", "items": {"type": "string", "format": "date"}},
                    "Days off, as 2026-12-25.",
                ),
            }
        )
        fiscal_year = {"type": "string", "pattern": r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}
        return MappingProxyType(
            {
                "pack": Definition(
                    closed(
                        {
                            "title": described(LABEL, "What the CRM is called."),
                            "version": described(TEXT, "The pack's version, as 1.4.0."),
                            "requires": described(
                                map_of(TEXT), 'The packs below it, each with the versions that fit: ">=1.0".'
                            ),
                            "languages": described(
                                {"type": "array", "items": TEXT, "minItems": 1},
                                "The languages of its users, the first one first.",
                            ),
                            "currency": described(TEXT, "The currency of money that names none, as EUR."),
                            "timezone": described(TEXT, "The time zone of the site, as Europe/Helsinki."),
                            "country": described(
                                {"type": "string", "pattern": "^[A-Z]{2}$", "title": "a code such as FI"},
                                "The country of telephone numbers that are written without one, as FI.",
                            ),
                            "map": described(
                                {
                                    "type": "string",
                                    "pattern": r"^https://[^\s{}]+\{address\}[^\s{}]*$",
                                    "maxLength": 300,
                                    "title": "an address of the web that has {address} in it",
                                },
                                "Where an address opens on a map; there is no such link when left out.",
                            ),
                            "constants": described(
                                map_of(LITERAL), "Values for every expression: const.vat."
                            ),
                            "fiscal_year": described(
                                {**fiscal_year, "title": "a month and a day such as 04-01"}, "Its first day."
                            ),
                            "workdays": described(workdays, "When one works."),
                            "rates": described(
                                map_of({"type": "number", "exclusiveMinimum": 0}),
                                "What one unit of the currency is in others: {USD: 1.08}.",
                            ),
                        }
                    )
                )
            }
        )
