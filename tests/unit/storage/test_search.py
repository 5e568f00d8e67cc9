"""Searching: every word must be found, inside words too, in the record's own text or through its
relations.
"""

import pytest

from runtime.storage.searching import words
from tests.unit.storage.shop import NOW, moment


@pytest.fixture
def filled(shop):
    acme, other = shop.add("accounts", {"name": "Acme Öljy"}, {"name": "100%_\\ Ltd"})
    shop.add("deals", {"name": "Platform renewal", "account": acme}, {"name": "Audit", "account": other})
    shop.add("deals", {"name": "xy"})
    shop.add(
        "contacts",
        {"first_name": "Ada", "last_name": "Lovelace", "account": acme},
        {"first_name": "Åke", "last_name": 'O\'Brien "Bob"', "account": other},
    )
    return shop


def accounts(shop, text):
    return shop.names("accounts", sort="name", search=text)


def deals(shop, text):
    return shop.names("deals", sort="name", search=text)


def contacts(shop, text):
    return [row.values[0] for row in shop.page("contacts", "first_name", sort="first_name", search=text).rows]


@pytest.mark.parametrize("text", ["acme", "ACME", "cme ö", "öljy", "ÖL", "acme öljy", "jy me", "c"])
def test_a_word_is_found_inside_words_in_any_case_and_words_in_any_order(filled, text):
    assert accounts(filled, text) == ["Acme Öljy"]


@pytest.mark.parametrize(
    "text", ["oljy", "acme xxx", "acmeö", "öljy acme 1", "%%%", "___", '"' * 3, "AND", "acm*", "\\%"]
)
def test_what_is_not_there_is_not_found(filled, text):
    assert accounts(filled, text) == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "100%", "%_\\", "0%_", "_\\ ltd", "100%_\\ ltd"])
def test_the_signs_of_the_databases_own_languages_are_only_characters(filled, text):
    assert accounts(filled, text) == ["100%_\\ Ltd"]


@pytest.mark.parametrize("text", ["o'brien", '"bob"', "'", '"', 'n "b', "åke o'b"])
def test_quotes_are_only_characters(filled, text):
    assert contacts(filled, text) == ["Åke"]


def test_a_search_looks_through_relations(filled):
    assert deals(filled, "acme") == ["Platform renewal"]
    assert deals(filled, "öl") == ["Platform renewal"]
    assert deals(filled, "renewal acme") == ["Platform renewal"]
    assert deals(filled, "audit acme") == []
    assert contacts(filled, "acme") == ["Ada"]
    assert contacts(filled, "love acme") == ["Ada"]
    assert contacts(filled, "100%") == ["Åke"]


def test_nothing_to_search_for_finds_everything(filled):
    assert deals(filled, "") == deals(filled, "  \0 ") == ["Audit", "Platform renewal", "xy"]


def test_a_search_counts_and_pages_like_any_list(filled):
    filled.add("accounts", *({"name": f"Bulk {n}"} for n in range(5)))
    with filled.database.read() as connection:
        query = filled.query("accounts", "name", sort="-name", search="bulk", limit=2)
        assert filled.reader.count(connection, query, moment()).n == 5
    first = filled.page("accounts", "name", sort="-name", search="bulk", limit=2)
    second = filled.page("accounts", "name", sort="-name", search="bulk", limit=2, after=first.next)
    assert [row.values[0] for row in (*first.rows, *second.rows)] == ["Bulk 4", "Bulk 3", "Bulk 2", "Bulk 1"]


def test_a_number_finds_its_record(filled):
    filled.add("accounts", {"name": "Numbered", "number": "A-0042"})
    assert accounts(filled, "a-0042") == accounts(filled, "004") == ["Numbered"]


def test_the_index_follows_what_is_changed_emptied_and_removed(filled):
    kept = filled.tables.module("accounts")
    [first] = filled.add("accounts", {"name": "Ephemeral"})

    def change(**values):
        with filled.database.write() as tx:
            tx.connection.execute(kept.table.update().where(kept.table.c.id == first).values(**values))

    assert accounts(filled, "ephem") == ["Ephemeral"]
    change(search_text="lasting")
    assert accounts(filled, "ephem") == []
    assert accounts(filled, "lasting") == ["Ephemeral"]
    change(industry="steel")
    assert accounts(filled, "lasting") == ["Ephemeral"]
    change(search_text=None)
    assert accounts(filled, "lasting") == []
    change(search_text="again")
    with filled.database.write() as tx:
        tx.connection.execute(kept.table.delete().where(kept.table.c.id == first))
    assert accounts(filled, "again") == []


def test_a_deleted_record_is_found_in_the_bin_alone(filled):
    filled.add("accounts", {"name": "Binned", "deleted_at": NOW})
    assert accounts(filled, "binned") == []
    assert filled.names("accounts", search="binned", deleted="only") == ["Binned"]


def test_a_module_that_is_searched_by_nothing_has_nothing_found(filled):
    filled.add("items", {"name": "Hidden", "parent": filled.add("deals", {"name": "D"})[0]})
    assert filled.names("items", search="hidden") == []


def test_at_most_eight_words_are_looked_for():
    assert len(words("a b c d e f g h i j")) == 8
    assert words("Ab  aB\tÄ\n") == ("ab", "ä")
