"""The field types of written text: text, long_text, email, phone, url and auto_number."""

from datetime import date

import pytest

from runtime.fields.base import InvalidValueError
from runtime.fields.pattern import numbered, period, why_not_a_pattern
from tests.support.field_types import SURROUNDINGS, TYPES, field_of, parsing_of


def refusal(kind: str, raw: object, **settings: object) -> str:
    with pytest.raises(InvalidValueError) as refused:
        TYPES[kind].parse(raw, field_of(kind, settings), parsing_of("rest"))
    return str(refused.value)


def test_a_text_that_does_not_fit_is_refused_with_the_lengths():
    assert refusal("text", "x" * 256) == "Value is 256 characters long; 255 are allowed."
    assert refusal("text", "abc", min=4) == "Value must have at least 4 characters."
    assert refusal("text", "a\tb") == "Value must be on one line, without tabs."
    assert refusal("text", "a\x00b") == "Value has a character that cannot be kept (U+0000)."
    assert refusal("long_text", "a\ud800b") == "Value has a character that cannot be kept (U+D800)."


def test_length_is_counted_in_characters_after_they_are_composed():
    assert TYPES["text"].parse("e\u0301" * 4, field_of("text", {"max": 4}), parsing_of("rest")) == "é" * 4


def test_symbols_that_join_and_signs_of_any_script_are_kept():
    for text in ("👩\u200d👩\u200d👧", "\u202b\u05e9\u05dc\u05d5\u05dd\u202c", "한국어", "a\u00a0b"):
        assert TYPES["text"].parse(text, field_of("text"), parsing_of("form")) == text


def test_an_address_that_the_quick_look_takes_is_what_the_long_look_gives():
    from email_validator import validate_email

    for address in ("ada@example.com", "A.B+c@X1.Example.Org", "a_b%c-d@example.co", "1@2.example.info"):
        taken = TYPES["email"].parse(address, field_of("email"), parsing_of("rest"))
        assert (
            taken
            == validate_email(address, check_deliverability=False, globally_deliverable=False).normalized
        )


def test_a_telephone_number_is_normalised_only_when_its_country_is_known():
    phone = TYPES["phone"]
    assert phone.parse("030-0074321", field_of("phone"), parsing_of("import")) == "030-0074321"
    assert phone.parse("040 123 4567", field_of("phone"), parsing_of("form", "fi")) == "040 123 4567"
    assert (
        phone.parse("040 123 4567", field_of("phone", {"region": "FI"}), parsing_of("form"))
        == "+358401234567"
    )
    assert phone.text("+358401234567", field_of("phone"), parsing_of("form").formats, {}) == "+358 40 1234567"
    with pytest.raises(InvalidValueError, match="ZZ"):
        phone.complete({"region": "ZZ"}, SURROUNDINGS)


def test_a_web_address_is_refused_with_the_reason():
    assert "begins with http:// or https://" in refusal("url", "javascript:alert(1)")
    assert "user name or a password" in refusal("url", "https://ada:x@example.com")
    assert "such as https://example.com" in refusal("url", "https://exa mple.com/")


@pytest.mark.parametrize(
    "pattern, reset, number",
    [
        ("POT-{YYYY}-{seq:5}", "year", "POT-2026-00017"),
        ("{YY}{MM}/{seq:3}", "month", "2603/017"),
        ("{seq}", "never", "17"),
        ("A{seq:1}", "never", "A17"),
    ],
)
def test_a_pattern_gives_numbers(pattern: str, reset: str, number: str):
    assert why_not_a_pattern(pattern, reset) is None
    assert numbered(pattern, 17, date(2026, 3, 5)) == number


@pytest.mark.parametrize(
    "pattern, reset, why",
    [
        ("POT", "never", "once"),
        ("{seq}{seq}", "never", "once"),
        ("{seq}-{year}", "never", "no token {year}"),
        ("{seq:0}", "never", "no token"),
        ("{seq:99}", "never", "no token"),
        ("{seq", "never", "brace"),
        ("{{seq}}", "never", "brace"),
        ("{seq:5}", "year", "needs {YYYY} or {YY}"),
        ("{YYYY}-{seq:5}", "month", "needs {MM}"),
        ("{MM}-{seq:5}", "month", "needs {YYYY} or {YY}"),
    ],
)
def test_a_pattern_whose_numbers_could_meet_is_refused(pattern: str, reset: str, why: str):
    assert why in (why_not_a_pattern(pattern, reset) or "")
    with pytest.raises(InvalidValueError):
        TYPES["auto_number"].complete({"format": pattern, "reset": reset}, SURROUNDINGS)


def test_a_count_belongs_to_its_period():
    day = date(2026, 3, 5)
    assert [period(reset, day) for reset in ("never", "year", "month")] == ["", "2026", "2026-03"]
