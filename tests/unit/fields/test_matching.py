"""A pattern is taken when it is sure to be quick, and refused with a reason when it is not."""

import time

import pytest

from runtime.fields.base import InvalidValueError
from runtime.fields.matching import hold_to_pattern
from tests.support.field_types import TYPES, field_of, parsing_of


@pytest.mark.parametrize(
    "pattern",
    [
        "[A-Z]{2}-[0-9]{4}",
        r"\d{3,5}",
        "(red|green|blue)+",
        "[^@]+@[^@]+",
        "(?:ab)?c",
        "FI[0-9]{8}|SE[0-9]{12}",
        ".*",
    ],
)
def test_a_plain_pattern_is_taken(pattern):
    assert field_of("text", {"pattern": pattern}).settings["pattern"] == pattern


@pytest.mark.parametrize(
    "pattern, reason",
    [
        ("(a+)+", "without end"),
        ("(a*)*b", "without end"),
        ("(a|ab)*c", "without end"),
        (".*.*.*.*x", "too many ways"),
        ("(a?){30}", "without end"),
        ("[a-", "no regular expression"),
        (r"(a)\1", "has more than"),
        ("(?=a)b", "has more than"),
        ("(?<!a)b", "has more than"),
    ],
)
def test_what_could_take_long_or_is_no_pattern_is_refused(pattern, reason):
    with pytest.raises(InvalidValueError, match=reason):
        field_of("text", {"pattern": pattern})


@pytest.mark.parametrize("pattern", ["[ab]*[ab]*x", ".*.*x", "(a|b)*c", "a?a?a?a?a?a?a?aaaaaaa"])
def test_a_pattern_that_is_taken_is_quick_on_the_worst_text(pattern):
    field = field_of("text", {"pattern": pattern})
    begun = time.thread_time()
    with pytest.raises(InvalidValueError):
        hold_to_pattern("a" * 255, field)
    assert time.thread_time() - begun < 0.2


def test_a_value_that_does_not_match_is_refused_as_a_whole():
    with pytest.raises(InvalidValueError, match="Value is not written as it must be"):
        hold_to_pattern("FI-1234x", field_of("text", {"pattern": "FI-[0-9]{4}"}))
    hold_to_pattern("FI-1234", field_of("text", {"pattern": "FI-[0-9]{4}"}))


@pytest.mark.parametrize(
    "kind, pattern, good, bad",
    [
        ("email", ".+@acme[.]example", "ada@Acme.example", "ada@other.example"),
        ("phone", "[+]358[0-9]+", "+358 40 123 4567", "+46 8 123 456 78"),
        ("url", "https://[a-z]+[.]example/.*", "acme.example/a", "http://acme.example/a"),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_an_address_is_held_to_its_pattern_as_it_is_kept(kind, pattern, good, bad, many):
    field, parsing = field_of(kind, {"pattern": pattern, "many": many}), parsing_of("rest")
    type_ = TYPES[kind]
    assert type_.parse(good, field, parsing)
    with pytest.raises(InvalidValueError, match="is not written as it must be"):
        type_.parse(bad, field, parsing)
