"""The kind ``translations``: the texts of one language, in maps that mirror the files they translate."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import WORDS, Definition, Kind, closed, described

PARTS = ("modules", "picklists", "layouts", "filters", "menu", "roles", "record")
"""What may be translated; ``record`` has the fields that every record has by itself."""


class TranslationsKind(Kind):
    """``translations/<language>.yaml``."""

    name = "translations"
    folder = "translations"
    title = "A language: translations/<language>.yaml"
    names_in_keys = MappingProxyType(
        {
            "modules": "module",
            "layouts": "module",
            "filters": "module",
            "formulas": "module",
            "modules.{module}.fields": "field",
            "modules.{module}.fields.{field}.link": "attribute",
            "picklists.{picklist}.values": "value",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The file: nested maps down to texts."""
        parts = {part: described({"type": "object"}, f"Texts of {part}.") for part in PARTS}
        return MappingProxyType(
            {
                "translations": Definition(
                    closed({"title": described(WORDS, "What the CRM is called."), **parts})
                )
            }
        )
