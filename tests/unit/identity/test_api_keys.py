"""Tests of API keys: shown once, kept as a hash, revoked for good."""

from datetime import timedelta

from runtime.identity.api_keys import ApiKeys
from tests.unit.records.crm import Crm


def test_a_key_is_found_until_it_is_revoked_and_only_its_hash_is_kept(crm: Crm):
    keys = ApiKeys(crm.workplace.tables, crm.clock)
    with crm.database.write() as tx:
        key = keys.create(tx.connection, tx.allocate_ids(1)[0], 7, "nightly export")
    assert key.startswith("trl_")
    with crm.database.read() as connection:
        found = keys.find(connection, key)
        kept = repr(connection.execute(crm.workplace.tables.api_keys.select()).all())
        assert keys.find(connection, key[:-1]) is None
        assert keys.find(connection, key.removeprefix("trl_")) is None
    assert found is not None
    assert (found.user_id, found.label, found.begins) == (7, "nightly export", key[:8])
    assert key not in kept
    with crm.database.write() as tx:
        assert keys.revoke(tx.connection, found.id)
        assert not keys.revoke(tx.connection, found.id)
        assert keys.find(tx.connection, key) is None
        assert [each.revoked_at for each in keys.of(tx.connection, 7)] == [crm.clock.moment]


def test_the_last_use_is_written_down_once_a_minute(crm: Crm):
    keys = ApiKeys(crm.workplace.tables, crm.clock)
    with crm.database.write() as tx:
        key = keys.create(tx.connection, tx.allocate_ids(1)[0], 7, "sync")
        found = keys.find(tx.connection, key)
        assert found is not None
        assert (found.last_used_at, found.stale) == (None, True)
        keys.touch(tx.connection, found)
        crm.clock.moment += timedelta(seconds=59)
        found = keys.find(tx.connection, key)
        assert found is not None
        assert not found.stale
        crm.clock.moment += timedelta(seconds=1)
        found = keys.find(tx.connection, key)
        assert found is not None
        assert found.stale
