"""Remembering: a statement is kept for as much of the moment as it read, and no request can fill the
memory.
"""

from datetime import date

from runtime.base.diagnostic import Span
from runtime.expressions.moment import Moment
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN
from runtime.storage.remembered import MOST, Remembered, WatchedMoment
from tests.unit.storage.shop import NOW, moment


def condition(text: str) -> Expression:
    return Expression(text, Span.point("test"), BOOLEAN, None)


def test_a_watched_moment_is_the_moment_and_knows_what_was_read_of_it():
    watched = WatchedMoment(moment({"id": 5}))
    assert isinstance(watched, Moment)
    assert watched.parts_read == frozenset()
    assert (watched.today, watched.user) == (date(2026, 3, 1), {"id": 5})
    assert watched.parts_read == {"today", "user"}
    assert watched.now == NOW


def test_a_condition_s_key_has_what_it_read_of_the_moment():
    remembered, mine = Remembered(), condition("owner == user")
    ada, bob = moment({"id": 1, "groups": [3]}), moment({"id": 2, "groups": [3]})
    assert remembered.condition_key("deals", mine, ada) == remembered.condition_key("deals", mine, bob)
    remembered.note("deals", (mine,), frozenset({"user"}))
    assert remembered.condition_key("deals", mine, ada) != remembered.condition_key("deals", mine, bob)
    assert remembered.condition_key("deals", mine, ada) == remembered.condition_key("deals", mine, ada)
    assert remembered.condition_key("accounts", mine, ada) == "owner == user"
    hash(remembered.condition_key("deals", mine, ada))


def test_ever_new_conditions_do_not_fill_the_memory():
    remembered = Remembered()
    for n in range(3 * MOST):
        remembered.note("deals", (condition(f"owner == user and amount > {n}"),), frozenset({"user"}))
        remembered.put(("list", n), n)
    assert len(remembered._reads) <= MOST
    assert len(remembered._statements) <= MOST


def test_a_statement_that_reads_now_is_never_kept(shop):
    shop.add("deals", {"name": "A"})
    query = shop.query("deals", "name", "created_at <= now()")
    kept = shop.reader._statements.remembered._statements
    with shop.database.read() as connection:
        for _ in range(3):
            assert len(shop.reader.page(connection, query, moment()).rows) == 1
    assert not any("now" in repr(key) for key in kept)
