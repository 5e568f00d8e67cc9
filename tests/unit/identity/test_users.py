"""Tests of users as identity finds them: active ones, with their groups, as actors."""

from runtime.identity.users import Users
from tests.unit.records.crm import Crm


def test_a_user_is_found_with_groups_and_becomes_an_actor(crm: Crm):
    ada = crm.create("users", name="Ada", email="ada@example.com", admin=True, language="fi")
    group = crm.create("groups", name="Sales", members=[ada])
    users = Users(crm.workplace.tables)
    with crm.database.read() as connection:
        user = users.by_email(connection, "ADA@example.com")
        assert users.by_email(connection, "nobody@example.com") is None
        assert users.by_id(connection, group) is None
    assert user is not None
    actor = user.actor("rest", timezone="Europe/Helsinki")
    assert (actor.user_id, actor.admin, actor.groups, actor.door) == (ada, True, (group,), "rest")
    assert (actor.language, actor.timezone, actor.system) == ("fi", "Europe/Helsinki", False)


def test_a_suspended_and_a_deleted_user_are_not_active(crm: Crm):
    ada = crm.create("users", name="Ada", email="ada@example.com", active=False)
    bob = crm.create("users", name="Bob", email="bob@example.com")
    users = Users(crm.workplace.tables)
    with crm.database.read() as connection:
        assert users.active(connection, ada) is None
        assert users.active(connection, bob) is not None
    crm.delete("users", bob)
    with crm.database.read() as connection:
        assert users.active(connection, bob) is None
        assert users.by_id(connection, bob) is None
