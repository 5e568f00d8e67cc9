"""The interface is whole in every language that it has a catalog of."""

import pytest

from runtime.base.translations import translations
from tools.messages import LOCALE, bent, texts

CATALOGS = sorted(LOCALE.glob("*.po"))


def test_finnish_is_there():
    assert [path.stem for path in CATALOGS] == ["fi"]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_every_text_is_translated(path):
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        known = {str(entry.id): str(entry.string) for entry in read_po(file, locale=path.stem)}
    assert [text for text in texts() if not known.get(text)] == [], "Run python -m tools.messages."


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_translation_has_the_places_of_its_text(path):
    assert bent(path) == []


def test_a_language_is_looked_up_by_its_first_part_and_falls_back_to_english():
    assert translations("fi-FI")("Save") == "Tallenna"
    assert translations("sv")("Save") == "Save"
    assert translations("../fi")("Save") == "Save"
    assert translations("en")("Save") == "Save"
