"""Text inside a field is found by the trigram index, and is the same that reading every record finds."""

from collections.abc import Callable

import pytest

from runtime.storage.inside import looked_for
from tests.support.crm import App
from tests.support.rest import make

PACK = """
    schemas/modules/people.yaml:
      title: name
      search: [name, email]
      fields:
        name: {type: text, required: true}
        email: {type: email}
        city: {type: text}
"""
NAMES = ('Ann "The Man" Åberg', "100% wool", "under_score", "ÅKE", "back\\slash", "plain")


@pytest.mark.parametrize(
    "where,names",
    [
        ("contains(name, 'the man')", ['Ann "The Man" Åberg']),
        ("contains(name, '\"the')", ['Ann "The Man" Åberg']),
        ("contains(name, '00% w')", ["100% wool"]),
        ("contains(name, 'er_s')", ["under_score"]),
        ("contains(name, 'k\\\\s')", ["back\\slash"]),
        ("starts_with(name, 'åke')", ["ÅKE"]),
        ("ends_with(name, 'ain') and contains(name, 'pla')", ["plain"]),
        ("contains(name, 'åke') or contains(name, 'plain')", ["plain", "ÅKE"]),
        ("not contains(name, 'a')", ["100% wool", "under_score", "ÅKE"]),
        ("contains(name, 'ke')", ["ÅKE"]),
        ("contains(name, 'example')", []),
        ("contains(email, 'example')", ["plain"]),
    ],
)
def test_what_a_text_is_inside_of_is_found(crm: Callable[..., App], where: str, names: list[str]):
    app = crm(PACK)
    for name in NAMES:
        make(app.program(), "people", name=name, email="a@example.com" if name == "plain" else None)
    found = app.program()("GET", "/people", params={"where": where, "sort": "name"}).json()["data"]
    assert [record["name"] for record in found] == names


def test_the_index_is_asked_only_for_a_text_that_it_has(crm: Callable[..., App]):
    live = crm(PACK).site.live
    module = live.catalog.modules["people"]
    asked = {
        "contains(name, 'Abc') and city == 'x'": ("abc",),
        "contains(city, 'abc')": (),
        "contains(name, 'ab')": (),
        "contains(name, 'abc') or city == 'x'": (),
        "not contains(name, 'abc')": (),
        "contains(owner.name, 'abc')": (),
    }
    for text, found in asked.items():
        assert looked_for((live.condition(module, text),), module) == found, text
