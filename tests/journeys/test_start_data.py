"""A new database starts with the records of its pack, once; a start that is refused leaves nothing."""

from argparse import ArgumentParser
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from runtime.assembly import House
from runtime.cli.apply import ApplyCommand
from runtime.cli.base import DONE, WRONG_INPUT, CommandError
from tests.support.crm import App, write_pack

SCHEMAS = """
    schemas/picklists/kinds.yaml:
      values:
        prospect: {}
        customer: {label: Good customer}
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true, unique: true}
        type: {type: picklist, picklist: kinds, default: prospect}
        revenue: {type: money}
        founded: {type: date}
        main: {type: relation, module: contacts}
        above: {type: relation, module: accounts}
    schemas/modules/contacts.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts, required: true, inverse: contacts}
        about: {type: relation, modules: [accounts, deals]}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts}
        people:
          type: relations
          module: contacts
          link:
            role: {type: text}
      rows:
        lines: {module: deal_lines}
    schemas/modules/deal_lines.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        quantity: {type: decimal, scale: 1}
        seller: {type: relation, module: contacts}
"""

DATA = """
    data/deals.yaml:
      big:
        name: Big
        account: =acme
        people: [{id: =ada, role: buyer}, =eve]
        lines:
          - {name: Licence, quantity: 2.5, seller: =eve}
          - {name: Training}
    data/contacts.csv:
      key,name,account,about
      ada,"Ada ""A"" Lovelace, Countess",=acme,=deals.big
      eve,Eve,=accounts.acme,
      ,Nobody's,=daughter,=accounts.acme
    data/accounts.csv:
      key,name,type,revenue,founded,above
      daughter,Daughter,,,,=acme
      acme,Acme,Good customer,1250.50,2001-02-03,=acme
"""


def everything(app: App, module: str) -> dict[str, dict[str, Any]]:
    records = app.program()("GET", f"/{module}?limit=100").json()["data"]
    return {record["name"]: record for record in records}


def test_a_new_database_has_the_records_of_the_pack(crm: Callable[..., App]) -> None:
    app = crm(SCHEMAS + DATA)
    accounts, contacts = everything(app, "accounts"), everything(app, "contacts")
    acme, ada = accounts["Acme"], contacts['Ada "A" Lovelace, Countess']
    assert set(accounts) == {"Acme", "Daughter"}
    assert acme["type"] == "customer"
    assert acme["revenue"] == {"amount": "1250.50", "currency": "EUR"}
    assert acme["founded"] == "2001-02-03"
    assert accounts["Daughter"]["type"] == "prospect"
    assert accounts["Daughter"]["above"] == acme["above"] == {"id": acme["id"], "title": "Acme"}
    assert contacts["Nobody's"]["account"]["id"] == accounts["Daughter"]["id"]
    assert contacts["Nobody's"]["about"]["id"] == acme["id"]

    deal = app.program()("GET", f"/deals/{everything(app, 'deals')['Big']['id']}").json()["data"]
    assert ada["about"]["id"] == deal["id"]
    assert deal["account"]["id"] == acme["id"]
    assert [(link["title"], link.get("role")) for link in deal["people"]] == [
        ('Ada "A" Lovelace, Countess', "buyer"),
        ("Eve", None),
    ]
    assert [(row["name"], row["quantity"]) for row in deal["lines"]] == [
        ("Licence", "2.5"),
        ("Training", None),
    ]
    assert deal["lines"][0]["seller"]["title"] == "Eve"


def test_a_circle_is_filled_in_at_the_end(crm: Callable[..., App]) -> None:
    app = crm(
        SCHEMAS
        + """
    data/accounts.yaml:
      acme: {name: Acme, main: =ada}
    data/contacts.yaml:
      ada: {name: Ada, account: =acme, about: =acme}
"""
    )
    acme, ada = everything(app, "accounts")["Acme"], everything(app, "contacts")["Ada"]
    assert acme["main"]["id"] == ada["id"]
    assert ada["account"]["id"] == ada["about"]["id"] == acme["id"]
    assert (acme["version"], ada["version"]) == (2, 1)


def test_the_records_go_in_once(crm: Callable[..., App]) -> None:
    app = crm(SCHEMAS + DATA)
    program = app.program()
    (eve,) = [one for one in everything(app, "contacts").values() if one["name"] == "Eve"]
    assert program("PATCH", f"/contacts/{eve['id']}", json={"name": "Eva"}).status_code == 200
    write_pack(app.folder, SCHEMAS + DATA.replace("name: Big", "name: Bigger"))
    app.site.apply_pack()
    other = app.house.open_site(app.folder)
    other.close()
    assert sorted(everything(app, "contacts")) == ['Ada "A" Lovelace, Countess', "Eva", "Nobody's"]
    assert list(everything(app, "deals")) == ["Big"]


def test_the_history_says_that_the_data_brought_them(crm: Callable[..., App]) -> None:
    app = crm(SCHEMAS + DATA)
    log = app.site.live.tables.change_sets
    with app.site.database.read() as connection:
        rows = connection.execute(log.select()).all()
    assert {(row.door, row.user_id) for row in rows} == {("data", None)}


LAYER = """
    pack.yaml:
      title: Top
      version: 1.0.0
      requires: {base: ">=1.0"}
    data/accounts.yaml:
      acme: {name: Acme Oy}
      old: null
      sister: {name: Sister, above: =acme}
    data/contacts.yaml:
      bob: {name: Bob, account: =sister}
"""
BASE = """
    data/accounts.csv:
      key,name,type
      acme,Acme,customer
      old,Old,
"""


def test_a_layer_changes_a_record_and_takes_one_out(crm: Callable[..., App], tmp_path: Path) -> None:
    write_pack(tmp_path / "base", SCHEMAS + BASE)
    app = crm(LAYER)
    accounts = everything(app, "accounts")
    assert set(accounts) == {"Acme Oy", "Sister"}
    assert accounts["Acme Oy"]["type"] == "customer"
    assert everything(app, "contacts")["Bob"]["account"]["id"] == accounts["Sister"]["id"]


TWICE = """
    data/accounts.yaml:
      acme: {name: Acme}
      other:
        name: Acme
"""


def apply(pack: Path, house: House) -> int:
    parser = ArgumentParser()
    ApplyCommand().configure(parser)
    return ApplyCommand().run(parser.parse_args([str(pack), "--yes"]), house)


def test_a_refused_start_says_where_and_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", SCHEMAS + TWICE)
    said = StringIO()
    house = House({"TRELLIS_DATABASE": database_url}, said, said, folder=tmp_path)
    for start in (lambda: apply(pack, house), lambda: house.open_site(pack)):
        with pytest.raises(CommandError) as refused:
            start()
        assert refused.value.exit_code == WRONG_INPUT
        first, *places = str(refused.value).split("\n")
        assert first == "The records to start with are refused, and nothing is applied:"
        assert {place.partition(": ")[0] for place in places} <= {
            "data/accounts.yaml:1:14",
            "data/accounts.yaml:3:9",
        }
        assert places
    with pytest.raises(CommandError, match="The database is empty"):
        house.open_site(None)

    write_pack(pack, TWICE.replace("        name: Acme", "        name: Other"))
    assert apply(pack, house) == DONE
    assert "Applied as revision 1.\nRecords to start with: 2." in said.getvalue()
    site = house.open_site(None)
    try:
        with site.database.read() as connection:
            rows = connection.execute(site.live.tables.module("accounts").table.select()).all()
        assert sorted(row.name for row in rows) == ["Acme", "Other"]
    finally:
        site.close()
