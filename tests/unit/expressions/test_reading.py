"""What is no expression, and where it goes wrong."""

import pytest

from runtime.base.diagnostic import Span
from runtime.expressions.elsewhere import OURS
from runtime.model.types import BOOLEAN
from tests.unit.expressions.conftest import PLACE


@pytest.mark.parametrize(
    "text, code, part",
    [
        ("stage = 'won'", "E101", "="),
        ("stage == 'won' && active", "E101", "&&"),
        ("(stage == 'won'", "E101", "("),
        ("stage == 'won')", "E101", ")"),
        ("stage == 'won", "E101", "'won"),
        ("name == 'a' 'b'", "E101", "'a' 'b'"),
        ("name == '''a'''", "E101", "'''a'"),
        (r"name == 'a\d'", "E101", r"\d"),
        ("name == 'å' and stge", "E105", "stge"),
        ("stage == \u201cwon\u201d", "E101", "\u201c"),
        ("\u017ftage == 'won'", "E101", "\u017f"),
        ("stage == 'won';", "E101", ";"),
        ("active # yes", "E101", "#"),
        ("name == f'{name}'", "E103", "f'{name}'"),
        ("lambda: active", "E103", "lambda"),
        ("import os", "E103", "import"),
        ("await active", "E103", "await"),
        ("count == 0x10", "E117", "0x10"),
        ("amount > 1e6", "E117", "1e6"),
        ("amount > 1j", "E117", "1j"),
        ("count == 1234567890123456789", "E117", "1234567890123456789"),
        ("active == True", "E116", "True"),
        ("name == None", "E116", "None"),
        ("name == 'a\0b'", "E101", "'a\0b'"),
        ("name == '\ud800'", "E101", "'\ud800'"),
        ("active \0", "E101", "\0"),
        ("stage == 'won' or", "E101", "r"),
        ("", "E101", ""),
        ("  ", "E101", "  "),
    ],
)
def test_what_cannot_be_read_is_told_where_it_stands(refuse, text, code, part):
    first = refuse(text)[0]
    assert first.code == code
    start = first.span.column - PLACE.column
    assert text[start : first.span.end_column - PLACE.column] == part or not part.strip()


def test_every_mistake_is_told_and_not_the_first_alone(refuse):
    found = refuse("stge == 'won' and account.nme == 'x' and amount > 'much'")
    assert [diagnostic.code for diagnostic in found] == ["E105", "E106", "E113"]


def test_places_are_counted_in_characters_and_not_in_bytes(refuse):
    (found,) = refuse("name == 'ÅÄÖ😀' and stge == 1")
    start = PLACE.column + len("name == 'ÅÄÖ😀' and ")
    assert (found.span.column, found.span.end_column) == (start, start + 4)


def test_a_text_over_several_lines_is_one_expression(parse, language, moment):
    expression = parse("\n  stage == 'won'\n  or\tactive\n")
    assert language.holds(expression, {"stage": "won", "active": None}, moment)


def test_the_caller_says_where_the_text_stands(language, scope):
    def locate(start: int, end: int) -> Span:
        return Span("folded.yaml", 10 + start, 1, 10 + end, 1)

    _, found = language.parse("active and\nstge", PLACE, scope, BOOLEAN, locate)
    assert [diagnostic.span for diagnostic in found] == [Span("folded.yaml", 21, 1, 25, 1)]


@pytest.mark.parametrize(
    "text, help_text",
    [
        ("stge == 'won'", 'did you mean "stage"?'),
        ("stage == 'wonn'", 'did you mean "won"?'),
        ("stage == 'Won'", '"Won" is a label; did you mean the key "won"?'),
        ("stage.knd == 'won'", 'did you mean "kind"?'),
        ("account.indstry == 'it'", 'did you mean "industry"?'),
        ("begins_with(name, 'a')", 'did you mean "ends_with"?'),
        ("is_empty", "a function is called with parentheses: is_empty()"),
        ("name == null", "empty is written none"),
        ("stage == won", "a text stands in quotes: 'won'"),
        ("x = 1", "write == to compare"),
        ("name.upper() == 'A'", "call a function: contains(name, 'x')"),
        ("close_date < none", "write is_empty(…), or compare with == none"),
        ("account == 'Acme'", "compare a field of the record, such as account.name"),
        ("interests == 'a'", "whether a list has a value is asked with in: 'a' in list"),
        ("amount > '10'", "a number stands without quotes"),
        ("'a' in name", "write contains(text, part)"),
        ("close_date > '31.1.2026'", "write '2026-01-31'"),
        ("ISBLANK(name)", "write is_empty(value)"),
        ("is_null(name)", "write is_empty(value)"),
        ("COALESCE(name, 'x') == 'x'", "write default(value, otherwise)"),
        ("if(amount > 1, true, false)", "write if_(condition, this, otherwise)"),
        ("IF(amount > 1, true, false)", "write if_(condition, this, otherwise)"),
        ("not if(amount > 1, true, false)", "write if_(condition, this, otherwise)"),
        ("and(amount > 1, amount < 5)", "write a and b"),
        ("OR(amount > 1, amount < 5)", "write a or b"),
        ("UPPER(name) == 'A'", 'did you mean "upper"?'),
    ],
)
def test_the_help_says_what_to_write(refuse, text, help_text):
    assert help_text in [diagnostic.help for diagnostic in refuse(text)]


def test_what_is_called_otherwise_elsewhere_is_no_name_of_ours(language):
    functions = {name.replace("_", "") for name in language.functions}
    assert functions & OURS.keys() == {"if"}  # if_, which is written if( by many
