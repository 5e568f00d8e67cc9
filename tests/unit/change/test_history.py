"""The commands `history` and `diff`: what was applied, by whom, when and why, and what each changed."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from runtime.change.revisions import history
from runtime.cli.base import CommandError
from runtime.storage.database import Database
from tests.unit.change.packs import DEAL, Trellis, make_pack, write


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "acme")


@pytest.fixture
def trellis(database_url: str, tmp_path: Path, pack: Path) -> Trellis:
    """Commands on a database of three revisions."""
    trellis = Trellis(database_url, tmp_path)
    trellis("apply", pack, "--yes", "--message", "The first")
    write(pack, DEAL + "  size: {type: integer}\n")
    trellis("apply", pack, "--yes")
    write(pack, DEAL.replace("Deal", "Opportunity") + "  size: {type: integer}\n")
    trellis("apply", pack, "--yes", "--message", "Another name\nfor deals")
    return trellis


def test_revisions_are_listed_the_newest_first(trellis):
    code, said = trellis("history")
    lines = said.splitlines()
    assert code == 0
    assert [line.split()[0] for line in lines if line[:5].strip()] == ["3", "2", "1"]
    assert lines[1:3] == ["       Another name", "       for deals"]
    found = json.loads(trellis("history", "--format", "json")[1])
    assert [each["message"] for each in found] == ["Another name\nfor deals", None, "The first"]
    assert found[1]["steps"][0]["what"] == "Add the field size to deals: the column size."


def test_a_long_history_comes_in_parts(trellis):
    said = trellis("history", "--limit", "2")[1]
    assert said.splitlines()[-1] == "There are earlier ones: trellis history --before 2"
    assert trellis("history", "--before", "2")[1].splitlines()[-1] == "       The first"
    assert trellis("history", "--before", "1")[1] == "There are no revisions before that one.\n"


def test_two_revisions_differ_in_words_and_in_text(trellis):
    code, said = trellis("diff", 1, 2)
    assert code == 0
    assert "    - Deal has a new field: Size (size), integer." in said
    assert "--- a/acme/schemas/modules/deals.yaml\n+++ b/acme/schemas/modules/deals.yaml\n" in said
    assert "\n+  size: {type: integer}\n" in said
    assert "Opportunity" not in said


def test_a_revision_differs_from_the_newest_and_from_a_pack(trellis, pack):
    assert "-label: Deal\n+label: Opportunity\n" in trellis("diff", 1)[1]
    write(pack, DEAL)
    assert trellis("diff", 1, pack)[1] == f"Revision 1 and The pack {pack} have the same text.\n"
    write(pack, DEAL.replace("text", "txt"))
    assert trellis("diff", 1, pack)[0] == 1


def test_a_long_difference_is_cut(trellis):
    said = trellis("diff", 1, 2, "--lines", "3")[1]
    assert said.splitlines()[-1].endswith("more lines: trellis diff --lines 7")


def test_what_is_no_revision_is_said(trellis):
    for arguments in ((4,), (1, 4), (10**30,), (1, "nowhere")):
        with pytest.raises(CommandError, match=r"There is no revision .*: the newest is 3|neither"):
            trellis("diff", *arguments)


def test_an_empty_and_a_foreign_database_have_no_history(database_url, tmp_path):
    trellis = Trellis(database_url, tmp_path)
    with pytest.raises(CommandError, match="nothing was applied yet"):
        trellis("history")
    with closing(Database.open(database_url)) as database, database.write() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE theirs (id integer)")
    for command in (("history",), ("diff", 1)):
        with pytest.raises(CommandError, match="not one of Trellis"):
            trellis(*command)


def test_an_older_database_has_a_history_without_reasons(trellis, pack, database_url):
    with closing(Database.open(database_url)) as database:
        with database.write() as tx:
            tx.connection.exec_driver_sql("ALTER TABLE trellis_revisions DROP COLUMN message")
        with database.read() as connection:
            assert [each.message for each in history(connection)] == [None, None, None]
    assert trellis("plan", pack)[0] == 0
    assert trellis("diff", 1, 2)[0] == 0
    write(pack, DEAL)
    assert trellis("apply", pack, "--yes", "--message", "Back")[0] == 0
    assert "       Back\n" in trellis("history")[1]
