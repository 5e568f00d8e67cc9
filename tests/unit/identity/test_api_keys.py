"""Tests of API keys: shown once, kept as a hash, revoked for good."""

from datetime import timedelta

from sqlalchemy import Connection

from runtime.identity.api_keys import ApiKey, ApiKeys
from runtime.identity.sessions import Sessions
from runtime.identity.visitors import Visitors
from tests.unit.records.crm import Crm


def find(crm: Crm, keys: ApiKeys, connection: Connection, text: str) -> ApiKey | None:
    """The key that a program shows."""
    tables = crm.workplace.tables
    found = Visitors(tables, Sessions(tables, crm.clock), keys, crm.clock).of_key(connection, text)
    return None if found is None else found[0]


def test_a_key_is_found_until_it_is_revoked_and_only_its_hash_is_kept(crm: Crm):
    keys = ApiKeys(crm.workplace.tables, crm.clock)
    ada = crm.create("users", name="Ada", email="ada@example.com")
    with crm.database.write() as tx:
        key = keys.create(tx.connection, tx.allocate_ids(1)[0], ada, "nightly export")
    assert key.startswith("trl_")
    with crm.database.read() as connection:
        found = find(crm, keys, connection, key)
        kept = repr(connection.execute(crm.workplace.tables.api_keys.select()).all())
        assert find(crm, keys, connection, key[:-1]) is None
        assert find(crm, keys, connection, key.removeprefix("trl_")) is None
    assert found is not None
    assert (found.user_id, found.label, found.begins) == (ada, "nightly export", key[:8])
    assert key not in kept
    with crm.database.write() as tx:
        assert keys.revoke(tx.connection, found.id)
        assert not keys.revoke(tx.connection, found.id)
        assert find(crm, keys, tx.connection, key) is None
        assert [each.revoked_at for each in keys.of(tx.connection, ada)] == [crm.clock.moment]


def test_the_last_use_is_written_down_once_a_minute(crm: Crm):
    keys = ApiKeys(crm.workplace.tables, crm.clock)
    ada = crm.create("users", name="Ada", email="ada@example.com")
    with crm.database.write() as tx:
        key = keys.create(tx.connection, tx.allocate_ids(1)[0], ada, "sync")
        found = find(crm, keys, tx.connection, key)
        assert found is not None
        assert (found.last_used_at, found.stale) == (None, True)
        keys.touch(tx.connection, found)
        crm.clock.moment += timedelta(seconds=59)
        found = find(crm, keys, tx.connection, key)
        assert found is not None
        assert not found.stale
        crm.clock.moment += timedelta(seconds=1)
        found = find(crm, keys, tx.connection, key)
        assert found is not None
        assert found.stale
