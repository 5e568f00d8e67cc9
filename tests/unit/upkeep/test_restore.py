"""Restoring: what comes back is what was there; a backup that is not whole or not ours touches nothing."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from runtime.assembly import House
from runtime.storage.database import Database
from runtime.upkeep.restore import cut_short
from tests.support.crm import write_pack
from tests.unit.upkeep.desk import PACK, Desk, command, environment, papers_in, rows_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def elsewhere(databases, database_engine, tmp_path) -> Iterator[tuple[str, Path]]:
    """An empty database of the same kind on another machine, and that machine's folder."""
    with ExitStack() as stack:
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        url = stack.enter_context(databases.fresh(database_engine))
        yield url, folder


def restored(elsewhere: tuple[str, Path], *words: object, **others: str) -> tuple[int, str]:
    """Restore on the other machine."""
    url, folder = elsewhere
    return command(folder, environment(url, **others), "restore", *map(str, words))


def rows_at(url: str) -> dict[str, Any]:
    """All rows of a database."""
    with closing(Database.open(url)) as database:
        return rows_of(database)


def is_untouched(elsewhere: tuple[str, Path]) -> bool:
    """Whether the other machine is as it was: no table, no file."""
    url, folder = elsewhere
    with closing(Database.open(url)) as database, database.read() as connection:
        query = (
            "SELECT count(*) FROM sqlite_master"
            if database.dialect == "sqlite"
            else "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        )
        tables = connection.exec_driver_sql(query).scalar()
    return tables == 0 and papers_in(folder / "var" / "files") == {}


def test_what_is_restored_is_equal_and_works(desk, elsewhere, crm):
    desk.add_deals("Bridge", "Tunnel")
    file, rows, papers = desk.backup(), desk.rows, desk.papers
    code, said = restored(elsewhere, file)
    assert (code, "Restored." in said) == (0, True), said
    url, folder = elsewhere
    assert rows_at(url) == rows
    assert papers_in(folder / "var" / "files") == papers
    assert [each.name for each in folder.rglob(".trellis-*")] == []
    there = Desk(type(desk.app)(desk.app.house, open_site(url, folder), desk.app.folder), url, folder)
    try:
        there.add_deals("After")
        assert len(there.rows["deals"]) == 3
        page = there.app.sign_in("new@example.com").get("/search?q=unne")
        assert "Tunnel" in page
        assert "Bridge" not in page
    finally:
        there.close()


def open_site(url: str, folder: Path) -> Any:
    """The site of a database that was restored, without its pack."""
    house = House({"TRELLIS_DATABASE": url}, StringIO(), StringIO(), folder=folder, cheap_passwords=True)
    return house.open_site(None)


def test_a_backup_is_looked_at_without_a_database(desk, elsewhere):
    desk.add_deals("Bridge")
    code, said = restored(elsewhere, desk.backup(), "--check")
    assert (code, "found whole" in said) == (0, True)
    assert is_untouched(elsewhere)


def test_a_database_that_is_not_empty_stays_as_it_is(desk):
    desk.add_deals("Bridge")
    file, rows = desk.backup(), desk.rows
    code, said = desk("restore", str(file))
    assert (code, "say --replace" in said) == (3, True)
    assert desk.rows == rows


def test_a_database_of_somebody_else_stays_as_it_is(desk, elsewhere):
    url, _ = elsewhere
    with closing(Database.open(url)) as database, database.write() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE ledger (id INTEGER)")
    code, said = restored(elsewhere, desk.backup(), "--replace", "--yes")
    assert (code, "not Trellis's" in said) == (3, True)


def test_replacing_asks_keeps_what_was_there_and_wants_to_be_alone(desk):
    desk.add_deals("Bridge")
    file, rows = desk.backup(), desk.rows
    desk.add_deals("Tunnel")
    later = desk.rows
    code, said = desk("restore", str(file), "--replace", "--yes")
    assert (code, "stop `trellis serve`" in said) == (1, True)
    desk.close()
    code, said = desk("restore", str(file), "--replace")
    assert (code, "say --yes" in said) == (3, True)
    code, said = desk("restore", str(file), "--replace", "--yes")
    assert code == 0, said
    assert rows_at(desk.url) == rows
    (kept,) = (desk.folder / "var" / "backups").glob("*.zip")
    assert desk("restore", str(kept), "--replace", "--yes", "--without-backup")[0] == 0
    assert rows_at(desk.url) == later


Spoil = Callable[[Path], object]


def rewritten(change: Callable[[dict[str, bytes]], None]) -> Spoil:
    """What makes an archive again with other members."""

    def spoil(file: Path) -> None:
        with zipfile.ZipFile(file) as opened:
            members = {name: opened.read(name) for name in opened.namelist()}
        change(members)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in members.items():
                made.writestr(name, content)

    return spoil


def of_manifest(change: Callable[[dict[str, Any]], None]) -> Spoil:
    """What alters the manifest."""

    def alter(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()

    return rewritten(alter)


def cut(file: Path) -> None:
    """Lose the end."""
    file.write_bytes(file.read_bytes()[:-200])


def flip(file: Path) -> None:
    """Turn some bytes in the middle round."""
    content = bytearray(file.read_bytes())
    for place in range(len(content) // 3, len(content) // 3 + 64):
        content[place] ^= 0xFF
    file.write_bytes(content)


def lose_file(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("files/"))]


def alter_file(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = members[name][::-1]


def lose_database(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("database."))]


SPOILED: dict[str, tuple[Spoil, str]] = {
    "its end is missing": (cut, "cut short"),
    "some bytes are others": (flip, "cannot be unpacked|checksum|cut short|whole"),
    "it is empty": (lambda file: file.write_bytes(b""), "no backup of Trellis"),
    "it is a text": (lambda file: file.write_text("a diary"), "no backup of Trellis"),
    "it is another archive": (rewritten(lambda members: members.clear()), "no manifest"),
    "a name leads out of the folder": (
        rewritten(lambda members: members.update({"files/../../../etc/passwd": b"x"})),
        "something in it that no backup has",
    ),
    "a name is absolute": (
        rewritten(lambda members: members.update({"/tmp/x": b"x"})),
        "something in it that no backup has",
    ),
    "a file is missing": (rewritten(lose_file), "not the files"),
    "a file is another one": (rewritten(alter_file), "checksum"),
    "the database is missing": (rewritten(lose_database), "copy of the database is missing"),
    "the manifest is no JSON": (
        rewritten(lambda members: members.update({"manifest.json": b"{"})),
        "manifest cannot be read",
    ),
    "the manifest lacks something": (of_manifest(lambda told: told.pop("revision")), "not whole"),
    "the manifest is of something else": (of_manifest(lambda told: told.update(what="a song")), "else"),
    "the rows are others": (of_manifest(lambda told: told["tables"].update(deals=77)), "other rows"),
    "the checksum is another": (
        of_manifest(lambda told: told["database"].update(sha256="0" * 64)),
        "checksum",
    ),
}


def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_written(desk, elsewhere):
    desk.add_deals("Bridge", "Tunnel")
    whole = desk.backup().read_bytes()
    for wrong, (spoil, said_of_it) in SPOILED.items():
        file = desk.folder / "spoiled.zip"
        file.write_bytes(whole)
        spoil(file)
        code, said = restored(elsewhere, file)
        assert code == 1, (wrong, said)
        assert re.search(said_of_it, said), (wrong, said)
    assert is_untouched(elsewhere)


NEWER: tuple[tuple[dict[str, object], str], ...] = (
    ({"program": "99.0.0"}, "use a newer one"),
    ({"database_format": 99}, "use a newer one"),
    ({"engine": "oracle"}, "is of oracle"),
)


def alter(change: dict[str, object], told: dict[str, Any]) -> None:
    """Say something else."""
    told.update(change)


def test_a_backup_of_something_newer_or_other_is_refused(desk, elsewhere):
    whole = desk.backup().read_bytes()
    for change, reason in NEWER:
        file = desk.folder / "other.zip"
        file.write_bytes(whole)
        of_manifest(partial(alter, change))(file)
        code, said = restored(elsewhere, file)
        assert (code, reason in said) == (3, True), said
    assert is_untouched(elsewhere)


@pytest.mark.parametrize("database_engine", ["sqlite"])
def test_a_form_of_a_later_version_asks_for_that_version(desk, elsewhere):
    file = desk.backup()
    of_manifest(lambda told: told.update(format=2))(file)
    assert "use a newer version" in restored(elsewhere, file)[1]


@pytest.mark.parametrize("database_engine", ["sqlite"])
def test_a_bomb_is_refused_before_it_goes_off(desk, elsewhere):
    # What it says of itself is more than the disk has; and what says less than comes out is cut off there.
    file = desk.backup()
    of_manifest(lambda told: told["database"].update(bytes=1 << 60))(file)
    assert "missing or cut short" in restored(elsewhere, file)[1]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", b" " * (17 << 20))
    assert "too large" in restored(elsewhere, file)[1]
    assert is_untouched(elsewhere)


@pytest.mark.parametrize("database_engine", ["sqlite"])
def test_a_copy_whose_pages_are_damaged_is_refused_although_its_checksum_is_right(desk, elsewhere):
    desk.add_deals(*(f"Deal {number}" for number in range(12)))
    file = desk.backup()

    def damage(members: dict[str, bytes]) -> None:
        content = bytearray(members["database.sqlite"])
        content[4096 * 8 + 200 : 4096 * 12] = bytes(4096 * 4 - 200)
        members["database.sqlite"] = bytes(content)
        manifest = json.loads(members["manifest.json"])
        manifest["database"]["sha256"] = hashlib.sha256(content).hexdigest()
        members["manifest.json"] = json.dumps(manifest).encode()

    rewritten(damage)(file)
    code, said = restored(elsewhere, file)
    assert code == 1
    assert "damaged" in said or "cannot be read" in said
    assert is_untouched(elsewhere)


PROGRAM = """
import os, signal, sys
from runtime.upkeep import restore
from tests.unit.upkeep.desk import command, environment
from pathlib import Path

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

{place} = die
command(Path(sys.argv[2]), environment(sys.argv[1]), "restore", sys.argv[3])
"""


@pytest.mark.parametrize("place", ["restore._put_files", "restore.Path.unlink"])
def test_a_restore_that_is_killed_leaves_the_database_empty_and_is_given_again(desk, elsewhere, place):
    desk.add_deals("Bridge", "Tunnel")
    file, rows, papers = desk.backup(), desk.rows, desk.papers
    url, folder = elsewhere
    text = PROGRAM.format(place=place)
    ended = subprocess.run(
        [sys.executable, "-c", text, url, str(folder), str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert cut_short(folder / "var" / "files") == str(file)
    again = ("--replace", "--yes") if place == "restore.Path.unlink" else ()
    code, said = restored(elsewhere, file, *again)
    assert code == 0, said
    assert cut_short(folder / "var" / "files") is None
    assert rows_at(url) == rows
    assert papers_in(folder / "var" / "files") == papers


@pytest.mark.parametrize("database_engine", ["postgresql"])
def test_a_schema_of_its_own_is_restored_beside_others(databases, database_engine, tmp_path):
    pack = write_pack(tmp_path / "pack", PACK)
    name = 'acme "north"'
    with databases.fresh(database_engine) as url, databases.fresh(database_engine) as other:
        told, there = environment(url, TRELLIS_SCHEMA=name), environment(other, TRELLIS_SCHEMA=name)
        assert command(tmp_path, told, "apply", str(pack), "--yes")[0] == 0
        assert command(tmp_path, environment(url), "apply", str(pack), "--yes")[0] == 0
        code, said = command(tmp_path, told, "backup", str(tmp_path / "kept.zip"))
        assert code == 0, said
        code, said = command(tmp_path, environment(other), "restore", str(tmp_path / "kept.zip"))
        assert (code, "set TRELLIS_SCHEMA" in said) == (3, True), said
        for options in ((), ("--replace", "--yes")):
            code, said = command(tmp_path, there, "restore", str(tmp_path / "kept.zip"), *options)
            assert code == 0, said
        code, said = command(tmp_path, there, "plan", str(pack))
        assert said == "Nothing to change. Revision 1 is this configuration.\n"
        code, said = command(tmp_path, environment(other), "plan", str(pack))
        assert "Set the database up" in said
