"""Records that may be there already: found on every door, shown with links, saved by who has seen them."""

import re
from argparse import ArgumentParser
from typing import Any

import pytest

from runtime.cli import command_files, load_command
from runtime.cli.base import CommandError

PACK = """
schemas/modules/accounts.yaml:
  title: name
  fields:
    name:    {type: text, required: true}
    email:   {type: email}
    phones:  {type: phone, many: true}
    address: {type: address}
    size:    {type: integer}
  duplicates:
    - {match: [name, address.city], fuzzy: 0.85}
    - {match: [email], action: refuse}
    - {match: [phones]}
schemas/modules/deals.yaml:
  fields:
    name:    {type: text, required: true}
    account: {type: relation, module: accounts}
  duplicates: {match: [name, account], fuzzy: 0.9}
"""

ACME = {
    "name": "Acme Trading Oy",
    "address": {"city": "Turku"},
    "email": "info@acme.example",
    "phones": ["+358401234567"],
}
NEAR: list[dict[str, Any]] = [
    {"name": "ACME Tradng ltd.", "address": {"city": "turku"}},
    {"name": "Trading Acme", "address": {"city": "Turku"}},
    {"name": "Ácme-Trading", "address": {"city": "Turku"}},
    {"name": "Something else", "phones": ["+358 50 123 9999", "040 123 4567"]},
]
FAR = [
    {"name": "Acme Trading", "address": {"city": "Helsinki"}},
    {"name": "Acme Trading"},
    {"name": "Zoo Trading", "address": {"city": "Turku"}},
    {"name": "Something else", "phones": ["040 123 4568"]},
]


IN_TURKU = {"address": "", "address:city": "Turku"}
"""What a form sends of an address."""


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def program(app):
    program = app.program()
    program.acme = made(program, ACME)
    return program


def made(program, values, path="/accounts"):
    answer = program("POST", path, json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"]


def refused(answer, status=409):
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, "duplicate" if status == 409 else "invalid")
    return [each["id"] for each in error.get("duplicates", ())]


@pytest.mark.parametrize("values", NEAR)
def test_a_program_is_told_what_may_be_there_already_and_may_save_it_all_the_same(program, values):
    answer = program("POST", "/accounts", json=values)
    assert refused(answer) == [program.acme]
    assert answer.json()["error"]["duplicates"][0]["title"] == "Acme Trading Oy"
    assert program("POST", "/accounts?duplicates=save", json=values).status_code == 201


@pytest.mark.parametrize("values", FAR)
def test_what_differs_more_is_no_duplicate(program, values):
    made(program, values)


def test_a_rule_may_refuse_what_is_there_already_whoever_insists(program):
    values = {"name": "Anything", "email": "Info@ACME.example"}
    assert refused(program("POST", "/accounts?duplicates=save", json=values), 422) == [program.acme]


def test_only_a_change_of_what_is_compared_asks_again(program):
    twin = program("POST", "/accounts?duplicates=save", json=NEAR[0]).json()["data"]["id"]
    assert program("PATCH", f"/accounts/{twin}", json={"size": 5}).status_code == 200
    assert program("PATCH", f"/accounts/{twin}", json={"name": NEAR[0]["name"]}).status_code == 200
    assert refused(program("PATCH", f"/accounts/{twin}", json={"name": "Acme trading"})) == [program.acme]
    path = f"/accounts/{twin}?duplicates=save"
    assert program("PATCH", path, json={"name": "Acme trading"}).status_code == 200


def test_what_was_changed_or_deleted_is_found_by_what_it_is_now(program):
    program("PATCH", f"/accounts/{program.acme}", json={"name": "Zebra Tools", "phones": []})
    made(program, {**NEAR[0], "size": 1})
    assert refused(program("POST", "/accounts", json={"name": "Zebra Tool", "address": {"city": "Turku"}}))
    program("DELETE", f"/accounts/{program.acme}")
    made(program, {"name": "Zebra Tool", "address": {"city": "Turku"}})
    program("POST", f"/accounts/{program.acme}/restore")
    assert program.acme in refused(
        program("POST", "/accounts", json={"name": "Zebra Tools", "address": {"city": "Turku"}})
    )


def test_related_records_are_compared_by_which_they_are(program):
    other = made(program, {"name": "Other"})
    first = made(program, {"name": "Big renewal", "account": program.acme}, "/deals")
    made(program, {"name": "Big renewal", "account": other}, "/deals")
    made(program, {"name": "Big renewal"}, "/deals")
    assert refused(program("POST", "/deals", json={"name": "Big renewel", "account": program.acme})) == [
        first
    ]


def test_a_batch_is_compared_with_itself_too(program):
    twins = [
        {"name": "New Works", "address": {"city": "Oulu"}},
        {"name": "New Work", "address": {"city": "Oulu"}},
    ]
    answer = program("POST", "/accounts/batch", json={"create": [*twins, NEAR[0]]})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], sorted(error["fields"])) == (
        409,
        "duplicate",
        ["create.1.name", "create.2.name"],
    )
    assert [(each["at"], each["id"]) for each in error["duplicates"]] == [("create.2", program.acme)]
    done = program("POST", "/accounts/batch?atomic=false", json={"create": twins}).json()["data"]["create"]
    assert [("id" in each) for each in done] == [True, False]
    again = program("POST", "/accounts/batch?duplicates=save", json={"create": twins})
    assert again.status_code == 200


def test_a_word_that_the_parameter_does_not_know_is_refused(program):
    assert program("POST", "/accounts?duplicates=yes", json=ACME).status_code == 400


def form_of(browser, path, **values):
    page = browser.post(path, **values)
    links = re.findall(r'<a href="(/app/accounts/\d+)" target="_blank"', page.text)
    return page, links


def test_a_form_shows_the_candidates_with_links_and_saves_anyway(app, program):
    browser = app.sign_in()
    near = {"name": "ACME Tradng", **IN_TURKU}
    page, links = form_of(browser, "/app/accounts/new", **near)
    assert (page.status, links) == (422, [f"/app/accounts/{program.acme}"])
    assert "Save anyway" in page
    assert page.error("name") == f"It may be there already: Acme Trading Oy (#{program.acme})."
    assert browser.post("/app/accounts/new", **near, _anyway="yes").status == 200
    page, links = form_of(browser, "/app/accounts/new", name="X", email="info@acme.example")
    assert (page.status, links, "Save anyway" in page) == (422, [f"/app/accounts/{program.acme}"], False)


def test_other_errors_come_first(app, program):
    near = {"name": "ACME Tradng", **IN_TURKU, "size": "many"}
    page, links = form_of(app.sign_in(), "/app/accounts/new", **near)
    assert (page.status, links, "Save anyway" in page) == (422, [], False)


def test_the_dialog_and_the_cell_ask_too(app, program):
    browser = app.sign_in()
    near = {"name": "Big renewal", "account": program.acme}
    made(program, near, "/deals")
    page = browser.post("/app/deals/create", **near)
    assert (page.status, "Save anyway" in page) == (422, True)
    other = made(program, {"name": "Else", "address": {"city": "Turku"}})
    address = f"/app/accounts/{other}/field/name"
    page = browser.post(address, name="Acme Trading")
    assert (page.status, "Save anyway" in page) == (422, True)
    assert browser.post(address, name="Acme Trading", _anyway="yes").status == 200
    assert program("GET", f"/accounts/{other}").json()["data"]["name"] == "Acme Trading"


def test_an_undo_is_not_asked(app, program):
    browser, card = app.sign_in(), f"/app/accounts/{program.acme}"
    saved = browser.post(f"{card}/field/name", name="Zebra")
    made(program, {"name": "ACME Tradng", "address": {"city": "Turku"}})
    browser.post(re.findall(r'action="(/undo/\d+)"', saved.text)[0], at=card)
    assert program("GET", f"/accounts/{program.acme}").json()["data"]["name"] == "Acme Trading Oy"


def run_import(app, *words):
    parser, command = ArgumentParser(), load_command(command_files()["import"])
    command.configure(parser)
    return command.run(parser.parse_args([str(word) for word in words]), app.house)


def test_an_import_reports_the_rows_that_may_be_there_already(app, program, tmp_path):
    rows = ["name,city", "ACME Tradng,Turku", "New Works,Oulu", "New Work,Oulu", "Other,Oulu"]
    file, map_file = tmp_path / "accounts.csv", tmp_path / "map.yaml"
    file.write_text("\n".join(rows) + "\n")
    columns = "columns: {name: name, city: address.city}\n"
    map_file.write_text(columns)
    command = ["accounts", file, "--map", map_file]
    assert run_import(app, *command) == 1
    errors = (tmp_path / "accounts.csv.errors.csv").read_text()
    assert f"It may be there already: Acme Trading Oy (#{program.acme})." in errors
    assert "is being saved with it is alike." in errors
    map_file.write_text(f"{columns}duplicates: save\n")
    assert run_import(app, *command) == 0
    names = [each["name"] for each in program("GET", "/accounts").json()["data"]]
    assert names.count("ACME Tradng") == 1
    map_file.write_text(f"{columns}duplicates: maybe\n")
    with pytest.raises(CommandError, match="The map has errors"):
        run_import(app, *command)
