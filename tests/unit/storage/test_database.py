"""The database: one transaction seam, ids and numbers without duplicates, and turns in order."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from runtime.storage.database import Database
from runtime.storage.ddl import create_everything
from runtime.storage.errors import BusyError, UnavailableError
from runtime.storage.names import name_all
from runtime.storage.tables import Tables, build_tables
from tests.unit.storage.small import field_types, make_catalog


class FailedError(Exception):
    """What goes wrong in the middle of a transaction."""


def set_up(database: Database) -> Tables:
    catalog, types = make_catalog({"things": {"fields": {"name": {"type": "text"}}}}), field_types()
    tables = build_tables(catalog, name_all(catalog, types), types, database.dialect)
    with database.write() as tx:
        create_everything(tx.connection, tables, database.schema)
    return tables


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url, pool=4)) as opened:
        yield opened


def counted(connection, tables):
    """The counters' keys, but for the one that tells PostgreSQL's functions."""
    return set(connection.execute(select(tables.counters.c.key)).scalars()) - {"functions"}


def test_what_is_written_can_be_read(database):
    tables = set_up(database)
    things = tables.module("things").table
    with database.write() as tx:
        tx.connection.execute(insert(things).values(id=tx.allocate_ids(1)[0], name="Cup", version=1))
    with database.read() as connection:
        assert connection.execute(select(things.c.name)).scalars().all() == ["Cup"]


def test_an_exception_takes_everything_back_tables_too(database):
    tables = set_up(database)
    with suppress(FailedError), database.write() as tx:
        tx.connection.execute(text("CREATE TABLE half (x INTEGER)"))
        tx.connection.execute(insert(tables.counters).values(key="half", value=1))
        raise FailedError
    with database.read() as connection:
        assert counted(connection, tables) == {"format", "identity"}
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT * FROM half"))


def test_a_reading_connection_cannot_write(database):
    tables = set_up(database)
    with pytest.raises(DBAPIError), database.read() as connection:
        connection.execute(insert(tables.counters).values(key="x", value=1))


def test_ids_are_ascending_and_never_given_twice_even_after_a_rollback(database):
    set_up(database)
    given: list[int] = []
    with database.write() as tx:
        given += tx.allocate_ids(3) + tx.allocate_ids(2)
        assert tx.allocate_ids(0) == []
    with suppress(FailedError), database.write() as tx:
        tx.allocate_ids(5)
        raise FailedError
    with database.write() as tx:
        given += tx.allocate_ids(1)
    assert given == sorted(set(given))


def test_ids_that_others_took_some_in_between_of_are_given_as_they_are(database):
    set_up(database)
    with database.write() as tx:
        if database.dialect == "postgresql":
            tx.connection.execute(text("ALTER SEQUENCE trellis_ids INCREMENT 3"))
        given = tx.allocate_ids(4) + tx.allocate_ids(1)
    step = 3 if database.dialect == "postgresql" else 1
    assert given == list(range(given[0], given[0] + 5 * step, step))


def test_numbers_are_consecutive_and_without_duplicates_under_concurrency(database):
    set_up(database)
    given: list[int] = []

    def take() -> None:
        for _ in range(10):
            with database.write() as tx:
                first = tx.next_numbers("things", 2)
                given.extend((first, first + 1))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 81))


def test_a_number_of_a_failed_transaction_is_given_again(database):
    set_up(database)
    with suppress(FailedError), database.write() as tx:
        assert tx.next_numbers("things", 3) == 1
        raise FailedError
    with database.write() as tx:
        assert tx.next_numbers("things", 1) == 1


def test_a_savepoint_undoes_its_part_alone(database):
    tables = set_up(database)
    with database.write() as tx:
        tx.connection.execute(insert(tables.counters).values(key="kept", value=1))
        with suppress(FailedError), tx.savepoint():
            tx.connection.execute(insert(tables.counters).values(key="undone", value=1))
            raise FailedError
    with database.read() as connection:
        assert counted(connection, tables) == {"format", "identity", "kept"}


def test_after_commit_is_called_when_the_data_has_landed_and_never_otherwise(database):
    tables = set_up(database)
    seen: list[object] = []

    def look() -> None:
        with database.write() as tx:  # the lock is free again
            seen.extend(tx.connection.execute(select(tables.counters.c.key)).scalars())

    with database.write() as tx:
        tx.connection.execute(insert(tables.counters).values(key="landed", value=1))
        tx.after_commit(look)
        assert not seen
    assert "landed" in seen
    with suppress(FailedError), database.write() as tx:
        tx.after_commit(lambda: seen.append("never"))
        raise FailedError
    assert "never" not in seen


def test_a_failing_listener_hides_neither_the_commit_nor_the_next_listener(database):
    set_up(database)
    seen: list[str] = []
    with database.write() as tx:
        tx.after_commit(lambda: 1 // 0)
        tx.after_commit(lambda: seen.append("next"))
    assert seen == ["next"]


class TestOnSqlite:
    @pytest.fixture
    def database_engine(self) -> str:
        return "sqlite"

    def test_the_file_is_made_with_its_folder_and_set_for_safety(self, tmp_path: Path):
        with closing(Database.open(f"sqlite:///{tmp_path / 'deep' / 'er' / 'x.db'}")) as database:
            expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}

            def pragmas(connection: Connection) -> dict[str, object]:
                return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}

            with database.read() as connection:
                assert pragmas(connection) == expected
            with database.write() as tx:
                assert pragmas(tx.connection) == expected

    def test_a_write_begins_immediately(self, database: Database, database_url: str):
        other = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        locked = pytest.raises(sqlite3.OperationalError, match="locked")
        with closing(other), database.write(), locked:
            other.execute("BEGIN IMMEDIATE")

    def test_readers_go_on_while_somebody_writes(self, database: Database):
        tables = set_up(database)
        with database.write() as tx:
            tx.connection.execute(insert(tables.counters).values(key="unseen", value=1))
            with database.read() as connection:
                assert counted(connection, tables) == {"format", "identity"}

    def test_writers_take_turns_in_the_order_they_came(self, database: Database):
        order: list[int] = []

        def write(n: int) -> None:
            with database.write():
                order.append(n)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        with database.write():
            for thread in threads:
                thread.start()
                time.sleep(0.02)
        for thread in threads:
            thread.join()
        assert order == list(range(8))

    def test_a_wait_that_is_too_long_is_refused_in_a_sentence(self, database_url: str):
        with closing(Database.open(database_url, patience=0.1)) as database:
            refused: list[str] = []

            def write() -> None:
                try:
                    with database.write():
                        pass
                except BusyError as error:
                    refused.append(str(error))

            with database.write():
                thread = threading.Thread(target=write)
                thread.start()
                thread.join()
            assert refused == ["Others have been writing for 0.1 seconds: try again in a moment."]
            with database.write():  # the one who gave up left the queue
                pass

    def test_another_process_that_writes_too_long_is_a_busy_error(self, database_url: str):
        with closing(Database.open(database_url, patience=0.1)) as database:
            other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
            with closing(other):
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(BusyError), database.write():
                    pass
            with database.write():
                pass

    def test_a_write_inside_a_write_of_the_same_thread_is_a_programmer_s_error(self, database: Database):
        with database.write(), pytest.raises(RuntimeError, match="same thread"), database.write():
            pass


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense", "sqlite:////proc/nowhere/x.db"]
)
def test_an_address_that_cannot_be_used_is_refused_in_a_sentence(url):
    with pytest.raises(UnavailableError, match=r"\w.*\.$"):
        Database.open(url)


def test_a_server_that_does_not_answer_is_unavailable_and_the_sentence_says_what_to_do():
    with closing(Database.open("postgresql://nobody@127.0.0.1:1/none", patience=1)) as database:
        with pytest.raises(UnavailableError, match=r"^[^\n]*: see that it runs [^\n]*\.$"), database.read():
            pass
        with pytest.raises(UnavailableError), database.write():
            pass


class TestOnPostgresql:
    @pytest.fixture
    def database_engine(self) -> str:
        return "postgresql"

    def test_two_sites_live_in_schemas_of_their_own(self, database_url: str):
        for schema in ('site "one"', "site_two"):
            with closing(Database.open(database_url, schema=schema, pool=2)) as database:
                tables = set_up(database)
                with database.write() as tx:
                    tx.connection.execute(insert(tables.counters).values(key=schema, value=1))
                with database.read() as connection:
                    assert counted(connection, tables) == {"format", "identity", schema}
                    assert connection.execute(text("SELECT trellis_order('Örn')")).scalar() == "}rn"

    def test_a_cut_connection_is_replaced(self, database: Database):
        set_up(database)
        with database.read() as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with database.write() as tx:
            tx.connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(UnavailableError), database.read() as connection:
            connection.execute(text("SELECT 1"))
        with database.read() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_table_that_was_small_when_looked_at_is_still_searched_by_its_index(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'x.db'}")
    with database.write() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE t (key TEXT PRIMARY KEY, a INTEGER)")
        tx.connection.exec_driver_sql("INSERT INTO t VALUES ('x', 1)")
    database.optimize()
    with database.write() as tx:
        plan = "EXPLAIN QUERY PLAN SELECT a FROM t JOIN t AS u USING (a) WHERE t.key = ?"
        found = tx.connection.exec_driver_sql(plan, ("x",)).all()
    database.close()
    assert "SEARCH t USING INDEX" in str(found)


def test_what_does_not_wait_for_the_disk_lands_as_all_else_does(database):
    tables = set_up(database)
    for number in range(2):
        with database.write(at_once=False) as tx:
            tx.connection.execute(insert(tables.counters).values(key=f"quick {number}", value=1))
    with suppress(FailedError), database.write(at_once=False) as tx:
        tx.connection.execute(insert(tables.counters).values(key="undone", value=1))
        raise FailedError
    database.settle()
    with database.read() as connection:
        assert counted(connection, tables) >= {"quick 0", "quick 1"}
        assert "undone" not in counted(connection, tables)
    if database.dialect == "sqlite":
        with database.write() as tx:  # who writes next waits for the disk
            assert tx.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
