"""The countries of ISO 3166 by their codes of two letters, with their names in a language."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

NO_COUNTRIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))
"""Codes of two letters that Babel names and ISO 3166 gives to no country."""


def country_names(language: str) -> Mapping[str, str]:
    """The names by code, in the order of the names; in English where the language is not known."""
    try:
        names = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("en").territories
    known = {code: name for code, name in names.items() if _is_country(code)}
    return MappingProxyType(dict(sorted(known.items(), key=lambda item: _order(item[1]))))


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES


def _order(name: str) -> str:
    return unicodedata.normalize("NFKD", name).casefold()
