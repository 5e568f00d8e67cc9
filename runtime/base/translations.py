"""The interface's own words in other languages, from gettext catalogs beside the program."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from runtime.base.messages import Translate

FOLDER = Path(__file__).parent.parent / "locale"
"""``<language>.po`` for each language but English, which the texts themselves are written in."""


def translations(language: str) -> Translate:
    """From English to a language; a language (or a text) that no catalog has stays English."""
    found = known_texts(language)
    return lambda text: found.get(text, text)


@lru_cache(maxsize=64)
def known_texts(language: str) -> Mapping[str, str]:
    """The texts of a language's catalog, by the English ones; none where there is no catalog."""
    path = FOLDER / f"{language.partition('-')[0].lower()}.po"
    if not language.isascii() or not language.replace("-", "").isalpha() or not path.is_file():
        return {}
    return _catalog(path)


def _catalog(path: Path) -> dict[str, str]:
    from babel.messages.pofile import read_po  # here, for English needs none

    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem)
    return {
        str(entry.id): str(entry.string) for entry in catalog if entry.id and entry.string and not entry.fuzzy
    }
