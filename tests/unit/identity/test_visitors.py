"""Tests of visitors: a token's session and user, found together as each would be found alone."""

from datetime import timedelta

import pytest

from runtime.identity.api_keys import ApiKeys
from runtime.identity.sessions import Sessions
from runtime.identity.users import Users
from runtime.identity.visitors import Visitors
from tests.unit.records.crm import Crm


@pytest.fixture
def sessions(crm: Crm) -> Sessions:
    return Sessions(crm.workplace.tables, crm.clock)


@pytest.fixture
def visitors(crm: Crm, sessions: Sessions) -> Visitors:
    return Visitors(crm.workplace.tables, sessions, ApiKeys(crm.workplace.tables, crm.clock), crm.clock)


def token_of(crm: Crm, sessions: Sessions, user: int) -> str:
    with crm.database.write() as tx:
        return sessions.open(tx.connection, user).token


def test_a_visitor_is_the_session_and_the_user_with_all_groups(
    crm: Crm, sessions: Sessions, visitors: Visitors
):
    ada = crm.create("users", name="Ada", email="ada@example.com", admin=True, language="fi")
    groups = {crm.create("groups", name=name, members=[ada]) for name in ("Sales", "Support")}
    token = token_of(crm, sessions, ada)
    with crm.database.read() as connection:
        found = visitors.find(connection, token)
        assert found is not None
        session, user = found
        alone = Users(crm.workplace.tables).active(connection, ada)
        assert alone is not None
        assert (user.name, user.admin, user.language, set(user.groups)) == ("Ada", True, "fi", groups)
        assert (user.id, user.email, user.timezone) == (alone.id, alone.email, alone.timezone)
        assert session == sessions.find(connection, token)
        assert visitors.find(connection, token + "x") is None


def test_one_without_a_group_is_a_visitor_too(crm: Crm, sessions: Sessions, visitors: Visitors):
    bob = crm.create("users", name="Bob", email="bob@example.com")
    token = token_of(crm, sessions, bob)
    with crm.database.read() as connection:
        found = visitors.find(connection, token)
    assert found is not None
    assert found[1].groups == ()


def test_nobody_comes_in_with_an_old_session_or_after_being_suspended_or_deleted(
    crm: Crm, sessions: Sessions, visitors: Visitors
):
    eve = crm.create("users", name="Eve", email="eve@example.com", active=False)
    bob = crm.create("users", name="Bob", email="bob@example.com")
    ada = crm.create("users", name="Ada", email="ada@example.com")
    tokens = [token_of(crm, sessions, user) for user in (eve, bob, ada)]
    crm.delete("users", bob)
    with crm.database.read() as connection:
        assert [visitors.find(connection, token) is None for token in tokens] == [True, True, False]
        crm.clock.moment += timedelta(days=15)
        assert visitors.find(connection, tokens[2]) is None
