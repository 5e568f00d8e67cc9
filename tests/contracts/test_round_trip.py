"""Whatever field type is registered: what is exported as CSV and as a spreadsheet, and imported into another
database by the map that is proposed, gives the same records.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from runtime.identity.actor import SYSTEM
from runtime.records.export_asked import ExportAsked
from runtime.records.export_files import no_progress
from runtime.records.import_proposal import first_rows, propose
from runtime.records.importing import BadRow, Import, Summary
from runtime.records.table_file import open_table
from tests.journeys.test_rest_field_types import body, pack, tries
from tests.support.crm import App, open_app, write_pack
from tests.support.databases import Databases

MORE = """\
schemas/modules/people.yaml:
  title: "{first} {last}"
  numbering: "P-{seq:3}"
  fields:
    first: {type: text}
    last: {type: text, required: true}
    boss: {type: relation, module: people}
    account: {type: relation, module: accounts}
    clubs: {type: relations, module: accounts}
    either: {type: relation, modules: [accounts, clubs]}
    seller: {type: user}
    serial: {type: auto_number, format: "S{seq}"}
schemas/modules/clubs.yaml:
  fields:
    name: {type: text}
"""
RECORDS = 60
Open = Callable[[], App]


@pytest.fixture
def fresh(databases: Databases, database_engine: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the CRM on an empty database of its own, as often as it is asked."""
    text = pack().replace("\n  fields:\n", "\n  fields:\n    code: {type: text, unique: true}\n").rstrip("\n")
    folder = write_pack(tmp_path / "pack", text + "\n" + MORE)
    with ExitStack() as stack:

        def make() -> App:
            url = stack.enter_context(databases.fresh(database_engine))
            return open_app(stack, url, tmp_path, folder)

        yield make


def carry(
    source: App, target: App, module: str, kind: str, folder: Path, columns: tuple[str, ...] = ()
) -> Summary:
    """Export a module from one CRM and import it into another, as a person would who changes nothing; with
    columns, as a program would.
    """
    path = folder / f"{module}.{kind}"
    asked = ExportAsked(module, kind, columns=columns, keys=bool(columns))
    export = asked.open(source.site.live, source.site.database.read, SYSTEM)
    path.write_bytes(b"".join(asked.file_format.pieces(export, no_progress)))
    site, actor, bad = target.site, SYSTEM.through("import"), list[BadRow]()
    plan = site.live.writer.plans[module]
    with open_table(path) as file:
        made = propose(file.header, first_rows(file), site.live.writer.plans, plan).map
        parsing = site.live.parsing(actor, "import")
        task = Import(site.live.writer, site.database.write, plan, made, actor, parsing)
        summary = task.run(file, bad.append)
    assert [(row.columns, *map(str, row.reasons), row.line.cells) for row in bad] == []
    return summary


def records(app: App, module: str, lost: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Every record of a module as REST gives it, in order of its values, without what is another's."""
    rest = app.program()
    found = rest("GET", f"/{module}?limit=1000").json()["data"]
    left_out = (*lost, "id", "created_at", "created_by", "updated_at", "updated_by", "version")
    kept = [{key: bare(value) for key, value in each.items() if key not in left_out} for each in found]
    return sorted(kept, key=str)


def bare(value: Any) -> Any:
    """A value without the ids of related records, which differ from one database to the next."""
    if isinstance(value, dict) and "title" in value:
        return value["title"]
    return sorted(map(str, map(bare, value))) if isinstance(value, list) else value


@pytest.mark.parametrize("wording, kind", [("labels", "csv"), ("labels", "xlsx"), ("keys", "csv")])
def test_every_field_type_travels_through_a_file_unharmed(
    fresh: Open, wording: str, kind: str, tmp_path: Path
):
    source, target = fresh(), fresh()
    rest, made = source.program(), 0
    target.user()
    for each in tries():
        for number, example in enumerate(each.kind.examples):
            sent = body(each.key, example.raw)
            if dict(example.settings) != dict(each.settings) or sent is None:
                continue
            code = f'{{"code": "{each.key} {number}", '.encode()
            answer = rest(
                "POST", "/things", content=code + sent[1:], headers={"content-type": "application/json"}
            )
            assert answer.status_code == 201, answer.text
            made += 1
    assert made > RECORDS
    shown = [each for each in tries() if not each.kind.hidden]
    columns = ("code", *(each.key for each in shown)) if wording == "keys" else ()
    # A formatted text is given to people as its text alone; the owner has another id in another database.
    lost = ("owner",) if columns else tuple(each.key for each in shown if not each.kind.plain_is_whole)
    assert carry(source, target, "things", kind, tmp_path, columns) == Summary(created=made)
    assert records(target, "things", lost) == records(source, "things", lost)
    assert b"s3cret" not in (tmp_path / f"things.{kind}").read_bytes()
    if columns:
        assert carry(source, target, "things", kind, tmp_path, columns) == Summary(unchanged=made)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_relations_travel_by_what_records_are_called(fresh: Open, kind: str, tmp_path: Path):
    source, target = fresh(), fresh()
    rest = source.program()
    target.user()
    acme, ace = (
        rest("POST", "/accounts", json={"name": name}).json()["data"]["id"]
        for name in ("Acme", "=Ace, the 2nd")
    )
    club = rest("POST", "/clubs", json={"name": "Club"}).json()["data"]["id"]
    boss = rest("POST", "/people", json={"first": "Ada", "last": "Öhman", "either": club}).json()["data"][
        "id"
    ]
    rest("POST", "/people", json={"last": "Solo", "account": acme, "clubs": [ace, acme], "either": acme})
    rest("POST", "/people", json={"last": "Low", "boss": boss, "seller": source.user()})
    for module, count in (("accounts", 2), ("clubs", 1), ("people", 3)):
        assert carry(source, target, module, kind, tmp_path).created == count
        assert records(target, module) == records(source, module)
    assert records(source, "people")[0]["number"]
