"""The interface is whole in every language that it has a catalog of."""

import ast
from pathlib import Path

import pytest

import runtime
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


def unmarked(source: str) -> list[str]:
    """The texts that are given to messages by a name, and not where they are written: only ``phrase`` tells
    the catalogs of these.
    """
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = {
        argument.id
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("message", "refuse")
        for argument in call.args[:2]
        if isinstance(argument, ast.Name)
    }
    return [
        f"{target.id}: {node.value.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in named and isinstance(node.value.value, str)
    ]


def test_a_text_that_a_message_is_given_by_its_name_is_marked_where_it_is_written():
    files = sorted(Path(runtime.__file__).parent.rglob("*.py"))
    assert {file.name: found for file in files if (found := unmarked(file.read_text("utf-8")))} == {}
    assert unmarked("text = 'Lost.'\nmessage(text)") == ["text: Lost."]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_translation_has_the_places_of_its_text(path):
    assert bent(path) == []


def test_a_language_is_looked_up_by_its_first_part_and_falls_back_to_english():
    assert translations("fi-FI")("Save") == "Tallenna"
    assert translations("sv")("Save") == "Save"
    assert translations("../fi")("Save") == "Save"
    assert translations("en")("Save") == "Save"
