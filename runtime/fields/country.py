"""The field type ``country``: a country by its ISO 3166 code, shown by its name in the reader's language."""

from collections.abc import Mapping
from typing import Any

from runtime.fields.base import Example, Parsing, refuse
from runtime.fields.formats import Formats
from runtime.fields.written import WrittenType, clean
from runtime.model.catalog import Field, Picklist


class Country(WrittenType):
    """The code of two letters. An import may give the name instead, in its own language or in English."""

    name = "country"
    title = "Country"
    widget = "country"
    filtered_by = "choice"
    operators = ("==", "!=", "in", "not in", "is_empty")
    examples = (
        Example("FI", "FI"),
        Example(" us ", "US"),
        Example("", None),
        Example(None, None),
    )
    rejects = ("XX", "Finland and Sweden", "FIN", 246, True, ["FI"], "EU", "F\u0131")

    def parse(self, raw: object, field: Field, parsing: Parsing) -> str | None:
        """The code."""
        text = clean(raw, field)
        if text is None:
            return None
        code = text.upper()
        if len(text) == 2 and text.isascii() and code in parsing.formats.countries:
            return code
        found = parsing.formats.country_named(text) if parsing.door == "import" and len(text) < 80 else None
        if found is None:
            raise refuse(field, "{label} must be the code of a country, such as FI.")
        return found

    def choices(self, formats: Formats) -> Mapping[str, str]:
        """Every country, in the order of their names."""
        return formats.countries

    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """Its name in the reader's language."""
        return "" if value is None else formats.countries.get(value, value)
