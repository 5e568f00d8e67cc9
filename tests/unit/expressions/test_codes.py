"""Every code's page shows what it says."""

import re
from dataclasses import replace

import pytest

from runtime.base.diagnostic import Span
from runtime.expressions.codes import CODES
from runtime.model.types import BOOLEAN, MONEY

PLACE = Span.point("page")

LINES = re.compile(
    r"^(Wrong|Right|Example|Warned|Refused|Saving|Unasked):  (?:when: )?(.+?)(?:\s{2,}\(.*\))?$", re.MULTILINE
)
SHOWN = [(code.name, kind, text) for code in CODES for kind, text in LINES.findall(code.explanation)]
NEEDS_TWO_MODULES = {"E119"}
IN_WORDS = {"E102", "E130"}


def test_codes_are_numbered_without_a_gap():
    assert [code.name for code in CODES] == [f"E{number}" for number in range(101, 101 + len(CODES))]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_every_page_has_a_title_and_an_example(code):
    assert code.title[0].islower()
    assert code.name in NEEDS_TWO_MODULES | IN_WORDS or LINES.search(code.explanation)


@pytest.mark.parametrize("name, kind, text", SHOWN, ids=[f"{name} {text}" for name, _, text in SHOWN])
def test_the_examples_of_a_page_are_refused_or_accepted_as_it_says(
    language, scope, parse, refuse, name, kind, text
):
    match kind:
        case "Right":
            parse(text, BOOLEAN)
        case "Saving":
            parse(text, BOOLEAN, replace(scope, saving=True))
        case "Warned":
            expression, found = language.parse(text, PLACE, scope, MONEY if "+" in text else BOOLEAN)
            assert expression is not None
            assert {name} == {diagnostic.code for diagnostic in found if not diagnostic.is_error}
        case "Refused":
            assert [each.code for each in refuse(text, BOOLEAN, replace(scope, database=True))] == [name]
        case "Unasked":
            assert [each.code for each in refuse(text, BOOLEAN, replace(scope, personal=False))] == [name]
        case _:
            assert name in [diagnostic.code for diagnostic in refuse(text, BOOLEAN)]
