"""Tests of statements that wait for each other on PostgreSQL: they go in one trip, and fail as if alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from runtime.storage.database import Database
from runtime.storage.driving import fetch, fetch_each, fetch_with_waiting, run
from runtime.storage.transaction import Transaction


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database.open(database_url)
    with found.write() as tx:
        for name in ("one", "other"):
            tx.connection.execute(text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, said TEXT)"))
    yield found
    found.close()


def add(tx: Transaction, table: str, number: int) -> None:
    place = "?" if tx.connection.dialect.name == "sqlite" else "%s"
    run(tx.connection, f"INSERT INTO {table} (id, said) VALUES ({place}, {place})", [(number, "x")], table)


def held(tx: Transaction) -> tuple[object, object]:
    return tx.revision, tx.has_turn


def add_twice(tx: Transaction) -> None:
    with tx.savepoint():
        add(tx, "other", 2)
        add(tx, "one", 1)


def numbers(database: Database, table: str) -> list[int]:
    with database.read() as connection:
        return [row[0] for row in fetch(connection, f"SELECT id FROM {table} ORDER BY id", ())]


@contextmanager
def refused(database: Database) -> Iterator[Transaction]:
    with pytest.raises(IntegrityError), database.write() as tx:
        yield tx


def test_what_waits_lands_in_the_order_it_was_written(database: Database):
    with database.write() as tx:
        add(tx, "one", 1)
        add(tx, "one", 2)
        add(tx, "other", 3)
        with tx.savepoint():
            add(tx, "one", 4)
            add(tx, "other", 5)
        assert [row[0] for row in fetch(tx.connection, "SELECT id FROM one ORDER BY id", ())] == [1, 2, 4]
        add(tx, "other", 6)
    assert (numbers(database, "one"), numbers(database, "other")) == ([1, 2, 4], [3, 5, 6])


def test_what_is_wrong_in_a_savepoint_undoes_it_alone(database: Database):
    with database.write() as tx:
        add(tx, "one", 1)
        with pytest.raises(IntegrityError):
            add_twice(tx)
        add(tx, "other", 3)
    assert (numbers(database, "one"), numbers(database, "other")) == ([1], [3])


def test_what_is_wrong_at_the_end_undoes_everything(database: Database):
    with refused(database) as tx:
        add(tx, "one", 1)
        add(tx, "other", 2)
        add(tx, "one", 1)
    assert (numbers(database, "one"), numbers(database, "other")) == ([], [])
    with database.write() as tx:
        add(tx, "one", 1)
    assert numbers(database, "one") == [1]


def test_what_is_wrong_is_told_to_who_asks_next(database: Database):
    with refused(database) as tx:
        add(tx, "one", 1)
        add(tx, "other", 2)
        add(tx, "one", 1)
        fetch(tx.connection, "SELECT id FROM one", ())
    assert numbers(database, "other") == []


def test_a_change_that_gives_rows_takes_along_what_waits(database: Database):
    with database.write() as tx:
        add(tx, "one", 1)
    with database.write() as tx:
        add(tx, "one", 2)
        add(tx, "other", 3)
        changed = "UPDATE one SET said = 'y' WHERE id = 1 RETURNING id"
        assert [row[0] for row in fetch_with_waiting(tx.connection, changed, (), "one")] == [1]
    assert (numbers(database, "one"), numbers(database, "other")) == ([1, 2], [3])


def test_several_questions_are_answered_in_their_order(database: Database):
    with database.write() as tx:
        found = fetch_each(tx.connection, ("SELECT 1", "SELECT id FROM one", "SELECT 2"))
        assert [[row[0] for row in rows] for rows in found] == [[1], [], [2]]
        add(tx, "one", 7)
        found = fetch_each(tx.connection, ("SELECT id FROM one",))
        assert [row[0] for row in found[0]] == [7]


def test_a_record_that_is_refused_leaves_no_lock_that_is_thought_to_be_held(database: Database):
    with database.write() as tx:
        point = tx.mark()
        tx.revision, tx.has_turn = 3, True
        point.undo()
        assert held(tx) == (None, False)
