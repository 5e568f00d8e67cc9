"""Looking up: the best records first, few of them, by name, number, e-mail or telephone."""

import pytest

from runtime.storage.lookup import Typed
from runtime.storage.query import Query
from tests.unit.storage.shop import moment


@pytest.fixture
def filled(shop):
    shop.add(
        "accounts",
        {"name": "Acme Öljy", "number": "A-1"},
        {"name": "Big Acme", "number": "A-2"},
        {"name": "Megacme\n+358401234567", "number": "A-12"},
        {"name": "100%_\\ Ltd", "number": "A-4"},
    )
    return shop


def found(shop, text, *, starts=False, shown=5, cap=100, module="accounts"):
    with shop.database.read() as connection:
        typed = Typed.of(text, starts)
        return shop.reader.look_up(connection, Query(module), typed, moment(), shown, cap)


def names(shop, text, **options):
    return [hit.title.split("\n")[0] for hit in found(shop, text, **options).hits]


def test_what_begins_with_the_word_comes_before_what_has_it_inside(filled):
    assert names(filled, "acme") == ["Acme Öljy", "Megacme", "Big Acme"]
    assert names(filled, "ÖLJ acm") == ["Acme Öljy"]
    assert names(filled, "acme xxx") == names(filled, "*") == names(filled, '" OR "') == []


def test_a_number_is_found_exactly_and_first(filled):
    assert names(filled, "a-1") == ["Acme Öljy", "Megacme"]
    assert names(filled, "A-2") == ["Big Acme"]
    assert [hit.number for hit in found(filled, "a-4").hits] == ["A-4"]


def test_starting_finds_only_beginnings_of_words(filled):
    assert names(filled, "acme", starts=True) == ["Acme Öljy", "Big Acme"]
    assert names(filled, "ölj", starts=True) == ["Acme Öljy"]
    assert names(filled, "ljy", starts=True) == []
    assert names(filled, "ac", starts=True) == ["Acme Öljy", "Big Acme"]


def test_words_too_short_for_the_index_are_found_by_reading(filled):
    assert names(filled, "cm") == ["Megacme", "Big Acme", "Acme Öljy"]
    assert names(filled, "bi acme") == ["Big Acme"]
    assert names(filled, "%_") == ["100%_\\ Ltd"]


@pytest.mark.parametrize("text", ["040 123 4567", "0401234", "+358 40 1234567", "(040) 123-4567", "12 34 56"])
def test_a_telephone_number_is_found_however_it_is_written(filled, text):
    for starts in (False, True):
        assert names(filled, text, starts=starts) == ["Megacme"]


def test_few_are_shown_and_counting_stops(filled):
    filled.add("accounts", *({"name": f"Bulk {n}"} for n in range(12)))
    few = found(filled, "bulk", shown=3, cap=10)
    assert ([hit.title for hit in few.hits], few.n, few.capped) == (
        ["Bulk 11", "Bulk 10", "Bulk 9"],
        10,
        True,
    )
    assert (found(filled, "bulk 1", cap=10).n, found(filled, "bulk 1", cap=10).capped) == (3, False)


def test_the_best_is_found_among_any_number_of_newer_ones(filled):
    filled.add("accounts", *({"name": f"Mega acme {n}"} for n in range(2500)))
    assert names(filled, "acme", shown=2)[0] == "Acme Öljy"


def test_deleted_records_and_modules_without_a_text_are_not_found(filled):
    with filled.database.write() as tx:
        table = filled.tables.module("accounts").table
        tx.connection.execute(
            table.update().where(table.c.name == "Big Acme").values(deleted_at=moment().now)
        )
    assert names(filled, "big") == []
    assert found(filled, "", module="items").hits == found(filled, "acme", module="items").hits == ()
