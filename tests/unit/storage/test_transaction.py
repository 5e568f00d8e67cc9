"""The transaction: what is written is sent together, and what is wrong with it is told in its savepoint."""

from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from runtime.storage.bulk import insert_rows
from runtime.storage.database import Database
from runtime.storage.transaction import Transaction
from tests.unit.storage.test_database import FailedError, set_up


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url, pool=4)) as opened:
        yield opened


def count_to(tx: Transaction, tables, key: str, value: int) -> None:
    insert_rows(tx.connection, tables.counters, {"key": [key], "value": [value]}, {})


def write_in_a_savepoint(tx: Transaction, tables, **values: int) -> None:
    with tx.savepoint():
        for key, value in values.items():
            count_to(tx, tables, key, value)


def write_twice(database: Database, tables) -> None:
    with database.write() as tx:
        count_to(tx, tables, "t_twice", 1)
        count_to(tx, tables, "t_twice", 2)


def counters(connection, tables) -> dict[str, int]:
    found = select(tables.counters.c.key, tables.counters.c.value).where(tables.counters.c.key.like("t_%"))
    return dict(connection.execute(found).all())


def test_whoever_reads_in_the_transaction_sees_what_was_written_before(database):
    tables = set_up(database)
    with database.write() as tx:
        count_to(tx, tables, "t_first", 1)
        count_to(tx, tables, "t_second", 2)
        assert counters(tx.connection, tables) == {"t_first": 1, "t_second": 2}
        count_to(tx, tables, "t_third", 3)
    with database.read() as connection:
        assert counters(connection, tables) == {"t_first": 1, "t_second": 2, "t_third": 3}


def test_what_the_database_refuses_is_raised_by_the_savepoint_and_the_rest_goes_on(database):
    tables = set_up(database)
    with database.write() as tx:
        count_to(tx, tables, "t_kept", 1)
        with pytest.raises(IntegrityError):
            write_in_a_savepoint(tx, tables, t_undone=1, t_kept=2, t_behind=3)
        count_to(tx, tables, "t_after", 4)
    with database.read() as connection:
        assert counters(connection, tables) == {"t_kept": 1, "t_after": 4}


def test_what_the_database_refuses_at_the_end_is_raised_and_nothing_lands(database):
    tables = set_up(database)
    with pytest.raises(IntegrityError):
        write_twice(database, tables)
    with database.write() as tx:
        assert counters(tx.connection, tables) == {}
        count_to(tx, tables, "t_next", 1)
    with database.read() as connection:
        assert counters(connection, tables) == {"t_next": 1}


def test_a_failure_in_a_savepoint_undoes_what_was_sent_and_what_was_not(database):
    tables = set_up(database)
    with database.write() as tx:
        count_to(tx, tables, "t_kept", 1)
        with suppress(FailedError), tx.savepoint():
            count_to(tx, tables, "t_sent", 1)
            assert "t_sent" in counters(tx.connection, tables)
            with suppress(FailedError), tx.savepoint():
                count_to(tx, tables, "t_within", 1)
                raise FailedError
            count_to(tx, tables, "t_waiting", 1)
            raise FailedError
        assert counters(tx.connection, tables) == {"t_kept": 1}


def test_a_savepoint_in_a_savepoint_that_stands_goes_with_it(database):
    tables = set_up(database)
    with database.write() as tx:
        with tx.savepoint():
            with tx.savepoint():
                count_to(tx, tables, "t_within", 1)
            count_to(tx, tables, "t_around", 2)
        with suppress(FailedError), tx.savepoint():
            with tx.savepoint():
                count_to(tx, tables, "t_lost", 3)
            raise FailedError
    with database.read() as connection:
        assert counters(connection, tables) == {"t_within": 1, "t_around": 2}


def test_ids_that_were_reserved_in_a_savepoint_are_not_given_twice_when_it_is_undone(database):
    set_up(database)
    given: list[int] = []
    with database.write() as tx:
        given += tx.allocate_ids(1)
        with suppress(FailedError), tx.savepoint():
            tx.reserve_ids(10)
            raise FailedError
        given += tx.allocate_ids(2)
    with database.write() as tx:
        tx.reserve_ids(3)
        given += tx.allocate_ids(2) + tx.allocate_ids(4)
    assert given == sorted(set(given))
