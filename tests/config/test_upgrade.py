"""An upgrade of the standard pack, tried on five customers' packs: what it breaks is told with its line."""

import json
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import insert

from runtime.assembly import House
from runtime.base.clock import SystemClock
from runtime.change.apply import Applied, apply
from runtime.change.revisions import open_applied
from runtime.change.upgrade import Registries, Trial, try_upgrade
from runtime.cli import command_files, load_command
from runtime.language.load import load
from runtime.language.packs import standard_folder
from runtime.storage.database import Database
from runtime.storage.tables import build_tables
from tests.support.crm import write_pack

HERE = Path(__file__).parent / "upgrade"
NOW, NEXT = HERE / "now" / "standard", HERE / "next" / "standard"
CUSTOMERS = HERE / "customers"


@pytest.fixture(scope="module")
def known() -> Registries:
    house = House({})
    return Registries(house.types, house.checks, house.language)


@pytest.fixture(scope="module")
def tried(known: Registries) -> dict[str, Trial]:
    return {pack.name: try_upgrade(pack, NEXT, known, present=NOW) for pack in sorted(CUSTOMERS.iterdir())}


def places(trial: Trial) -> list[tuple[str, int, str]]:
    """Where it breaks, and by which code."""
    return [(one.span.file, one.span.line, one.code) for one in trial.breaks]


def test_a_pack_that_fits_has_a_plan_and_nothing_breaks(tried):
    trial = tried["alder"]
    assert (trial.breaks, trial.was_broken) == ((), ())
    assert trial.plan.endswith("steps, safe")


def test_an_overlay_of_a_field_that_is_gone_is_named_at_its_line(tried):
    assert places(tried["birch"]) == [("schemas/modules/accounts.yaml", 2, "L111")]


def test_a_formula_that_gives_something_else_fails_its_test_and_a_filter_its_check(tried):
    trial = tried["cedar"]
    assert places(trial) == [("formulas/deals.yaml", 7, "M165"), ("schemas/filters/accounts.yaml", 2, "E105")]
    assert (trial.now.passed, trial.now.tests, trial.then.passed) == (1, 1, 0)


def test_a_pack_that_wants_the_version_before_is_told_so(tried):
    assert places(tried["damson"]) == [("pack.yaml", 3, "L103")]


def test_what_was_broken_before_is_told_apart(tried):
    trial = tried["elder"]
    assert trial.breaks == ()
    assert [one.code for one in trial.was_broken] == ["S107"]


def test_a_pack_that_does_not_stand_on_the_standard_pack_is_told_apart(tmp_path, known, tried):
    pack = write_pack(tmp_path / "fir", "pack.yaml:\n  title: Fir\n  version: 1.0.0\n")
    assert not try_upgrade(pack, NEXT, known, present=NOW).then.has_standard
    assert tried["alder"].then.has_standard


def test_on_a_customers_own_database_the_plan_knows_its_records_and_writes_nothing(database_url, known):
    now = load(
        CUSTOMERS / "alder",
        standard=NOW,
        types=known.types,
        checks=known.checks,
        language=known.language,
    )
    assert now.catalog is not None
    database = Database.open(database_url, pool=2)
    try:
        assert isinstance(apply(database, now.catalog, now.layers, known.types, SystemClock()), Applied)
        with database.read() as connection:
            applied = open_applied(connection)
        assert applied is not None
        texts = {each.layer.name: dict(each.files) for each in applied.layers}
        for name, folder in (("standard", NOW), ("alder", CUSTOMERS / "alder")):
            files = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*.yaml")}
            assert texts[name] == {path: file.read_text() for path, file in files.items()}
        table = build_tables(now.catalog, applied.names, known.types, database.dialect).module("accounts")
        values = {"id": 1, "version": 1, "name": "Acme", "branch": "timber"}
        with database.write() as tx:
            tx.connection.execute(insert(table.table).values(values))
        trial = try_upgrade(CUSTOMERS / "alder", NEXT, known, database=(database_url, "public"))
        assert trial.plan.startswith(("refused", "-")) or "lossy" in trial.plan
        with database.read() as connection:
            kept = open_applied(connection)
        assert kept is not None
        assert (kept.number, kept.layers) == (applied.number, applied.layers)
    finally:
        database.close()


def test_the_applied_revision_keeps_every_file_of_the_standard_pack(known):
    folder = standard_folder()
    assert folder is not None
    loaded = load(folder, types=known.types, checks=known.checks, language=known.language)
    (layer,) = loaded.layers
    roots = ("schemas", "formulas", "translations", "data")
    files = {each for root in roots for each in (folder / root).rglob("*.yaml")} | {folder / "pack.yaml"}
    assert {folder / name for name in layer.files} == files
    assert all(layer.files[each.relative_to(folder).as_posix()] == each.read_text() for each in files)


def test_the_command_prints_a_table_and_one_customer_does_not_hold_up_the_others():
    out = StringIO()
    command = load_command(command_files()["upgrade-check"])
    parser = ArgumentParser()
    command.configure(parser)
    words = ["--customers", str(CUSTOMERS / "alder"), str(CUSTOMERS / "birch"), "--standard", str(NEXT)]
    words += ["--present", str(NOW), "--format", "json", "--jobs", "2"]
    assert command.run(parser.parse_args(words), House({}, out, out)) == 1
    found = json.loads(out.getvalue())
    assert found["broken"] == 1
    assert [row["customer"] for row in found["customers"]] == ["alder", "birch"]
    (broken,) = found["customers"][1]["breaks"]
    assert (broken["file"], broken["line"], broken["code"]) == ("schemas/modules/accounts.yaml", 2, "L111")
    out.truncate(0)
    assert command.run(
        parser.parse_args([*words, "--seconds", "0.01", "--format", "text"]), House({}, out, out)
    )
    assert "it took longer than 0.01 seconds" in out.getvalue()


def test_a_customers_own_tests_are_tried_on_both_versions(tmp_path):
    pack = """
    pack.yaml:
      title: Grove
      version: 1.0.0
      requires: {standard: ">=1.0"}
    tests/deals.yaml:
      an open deal is worth half:
        given:
          deals.deal: {name: Big, stage: open}
        then: [deal.stage.probability == 50]
      a won deal is worth all:
        given:
          deals.deal: {name: Big, stage: won}
        then: [deal.stage.probability == 100]
    """
    out = StringIO()
    command = load_command(command_files()["upgrade-check"])
    parser = ArgumentParser()
    command.configure(parser)
    words = ["--customers", str(write_pack(tmp_path / "grove", pack)), "--standard", str(NEXT)]
    words += ["--present", str(NOW), "--format", "json"]
    assert command.run(parser.parse_args(words), House({}, out, out)) == 1
    (row,) = json.loads(out.getvalue())["customers"]
    assert (row["check"], row["tests_now"], row["tests"]) == ("ok", "2 of 2", "1 of 2")
    (broken,) = row["breaks"]
    assert (broken["file"], broken["line"], broken["code"]) == ("tests/deals.yaml", 4, "T201")
    assert broken["help"] == "got: deal.stage.probability = 40"
