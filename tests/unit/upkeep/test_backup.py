"""Backing up: one archive that is whole, of one moment, that overwrites nothing and says what it lacks."""

import shutil
import stat
import threading
import zipfile
from pathlib import Path

import pytest

from runtime.upkeep.archive import open_archive
from tests.unit.upkeep.desk import Desk, command, environment


def test_a_backup_has_the_rows_the_files_and_the_revision(desk):
    desk.add_deals("Bridge", "Tunnel")
    code, said = desk("backup", str(desk.folder / "kept.zip"))
    assert code == 0, said
    assert "Revision 1 of Test 1.0.0" in said
    assert "2 files" in said
    assert "opened and found whole" in said
    assert "The secret is not in it" in said
    with open_archive(desk.folder / "kept.zip") as archive:
        manifest = archive.manifest
        assert (manifest.tables["deals"], manifest.tables["deal_items"]) == (2, 4)
        assert (manifest.revision.number, manifest.files.count) == (1, 2)
        assert set(archive.contents) == set(desk.papers)


def test_without_a_name_it_goes_to_a_folder_that_only_its_owner_reads(desk):
    assert desk("backup")[0] == 0
    (made,) = (desk.folder / "var" / "backups").iterdir()
    assert made.name.startswith("trellis-2")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700


def test_a_backup_overwrites_nothing_and_leaves_nothing_behind(desk):
    file = desk.backup()
    before = file.read_bytes()
    code, said = desk("backup", str(file))
    assert (code, "overwrites nothing" in said) == (3, True)
    assert file.read_bytes() == before
    assert desk("backup", str(desk.folder / "nowhere" / "x.zip"))[0] == 1
    assert [each.name for each in desk.folder.glob(".trellis-*")] == []


def test_the_secret_is_never_in_a_backup(desk):
    secret = "a secret of the house that nobody else knows"
    file = desk.folder / "kept.zip"
    assert desk("backup", str(file), TRELLIS_SECRET=secret)[0] == 0
    with zipfile.ZipFile(file) as opened:
        assert all(secret.encode() not in opened.read(name) for name in opened.namelist())
        assert b"not included" in opened.read("manifest.json")


def test_a_file_that_the_store_has_lost_is_told_and_holds_up_nothing(desk):
    desk.add_deals("Bridge", "Tunnel")
    lost, damaged = sorted(desk.papers)
    store = desk.app.site.settings.files
    (store / lost[:2] / lost).unlink()
    (store / damaged[:2] / damaged).write_bytes(b"something else")
    code, said = desk("backup", str(desk.folder / "kept.zip"))
    assert code == 0
    assert "Missing in the file store already, so not in the backup: 2" in said
    with open_archive(desk.folder / "kept.zip") as archive:
        assert (archive.manifest.files.count, len(archive.manifest.files.missing)) == (0, 2)


def test_a_full_disk_is_noticed_before_anything_is_written(desk, monkeypatch):
    full = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr("runtime.upkeep.room.shutil.disk_usage", lambda _: full)
    code, said = desk("backup", str(desk.folder / "kept.zip"))
    assert (code, "1.0 kB free" in said) == (1, True)
    assert not (desk.folder / "kept.zip").exists()


def test_what_a_killed_backup_has_left_goes_with_the_next_one(desk):
    left = desk.folder / ".trellis-working-dead"
    left.mkdir()
    (left / "database.sqlite").write_bytes(b"half")
    desk.backup()
    assert not left.exists()


def test_an_empty_database_has_nothing_to_back_up_and_is_not_made(tmp_path):
    told = environment(f"sqlite:///{tmp_path / 'none.db'}")
    code, said = command(tmp_path, told, "backup", str(tmp_path / "x.zip"))
    assert (code, "There is no database yet" in said) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database_engine", ["postgresql"])
def test_without_pg_dump_it_says_what_is_needed_and_where_it_looked(desk, tmp_path):
    (tmp_path / "empty").mkdir()
    code, said = desk("backup", str(tmp_path / "x.zip"), TRELLIS_POSTGRESQL_PROGRAMS=str(tmp_path / "empty"))
    assert code == 1
    assert "pg_dump, pg_restore and psql of PostgreSQL" in said
    assert "TRELLIS_POSTGRESQL_PROGRAMS" in said


@pytest.mark.parametrize("database_engine", ["postgresql"])
def test_a_pg_dump_that_is_too_old_is_named_with_its_version(desk, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        (old / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        (old / name).chmod(0o755)
    code, said = desk("backup", str(tmp_path / "x.zip"), TRELLIS_POSTGRESQL_PROGRAMS=str(old))
    assert (code, f"{old} has 9" in said) == (1, True)


def test_a_backup_is_of_one_moment_while_others_write(desk: Desk):
    # Each writer adds a deal with two rows in one transaction: no backup may have one without the other.
    stopped = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stopped.is_set():
            written.extend(desk.add_deals(f"Deal {len(written)}"))

    desk.add_deals("First")
    thread = threading.Thread(target=write)
    thread.start()
    try:
        files = [desk.backup(f"{number}.zip") for number in range(2)]
    finally:
        stopped.set()
        thread.join()
    assert written
    for file in files:
        with open_archive(file) as archive:
            tables = archive.manifest.tables
            assert tables["deal_items"] == 2 * tables["deals"]
            assert archive.manifest.files.count == len(archive.contents) >= tables["deals"]


def test_a_backup_goes_where_a_link_leads_whatever_the_folder_is_called(desk):
    folder = desk.folder / "with a 'quote' and ä"
    folder.mkdir()
    link = desk.folder / "link"
    link.symlink_to(folder)
    code, said = desk("backup", str(link))
    assert code == 0, said
    assert len(list(Path(folder).glob("*.zip"))) == 1
