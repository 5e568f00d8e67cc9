"""Tests of the security log: one chain, whoever writes; and whoever meddles with it is found out."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, update

from runtime.identity.chain import Verified, verify
from runtime.identity.security_log import Place, SecurityLog, Who, note
from runtime.storage.runtime_tables import runtime_tables
from tests.unit.records.crm import Crm

TABLE = runtime_tables().security_log


def mark(text: str) -> str:
    """A mark that only this test can make."""
    return f"{hash((text, 'secret')):x}"


@pytest.fixture
def log(crm: Crm) -> SecurityLog:
    return SecurityLog(crm.database, crm.clock, mark)


def write(crm: Crm, *abouts: str) -> None:
    for about in abouts:
        with crm.database.write() as tx:
            note(tx.connection, crm.clock.now(), "exported", Who(7, "Ada", None, "10.0.0.1"), about, rows=3)


def check(crm: Crm, log: SecurityLog, known: Place | None = None) -> Verified:
    with crm.database.snapshot() as connection:
        return verify(connection, log, known)


def test_what_is_noted_is_chained_in_order_and_verified(crm: Crm, log: SecurityLog):
    write(crm, "a", "b", "c")
    assert check(crm, log).waiting == 3
    assert log.chain() == 3
    found = check(crm, log)
    assert (found.count, found.waiting, found.faults, found.head.number) == (3, 0, (), 3)
    write(crm, "d")
    log.chain()
    assert check(crm, log, known=found.head).faults == ()


def test_what_is_rolled_back_leaves_no_gap(crm: Crm, log: SecurityLog):
    write(crm, "a")

    def fail() -> None:
        with crm.database.write() as tx:
            note(tx.connection, crm.clock.now(), "exported", Who(), "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    write(crm, "b")
    log.chain()
    assert (check(crm, log).count, check(crm, log).faults) == (2, ())


def test_many_writers_and_chainers_make_one_chain(crm: Crm, log: SecurityLog):
    def work(n: int) -> None:
        for each in range(10):
            write(crm, f"{n} {each}")
            log.chain()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.chain()
    found = check(crm, log)
    assert (found.count, found.waiting, found.faults) == (60, 0, ())


def forge_first(connection: Connection) -> None:
    first = connection.execute(TABLE.select().limit(1)).one()
    chained = {"number": 99, "before": first.mark, "mark": "made up"}
    said = {"kind": "exported", "who": "Eve", "address": "", "about": "", "data": {}}
    connection.execute(insert(TABLE).values(at=first.at, **said, **chained))


def swap(connection: Connection) -> None:
    """Have the second and the third entry tell each other's story, with their own places and marks."""
    rows = {row.number: row for row in connection.execute(TABLE.select())}
    for here, there in ((2, 3), (3, 2)):
        said = {key: getattr(rows[there], key) for key in ("at", "kind", "about", "data")}
        connection.execute(update(TABLE).where(TABLE.c.number == here).values(said))


def turn_round(connection: Connection) -> None:
    """Give the second and the third entry each other's numbers."""
    for old, new in ((2, 99), (3, 2), (99, 3)):
        connection.execute(update(TABLE).where(TABLE.c.number == old).values(number=new))


MEDDLING = {
    "two swapped": swap,
    "two put in another order": turn_round,
    "changed": lambda c: c.execute(update(TABLE).where(TABLE.c.number == 2).values(about="nothing")),
    "who was changed": lambda c: c.execute(update(TABLE).where(TABLE.c.number == 2).values(user_id=8)),
    "data changed": lambda c: c.execute(update(TABLE).where(TABLE.c.number == 2).values(data={"rows": 2})),
    "one removed": lambda c: c.execute(delete(TABLE).where(TABLE.c.number == 2)),
    "the first removed": lambda c: c.execute(delete(TABLE).where(TABLE.c.number == 1)),
    "the last removed": lambda c: c.execute(delete(TABLE).where(TABLE.c.number == 3)),
    "all removed": lambda c: c.execute(delete(TABLE)),
    "one added": forge_first,
}


@pytest.mark.parametrize("how", list(MEDDLING))
def test_whoever_meddles_is_found_out(crm: Crm, log: SecurityLog, how: str):
    write(crm, "a", "b", "c")
    log.chain()
    with crm.database.write() as tx:
        MEDDLING[how](tx.connection)
    assert check(crm, log).faults


def test_a_log_set_back_to_an_earlier_state_is_found_by_who_wrote_its_end_down(crm: Crm, log: SecurityLog):
    write(crm, "a", "b", "c")
    log.chain()
    end = check(crm, log).head
    assert check(crm, log, Place(2, "another")).faults
    assert check(crm, log, Place(9, "later")).faults
    assert check(crm, log, end).faults == ()


def test_old_entries_are_removed_and_the_rest_is_still_verified(crm: Crm, log: SecurityLog):
    write(crm, "a", "b")
    crm.clock.moment += timedelta(days=10)
    write(crm, "c")
    log.chain()
    assert log.prune(timedelta(days=5)) == 2
    log.chain()
    found = check(crm, log)
    assert (found.start.number, found.count, found.faults) == (2, 2, ())
    assert log.prune(timedelta(days=5)) == 0
    with crm.database.write() as tx:
        tx.connection.execute(delete(TABLE).where(TABLE.c.number == 3))
    assert check(crm, log).faults


def test_a_log_of_another_secret_is_told(crm: Crm, log: SecurityLog):
    write(crm, "a")
    log.chain()
    other = SecurityLog(crm.database, crm.clock, lambda text: mark(text + "x"))
    assert "TRELLIS_SECRET" in check(crm, other).faults[0]


def test_no_text_forges_a_second_line(crm: Crm, log: SecurityLog):
    write(crm, "one\nsigned in: root\x1b[2J \ud800")
    with crm.database.read() as connection:
        (row,) = connection.execute(TABLE.select()).all()
    assert row.about.isprintable()
