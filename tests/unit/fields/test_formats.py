"""What one reader's formats say beside numbers and dates."""

import pytest

from runtime.fields.formats import PHONES, Formats, UnreadableError

FINNISH = {"Yes": "Kyllä", "No": "Ei"}


def test_yes_and_no_are_said_and_read_in_the_readers_language():
    formats = Formats("fi", "UTC", FINNISH.__getitem__)
    assert formats.boolean(True) == "Kyllä"
    assert formats.boolean(False) == "Ei"
    for word in ("kyllä", "KYLLÄ", "yes", "true", "1", " t "):
        assert formats.parse_boolean(word) is True
    for word in ("ei", "No", "FALSE", "0", "n"):
        assert formats.parse_boolean(word) is False
    for word in ("", "maybe", "2", "oui"):
        with pytest.raises(UnreadableError):
            formats.parse_boolean(word)


def test_a_telephone_number_that_says_its_country_is_spaced_and_any_other_is_let_be():
    formats = Formats("fi", "UTC")
    assert formats.phone("+358401234567") == "+358 40 1234567"
    assert formats.phone("+12065559857;ext=5467") == "+1 206-555-9857 ext. 5467"
    assert formats.phone("(5) 555-4729") == "(5) 555-4729"
    assert formats.phone("+0") == "+0"


def test_the_looks_of_telephone_numbers_do_not_pile_up():
    formats = Formats("fi", "UTC")
    for number in range(PHONES + 10):
        formats.phone(f"+{number}")
    assert len(formats._phones) <= PHONES


def test_an_unknown_language_is_written_like_english_and_a_country_keeps_its_own_way():
    assert Formats("xx", "UTC").integer(1234) == "1,234"
    assert Formats("pt-BR", "UTC").integer(1234) == "1.234"
    assert Formats("en-XX", "UTC").integer(1234) == "1,234"


def test_two_readers_do_not_mix():
    english, finnish = Formats("en", "UTC"), Formats("fi", "Europe/Helsinki")
    assert (english.integer(1234), finnish.integer(1234)) == ("1,234", "1\u00a0234")
    assert english.timezone != finnish.timezone
