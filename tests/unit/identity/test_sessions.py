"""Tests of sessions: found by their token, ended by time, by signing out, and everywhere at once."""

from datetime import timedelta

import pytest

from runtime.identity.policy import Policy, Steady
from runtime.identity.sessions import Opened, Sessions
from runtime.identity.tokens import fingerprint
from tests.unit.records.crm import Crm

RULES = Steady(Policy(idle_hours=1, longest_days=1))


@pytest.fixture
def sessions(crm: Crm) -> Sessions:
    return Sessions(crm.workplace.tables, crm.clock, RULES)


def opened(crm: Crm, sessions: Sessions, user: int = 7) -> Opened:
    with crm.database.write() as tx:
        return sessions.open(tx.connection, user, "127.0.0.1", "a browser")


def find(crm: Crm, sessions: Sessions, token: str):
    with crm.database.read() as connection:
        return sessions.find(connection, token)


def test_a_session_is_found_by_its_token_and_only_the_hash_is_kept(crm: Crm, sessions: Sessions):
    one, two = opened(crm, sessions), opened(crm, sessions)
    assert one.token != two.token
    session = find(crm, sessions, one.token)
    assert session is not None
    assert (session.user_id, session.stale) == (7, False)
    assert find(crm, sessions, one.token + "x") is None
    table = crm.workplace.tables.sessions
    with crm.database.read() as connection:
        kept = repr(connection.execute(table.select()).all())
    assert fingerprint(one.token) in kept
    assert one.token not in kept


def test_a_csrf_token_belongs_to_one_session(crm: Crm, sessions: Sessions):
    one, two = opened(crm, sessions), opened(crm, sessions)
    session = find(crm, sessions, one.token)
    assert session is not None
    assert session.allows(one.csrf)
    assert not session.allows(two.csrf)
    assert not session.allows("")
    assert not session.allows("\ud800")


def test_a_session_ends_when_it_is_unused_for_long(crm: Crm, sessions: Sessions):
    token = opened(crm, sessions).token
    crm.clock.moment += timedelta(minutes=59)
    assert find(crm, sessions, token) is not None
    crm.clock.moment += timedelta(minutes=1)
    assert find(crm, sessions, token) is None


def test_a_session_in_use_ends_at_its_absolute_limit(crm: Crm, sessions: Sessions):
    token = opened(crm, sessions).token
    for _ in range(48):
        session = find(crm, sessions, token)
        assert session is not None
        with crm.database.write() as tx:
            sessions.touch(tx.connection, session)
        crm.clock.moment += timedelta(minutes=30)
    assert find(crm, sessions, token) is None


def test_a_use_is_written_down_once_a_minute(crm: Crm, sessions: Sessions):
    token = opened(crm, sessions).token
    crm.clock.moment += timedelta(seconds=59)
    session = find(crm, sessions, token)
    assert session is not None
    assert not session.stale
    crm.clock.moment += timedelta(seconds=1)
    session = find(crm, sessions, token)
    assert session is not None
    assert session.stale
    with crm.database.write() as tx:
        sessions.touch(tx.connection, session)
    touched = find(crm, sessions, token)
    assert touched is not None
    assert (touched.stale, touched.last_seen_at) == (False, crm.clock.moment)


def test_signing_out_ends_one_session_and_everywhere_ends_the_others(crm: Crm, sessions: Sessions):
    here, there, elsewhere, other = *(opened(crm, sessions) for _ in range(3)), opened(crm, sessions, user=8)
    with crm.database.write() as tx:
        sessions.end(tx.connection, there.token)
    assert find(crm, sessions, there.token) is None
    current = find(crm, sessions, here.token)
    with crm.database.write() as tx:
        assert sessions.end_all(tx.connection, 7, but=current) == 1
    assert find(crm, sessions, elsewhere.token) is None
    assert find(crm, sessions, here.token) is not None
    assert find(crm, sessions, other.token) is not None


def test_what_is_over_is_swept_away(crm: Crm, sessions: Sessions):
    opened(crm, sessions)
    crm.clock.moment += timedelta(hours=2)
    token = opened(crm, sessions).token
    with crm.database.write() as tx:
        assert sessions.sweep(tx.connection) == 1
    assert find(crm, sessions, token) is not None
