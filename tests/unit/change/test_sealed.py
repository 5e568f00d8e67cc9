"""A sealed plan is applied as it is, or refused with what has moved."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from runtime.cli.base import CommandError
from runtime.storage.database import Database
from tests.unit.change.packs import DEAL, Trellis, make_pack, write

MORE = DEAL + "  size: {type: integer, required: true, default: 1}\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "acme")


@pytest.fixture
def trellis(database_url: str, tmp_path: Path) -> Trellis:
    return Trellis(database_url, tmp_path)


@pytest.fixture
def plan(trellis: Trellis, pack: Path, tmp_path: Path) -> Path:
    """The plan of a second revision."""
    assert trellis("apply", pack, "--yes")[0] == 0
    write(pack, MORE)
    assert trellis("plan", pack, "-o", tmp_path / "plan.json")[0] == 0
    return tmp_path / "plan.json"


def execute(url: str, *statements: str) -> None:
    """Change the database by other means."""
    with closing(Database.open(url)) as database, database.write() as tx:
        for statement in statements:
            tx.connection.exec_driver_sql(statement)


def test_a_plan_is_applied_without_its_pack(trellis, pack, plan):
    write(pack, "nothing: of use\n")
    code, said = trellis("apply", plan, "--message", "More of them")
    assert (code, said.splitlines()[-1]) == (0, "Applied as revision 2.")
    code, said = trellis("history")
    assert "1 step " in said
    assert "       More of them\n" in said


def test_people_may_go_on_working_between_plan_and_apply(trellis, plan, database_url):
    insert = "INSERT INTO deals (id, version, name) VALUES (99, 1, 'One')"
    execute(database_url, insert, "DELETE FROM deals", "ANALYZE")
    assert trellis("apply", plan)[0] == 0


def test_records_that_give_more_to_do_are_told(trellis, plan, database_url):
    execute(database_url, "INSERT INTO deals (id, version, name) VALUES (99, 1, 'One')")
    code, said = trellis("apply", plan)
    assert code == 3
    what = "Give the records of deals that have no size its default, 1."
    assert f"  - This has to be done now, and was not: {what}\n" in said


def test_a_revision_meanwhile_is_told_with_who_and_why(trellis, pack, plan):
    write(pack, DEAL.replace("Deal", "Opportunity"))
    assert trellis("apply", pack, "--yes", "--message", "Another name")[0] == 0
    code, said = trellis("apply", plan)
    assert code == 3
    assert "When the plan was made revision 1 was applied, and now it is revision 2." in said
    assert "Revision 2 was applied by " in said
    assert '("Another name").' in said
    assert trellis("history")[1].startswith("    2 ")


@pytest.mark.parametrize(
    "statement, sentence",
    [
        ("ALTER TABLE deals ADD COLUMN own integer", "The column own of deals is new."),
        ("ALTER TABLE deals RENAME COLUMN name TO title", "The column name of deals is gone."),
        ("CREATE UNIQUE INDEX own ON deals (name)", "The index own of deals is new."),
        ("CREATE TABLE own (id integer)", "The table own is new."),
    ],
)
def test_a_database_that_was_changed_otherwise_is_told(trellis, plan, database_url, statement, sentence):
    execute(database_url, statement)
    code, said = trellis("apply", plan)
    assert code == 3
    assert sentence in said


def test_an_index_of_the_same_name_that_is_another_one_is_told(trellis, pack, plan, database_url):
    execute(database_url, "CREATE INDEX own ON deals (name)")
    trellis("plan", pack, "-o", plan)
    execute(database_url, "DROP INDEX own", "CREATE UNIQUE INDEX own ON deals (name)")
    code, said = trellis("apply", plan)
    assert code == 3
    assert "The index own of deals was " in said


def test_a_plan_is_not_applied_to_another_database(trellis, pack, plan, databases, database_engine, tmp_path):
    with databases.fresh(database_engine) as url:
        other = Trellis(url, tmp_path)
        write(pack, DEAL)
        assert other("apply", pack, "--yes")[0] == 0
        code, said = other("apply", plan)
        assert code == 3
        assert "The plan was made for another database." in said


def test_a_plan_that_somebody_edited_is_refused(trellis, plan):
    whole = json.loads(plan.read_text())
    for broken in (
        whole | {"base": 7},
        whole | {"steps": []},
        whole | {"layers": [{**whole["layers"][0], "files": {}}]},
        {key: value for key, value in whole.items() if key != "target"},
    ):
        plan.write_text(json.dumps(broken))
        with pytest.raises(CommandError, match="Its seal does not match") as refused:
            trellis("apply", plan)
        assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "It is no JSON"),
        ('{"seal": ', "It is no JSON"),
        ("[" * 100_000, "It is no JSON"),
        ("[]", "It is not a plan"),
        ('{"what": 1}', "It is not a plan"),
        ('{"seal": "", "format": 2}', "Another version of Trellis wrote it"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(trellis, tmp_path, text, sentence):
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(CommandError, match=sentence) as refused:
        trellis("apply", tmp_path / "plan.json")
    assert refused.value.exit_code == 3


def test_a_plan_that_is_not_there_is_said(trellis, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        trellis("apply", tmp_path / "none.json")


def test_a_plan_that_is_refused_is_not_sealed(trellis, pack, plan, database_url):
    execute(database_url, "INSERT INTO deals (id, version, name) VALUES (99, 1, 'One')")
    plan.unlink()
    write(pack, MORE.replace(", default: 1", ""))
    assert trellis("plan", pack, "-o", plan)[0] == 3
    assert not plan.exists()


def test_a_plan_writes_nothing(trellis, pack, plan, database_url):
    with closing(Database.open(database_url)) as database, database.read() as connection:
        before = connection.exec_driver_sql("SELECT key, value FROM trellis_counters ORDER BY key").all()
    assert trellis("plan", pack, "-o", plan)[0] == 0
    with closing(Database.open(database_url)) as database, database.read() as connection:
        after = connection.exec_driver_sql("SELECT key, value FROM trellis_counters ORDER BY key").all()
        assert connection.exec_driver_sql("SELECT max(id) FROM trellis_revisions").scalar() == 1
    assert after == before
