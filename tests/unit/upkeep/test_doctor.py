"""The doctor: a sound site is found sound, and each fault that is brought about is named with its fix."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, text

from runtime.assembly import House
from runtime.storage.runtime_tables import FORMAT, runtime_tables
from runtime.upkeep.doctor import known_checks
from tests.unit.upkeep.desk import Desk, command, environment

SECRET = "Ux3-9fhQ2_kkz7Lw0aT5sVbn"
ALWAYS = {"D101", "D103"}
"""The library that Python comes with, and the tests' PostgreSQL, which is durable in nothing."""


def found(desk: Desk, *words: str, **others: str) -> dict[str, str]:
    """What is wrong: each code with what is said of it; what the machine itself has is left out."""
    code, said = desk("doctor", "--format", "json", *words, **{"TRELLIS_SECRET": SECRET, **others})
    answer = json.loads(said)
    assert code == (1 if answer["wrong"] else 0)
    assert all(one["what"] and (one["fix"] or not one["is_wrong"]) for one in answer["findings"])
    told: dict[str, str] = {}
    for one in answer["findings"]:
        if one["is_wrong"] and one["code"] not in ALWAYS:
            told[one["code"]] = f"{told.get(one['code'], '')} {one['what']} {one['fix']}"
    return told


def execute(desk: Desk, statement: str, **values: object) -> None:
    """Do something to the database that no program of ours does."""
    with desk.app.site.database.write() as tx:
        tx.connection.execute(text(statement), values)


def test_a_sound_site_is_found_sound(desk):
    desk.add_deals("Bridge")
    assert found(desk) == {}
    code, said = desk("doctor", "--without", "sqlite_version", "--without", "D103", TRELLIS_SECRET=SECRET)
    assert (code, said.splitlines()[-1]) == (0, "Nothing is wrong.")


def test_the_doctor_makes_no_database(tmp_path):
    code, said = command(tmp_path, environment(f"sqlite:///{tmp_path / 'x.db'}"), "doctor")
    assert (code, "no database yet" in said) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_every_check_has_a_page_and_a_code_of_its_own():
    house = House({})
    for check in known_checks().values():
        assert house.codes[check.name].explanation.count(" ") > 10
        assert check.title


def test_faults_in_the_records_of_work_are_named(desk):
    site, now = desk.app.site, datetime.now(UTC)
    tables = runtime_tables()
    operation = {
        "kind": "import",
        "about": "deals.csv",
        "arguments": {},
        "done": 0,
        "claim": 1,
        "attempts": 5,
        "next_at": now - timedelta(hours=2),
        "created_at": now - timedelta(hours=2),
    }
    error = {"text": "The file {name} is gone.", "parameters": {"name": "deals.csv"}}
    with site.database.write() as tx:
        ids = tx.allocate_ids(3)
        for id_, state, more in (
            (ids[0], "failed", {"error": error, "finished_at": now}),
            (ids[1], "queued", {}),
            (ids[2], "running", {"lease_until": now - timedelta(hours=1)}),
        ):
            tx.connection.execute(insert(tables.operations).values(id=id_, state=state, **operation, **more))
        tx.connection.execute(
            insert(tables.recomputing).values(module="deals", field="total", operation_id=ids[0])
        )
    faults = found(desk)
    assert "The file deals.csv is gone." in faults["D107"]
    assert "1 operations have lost their worker" in faults["D108"]
    assert "trellis worker" in faults["D108"]
    assert "deals.total may hold old values" in faults["D120"]
    assert set(faults) == {"D107", "D108", "D120"}


def test_mails_calls_and_runs_that_failed_are_named_with_where_they_are_mended(desk):
    site, now = desk.app.site, datetime.now(UTC)
    tables, hour = runtime_tables(), timedelta(hours=1)
    mail = {
        "kind": "workflow",
        "recipient": "ada@example.com",
        "subject": "Hi",
        "tries": 1,
        "created_at": now,
    }
    call = {"webhook_id": 7, "key": "k", "event": "created", "body": "{}", "tries": 9, "next_at": now}
    hook = {"url": "https://x.example", "secret": "", "modules": [], "events": [], "created_at": now}
    run = {
        "module": "deals", "key": "k", "trigger": "created", "chain": [], "inputs": {}, "digest": "",
        "claim": 1, "attempts": 1, "next_at": now, "created_at": now, "finished_at": now,
        "error": {"text": "{label} is required.", "parameters": {"label": "Name"}},
    }  # fmt: skip
    with site.database.write() as tx:
        ids = iter(tx.allocate_ids(9))
        for table, rows in (
            (tables.mails, [
                {**mail, "key": "a", "message_id": "a", "state": "failed", "next_at": now, "ended_at": now,
                 "error": "550 no such user"},
                {**mail, "key": "b", "message_id": "b", "state": "waiting", "next_at": now - hour},
            ]),
            (tables.webhooks, [
                {**hook, "id": 7, "name": "Books", "user_id": 1, "active": True},
                {**hook, "name": "Stock", "user_id": 1, "active": False, "off_because": "It answered 410."},
            ]),
            (tables.deliveries, [
                {**call, "state": "failed", "error": "503", "created_at": now, "ended_at": now},
            ]),
            (tables.runs, [{**run, "workflow": "welcome", "state": "failed"}]),
        ):  # fmt: skip
            for row in rows:
                tx.connection.execute(insert(table).values({"id": next(ids), **row}))
    faults = found(desk)
    assert "The mail to ada@example.com was given up: 550 no such user" in faults["D122"]
    assert "1 mails have waited" in faults["D122"]
    assert "1 calls of the webhook Books were given up: 503 Look at it on /admin/webhooks/7" in faults["D123"]
    assert "The webhook Stock was switched off: It answered 410." in faults["D123"]
    assert "1 runs of welcome failed" in faults["D124"]
    assert "Name is required. Look at it on /admin/runs/" in faults["D124"]
    assert set(faults) == {"D122", "D123", "D124"}
    with site.database.write() as tx:
        old = now - timedelta(days=8)
        for table in (tables.mails, tables.deliveries):
            tx.connection.execute(table.update().values(ended_at=old, next_at=now))
        tx.connection.execute(tables.runs.update().values(finished_at=old))
        tx.connection.execute(tables.webhooks.delete())
    assert found(desk) == {}


def test_old_backups_and_clocks_are_named(desk):
    desk.add_deals("Bridge")
    desk.backup()
    assert found(desk) == {}
    execute(desk, "UPDATE trellis_counters SET value = value - 90000 WHERE key = 'backup'")
    later = datetime.now(UTC) + timedelta(hours=1)
    tables = runtime_tables()
    with desk.app.site.database.write() as tx:
        tx.connection.execute(tables.change_sets.update().values(at=later))
    faults = found(desk)
    assert "25 hours ago" in faults["D104"]
    assert "which is to come" in faults["D112"]
    assert "D104" not in found(desk, "--without", "backup_age")
    execute(desk, "DELETE FROM trellis_counters WHERE key = 'backup'")
    with desk.app.site.database.write() as tx:
        tx.connection.execute(tables.revisions.update().values(applied_at=later - timedelta(days=40)))
        tx.connection.execute(tables.outbox.update().values(created_at=later - timedelta(days=32)))
    faults = found(desk)
    assert "never a backup" in faults["D104"]
    assert "D108" not in faults  # the outbox is kept for thirty days
    with desk.app.site.database.write() as tx:
        tx.connection.execute(tables.outbox.update().values(created_at=later - timedelta(days=39)))
    faults = found(desk)
    assert "outbox" in faults["D108"]


def test_files_disks_and_secrets_are_named(desk, monkeypatch):
    desk.add_deals("Bridge", "Tunnel")
    (lost, _) = sorted(desk.papers)
    store = desk.app.site.settings.files
    (store / lost[:2] / lost).unlink()
    (store / "restoring.json").write_text('{"backup": "kept.zip"}')
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(1000, 950, 50))
    faults = found(desk, TRELLIS_SECRET="changeme-changeme-1")
    assert lost[:16] in faults["D116"]
    assert "trellis restore kept.zip" in faults["D110"]
    assert "50 bytes of 1.0 kB are free" in faults["D111"]
    assert "others could guess" in faults["D113"]
    assert "changeme" not in faults["D113"]
    secret = desk.folder / "var" / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    assert "chmod 600" in found(desk, TRELLIS_SECRET="")["D113"]
    secret.chmod(0o600)
    assert "D113" not in found(desk, TRELLIS_SECRET="")


def test_a_secret_that_opens_nothing_is_named(desk):
    live = desk.app.site.live
    (deal,) = desk.add_deals("Bridge")
    table = live.tables.module("deals")
    with desk.app.site.database.write() as tx:
        sealed = desk.app.site.sealer.seal("hush")
        tx.connection.execute(table.table.update().values({table.columns["token"][0]: sealed}))
    assert deal
    assert "D114" not in found(desk, TRELLIS_SECRET="")
    faults = found(desk, TRELLIS_SECRET="another one of enough letters")
    assert "deals.token cannot be opened" in faults["D114"]
    (desk.folder / "var" / "secret").unlink()
    assert "There is no secret" in found(desk, TRELLIS_SECRET="")["D114"]
    assert not (desk.folder / "var" / "secret").exists()


def test_a_configuration_that_is_not_applied_is_named(desk):
    file = desk.app.folder / "schemas" / "modules" / "deals.yaml"
    written = file.read_text()
    file.write_text(written.replace("amount: {type: money}", "amount: {type: money, label: Sum}"))
    assert "differs from revision 1" in found(desk)["D109"]
    file.write_text(written.replace("type: money", "type: mony"))
    assert "has errors" in found(desk)["D109"]
    file.write_text(written)
    execute(desk, "UPDATE trellis_revisions SET hash = 'another'")
    assert "program's own layer" in found(desk)["D109"]


def test_tables_that_somebody_changed_are_named(desk):
    execute(desk, "ALTER TABLE deals RENAME TO gone")
    faults = found(desk)
    assert "The table deals was made by an earlier revision, and is missing." in faults["D106"]
    execute(desk, "ALTER TABLE gone RENAME TO deals")
    execute(desk, "UPDATE trellis_counters SET value = 99 WHERE key = 'format'")
    assert f"99, and this version works with {FORMAT}" in found(desk)["D121"]


@pytest.mark.parametrize("database_engine", ["sqlite"])
def test_faults_of_sqlite_are_named(desk, monkeypatch):
    desk.add_deals("Bridge")
    monkeypatch.setattr("runtime.storage.engines.SQLITE_PRAGMAS", ("PRAGMA synchronous=NORMAL",))
    monkeypatch.setattr("runtime.upkeep.checks.sqlite_version.SAFE_SQLITE", (99, 0, 0))
    desk.close()
    file = desk.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        opened.execute("UPDATE deal_items SET parent = 999999")
        opened.commit()
    _, said = desk("doctor", "--format", "json", TRELLIS_SECRET=SECRET)
    told = {one["code"]: one["what"] for one in json.loads(said)["findings"]}
    assert "can in rare cases damage" in told["D101"]
    assert "WAL" in told["D102"]
    assert "synchronous is 1" in told["D103"]
    assert "points at a row of deals that is not there" in told["D105"]


@pytest.mark.parametrize("database_engine", ["sqlite"])
def test_a_database_that_cannot_even_be_read_is_named(desk):
    desk.close()
    Path(desk.url.removeprefix("sqlite:///")).write_bytes(b"SQLite format 3\0" + bytes(9000))
    code, said = desk("doctor", "--format", "json")
    (only,) = json.loads(said)["findings"]
    assert (code, only["code"], "trellis restore" in only["fix"]) == (1, "D105", True)


@pytest.mark.parametrize("database_engine", ["postgresql"])
def test_faults_of_postgresql_are_named(desk, monkeypatch):
    desk.add_deals("Bridge")
    execute(desk, "GRANT SELECT ON deals TO PUBLIC")
    execute(desk, "GRANT CREATE ON SCHEMA public TO PUBLIC")
    execute(desk, "ALTER TABLE deals ADD CONSTRAINT doubted CHECK (id > 0) NOT VALID")
    execute(desk, "DROP EXTENSION pg_trgm CASCADE")
    monkeypatch.setattr("runtime.upkeep.checks.postgresql_version.OLDEST", 99)
    _, said = desk("doctor", TRELLIS_SECRET=SECRET)
    assert "D103 durability: PostgreSQL's fsync is off." in said
    assert "ALTER SYSTEM SET fsync = on" in said
    assert "the constraint doubted is not valid" in said
    assert "The server is PostgreSQL" in said
    assert "pg_trgm is missing" in said
    assert "Everybody has rights on 1 tables: deals." in said
    assert "Everybody may create in the schema public." in said


def test_an_apply_that_was_interrupted_is_named(desk, monkeypatch):
    begun = SimpleNamespace(base=1, beat_at=datetime.now(UTC) - timedelta(hours=1))
    monkeypatch.setattr("runtime.upkeep.checks.unfinished_change.unfinished", lambda _: begun)
    assert "Give the same trellis apply again" in found(desk)["D110"]


def test_what_is_kept_aside_is_told_and_is_not_wrong(desk):
    file = desk.app.folder / "schemas" / "modules" / "deals.yaml"
    file.write_text(file.read_text().replace("  amount: {type: money}\n", ""))
    desk.app.site.apply_pack()
    code, said = desk("doctor", "--without", "D101", "--without", "D103", TRELLIS_SECRET=SECRET)
    assert code == 0, said
    assert "0 retired modules and 1 retired fields keep their values: deals.amount." in said
