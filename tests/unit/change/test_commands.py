"""The commands `plan` and `apply`: a pack from its folder to the database, in words and exit codes."""

import io
import json
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from runtime.assembly import House
from runtime.change.codes import CODES
from runtime.change.revisions import open_applied
from runtime.cli import command_files, load_command
from runtime.cli.apply import ApplyCommand
from runtime.cli.base import CommandError
from runtime.cli.plan import PlanCommand
from runtime.language import load as loading
from runtime.language.load import load_sources
from runtime.language.packs import LayerFiles, system_layer
from runtime.storage.database import Database
from runtime.storage.inspect import inspect

DEAL = """\
label: Deal
fields:
  name: {type: text}
"""


class Person(io.StringIO):
    """Somebody at a terminal, who types this."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of one module."""
    folder = tmp_path / "acme"
    (folder / "schemas" / "modules").mkdir(parents=True)
    (folder / "pack.yaml").write_text("title: Acme\nversion: 1.0.0\n")
    (folder / "schemas" / "modules" / "deals.yaml").write_text(DEAL)
    return folder


@pytest.fixture
def trellis(database_url: str, pack: Path) -> Callable[..., tuple[int, str]]:
    """Runs a command on the pack; gives its exit code and what it printed."""

    def run(command: str, *options: str) -> tuple[int, str]:
        out = io.StringIO()
        house = House({"TRELLIS_DATABASE": database_url}, out, io.StringIO(), folder=pack.parent)
        chosen = {"plan": PlanCommand, "apply": ApplyCommand}[command]()
        parser = ArgumentParser()
        chosen.configure(parser)
        return chosen.run(parser.parse_args([str(pack), *options]), house), out.getvalue()

    return run


def write(pack: Path, deal: str) -> None:
    """Save the module."""
    (pack / "schemas" / "modules" / "deals.yaml").write_text(deal)


def test_a_plan_tells_what_would_happen_and_does_nothing(trellis, database_url):
    code, said = trellis("plan")
    assert code == 0
    assert "Create the module deals with 1 field: the table deals." in said
    assert "safe, schemas/modules/deals.yaml:1" in said
    with closing(Database.open(database_url)) as database, database.read() as connection:
        assert inspect(connection, "public").is_empty


def test_apply_needs_consent(trellis, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(CommandError, match="--yes") as refused:
        trellis("apply")
    assert refused.value.exit_code == 3
    monkeypatch.setattr("sys.stdin", Person("n\n"))
    code, said = trellis("apply")
    assert (code, said.endswith("Nothing was changed.\n")) == (3, True)
    monkeypatch.setattr("sys.stdin", Person("y\n"))
    code, said = trellis("apply")
    assert (code, said.endswith("Applied as revision 1.\n")) == (0, True)


def test_when_it_is_applied_there_is_nothing_to_change(trellis):
    assert trellis("apply", "--yes")[0] == 0
    assert trellis("plan") == (0, "Nothing to change. Revision 1 is this configuration.\n")
    assert trellis("apply") == (0, "Nothing to change. Revision 1 is this configuration.\n")


def test_a_changed_label_changes_no_table(trellis, pack):
    trellis("apply", "--yes")
    write(pack, DEAL.replace("Deal", "Opportunity"))
    code, said = trellis("plan")
    assert code == 0
    assert said == (
        "From revision 1 to 2: no table changes, only what is shown and how the program works.\n"
        "\nWhat changes for people\n  Modules\n"
        '    - deals is called "Opportunity", and was "Deal".\n'
    )
    assert trellis("apply", "--yes")[1].endswith("Applied as revision 2.\n")


def test_a_refusal_is_shown_like_an_error_at_its_line(trellis, pack, database_url):
    trellis("apply", "--yes")
    with closing(Database.open(database_url)) as database, database.write() as tx:
        tx.connection.exec_driver_sql("INSERT INTO deals (id, version, name) VALUES (1, 1, 'One')")
    write(pack, DEAL.replace("text", "integer") + "  size: {type: integer, required: true}\n")
    code, said = trellis("plan")
    assert code == 3
    assert "error P101 schemas/modules/deals.yaml:3:9   deals.fields.name" in said
    assert "error P104 schemas/modules/deals.yaml:4:9   deals.fields.size" in said
    assert "    3 |   name: {type: integer}" in said
    assert said.endswith("Refused for 2 reasons; nothing was changed.\n")
    assert trellis("apply", "--yes") == (3, said)
    code, said = trellis("plan", "--format", "json")
    found = json.loads(said)
    assert code == 3
    assert found["steps"] == []
    assert [(each["code"], each["line"]) for each in found["refusals"]] == [("P101", 3), ("P104", 4)]


def test_a_plan_as_json_has_its_steps(trellis):
    code, said = trellis("plan", "--format", "json")
    found = json.loads(said)
    assert code == 0
    assert (found["base"], found["is_empty"], found["safety"], found["refusals"]) == (0, False, "safe", [])
    assert {
        "what": "Create the module deals with 1 field: the table deals.",
        "safety": "safe",
        "rows": 0,
        "at": {"file": "schemas/modules/deals.yaml", "line": 1},
        "sample": [],
        "estimate": 0.0,
    } in found["steps"]


def test_a_pack_with_errors_is_answered_with_them(trellis, pack):
    write(pack, DEAL.replace("text", "txt"))
    for command, options in (("plan", ()), ("apply", ("--yes",))):
        code, said = trellis(command, *options)
        assert code == 1
        assert "schemas/modules/deals.yaml:3" in said
        assert "did you mean" in said
    code, said = trellis("plan", "--format", "json")
    assert (code, json.loads(said)["errors"]) == (1, 1)


def test_a_currency_with_amounts_stays(trellis, pack, database_url):
    about = "title: Acme\nversion: 1.0.0\ncurrency: EUR\n"
    write(pack, DEAL + "  price: {type: money}\n")
    (pack / "pack.yaml").write_text(about + "rates: {USD: 1.1, SEK: 11}\n")
    trellis("apply", "--yes")
    with closing(Database.open(database_url)) as database, database.write() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO deals (id, version, price, price__currency) VALUES (1, 1, 1250, 'USD')"
        )
    (pack / "pack.yaml").write_text(about + "rates: {USD: 1.1}\n")
    assert trellis("apply", "--yes")[0] == 0
    (pack / "pack.yaml").write_text(about)
    code, said = trellis("plan")
    assert code == 3
    assert "error P108 schemas/modules/deals.yaml:4:10   deals.fields.price" in said
    assert "1 record of deals has an amount in USD, and the site's currencies are EUR" in said
    (pack / "pack.yaml").write_text(about + "rates: {USD: 1.1, KWD: 0.33}\n")
    assert "Convert price of deals from money to money." in trellis("plan")[1]


def test_values_are_converted_though_the_program_has_had_fields_since(
    trellis, pack, database_url, monkeypatch
):
    now, groups = system_layer(), "schemas/modules/groups.yaml"
    written = now.files[groups].splitlines(keepends=True)
    before = "".join(line for line in written if not line.startswith("  type:"))
    assert before != now.files[groups]
    with monkeypatch.context() as then:
        files = {name: text for name, text in now.files.items() if name != "schemas/layouts/groups.yaml"}
        earlier = LayerFiles(now.layer, {**files, groups: before})
        then.setattr(loading, "system_layer", lambda: earlier)
        write(pack, DEAL + "  stage: {type: text}\n")
        assert trellis("apply", "--yes")[0] == 0
    with closing(Database.open(database_url)) as database, database.write() as tx:
        tx.connection.exec_driver_sql("INSERT INTO deals (id, version, stage) VALUES (1, 1, 'Won')")
    (pack / "schemas" / "picklists").mkdir()
    (pack / "schemas" / "picklists" / "stages.yaml").write_text("values: {won: {label: Won}}\n")
    write(pack, DEAL + "  stage: {type: picklist, picklist: stages}\n")
    code, said = trellis("apply", "--yes")
    assert code == 0, said
    assert "Add the field type to groups" in said
    with closing(Database.open(database_url)) as database, database.read() as connection:
        revision = open_applied(connection)
        assert revision is not None
        column = revision.names.column("deals", "stage")
        assert connection.exec_driver_sql(f"SELECT {column} FROM deals").scalars().all() == ["won"]


def test_every_refusal_is_explained():
    assert {code.name for code in CODES} <= set(House({}).codes)


def test_the_applied_text_makes_the_same_catalog_again(trellis, database_url):
    trellis("apply", "--yes")
    house = House({})
    with closing(Database.open(database_url)) as database, database.read() as connection:
        revision = open_applied(connection)
    assert revision is not None
    loaded = load_sources(revision.layers, types=house.types, checks=house.checks, language=house.language)
    assert loaded.catalog is not None
    assert loaded.catalog.hash == revision.hash
    assert loaded.sources["schemas/modules/deals.yaml"] == DEAL


def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path, pack):
    missing = tmp_path / "mistyped" / "trellis.db"
    out, errors = io.StringIO(), io.StringIO()
    house = House({"TRELLIS_DATABASE": f"sqlite:///{missing}"}, out, errors, folder=tmp_path)
    for command, words in (
        ("plan", [pack]),
        ("history", []),
        ("rollback", ["1"]),
        ("diff", ["1"]),
        ("purge", []),
    ):
        chosen, parser = load_command(command_files()[command]), ArgumentParser()
        chosen.configure(parser)
        if command == "plan":
            assert chosen.run(parser.parse_args([str(each) for each in words]), house) == 0
            assert errors.getvalue() == f"There is no database {missing}: trellis apply makes it.\n"
            assert "Create the module deals" in out.getvalue()
        else:
            with pytest.raises(CommandError, match=f"There is no database {missing}"):
                chosen.run(parser.parse_args([str(each) for each in words]), house)
    assert not missing.parent.exists()
