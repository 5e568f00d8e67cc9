"""Where-used: on the command line, of a pack and of a running site, and in Setup."""

import json
from dataclasses import replace

import pytest

from runtime.cli.base import CommandError
from runtime.records.saved_filters import SavedFilter
from tests.support.screens import submit
from tests.support.shop import PACK
from tests.unit.records.terminal import Terminal


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def terminal(app, tmp_path, database_url):
    return Terminal(tmp_path, database_url)


def test_the_uses_of_a_field_are_listed_with_their_places(app, terminal):
    code, said = terminal.run("where-used", "orders.price", app.folder)
    assert code == 0
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[0] == "orders.price: field, used 3 times"
    assert (
        "reads formulas/orders.yaml:1:30 formula formulas.orders.total.value"
        " price * (100 - account.discount) / 100"
    ) in lines
    assert any(line.startswith("reads schemas/modules/orders.yaml:8:32 default") for line in lines)


def test_the_applied_revision_is_asked_without_a_pack_and_what_users_keep_is_told(app, terminal):
    browser = app.sign_in()
    page = browser.get("/app/orders/columns")
    sent = {"_csrf": page.hidden("_csrf"), "column": ["name", "account.discount"]}
    assert browser.client.post("/app/orders/columns", data=sent).status_code == 200
    code, said = terminal.run("where-used", "accounts.discount", "--format", "json")
    assert code == 0
    (thing,) = json.loads(said)
    kept = [use for use in thing["uses"] if use["user"]]
    assert [(use["does"], use["kind"], use["path"], use["text"], use["user"]) for use in kept] == [
        ("shows", "chosen_columns", "orders.all.columns", "account.discount", "Admin")
    ]
    assert ("formulas/orders.yaml", 1) in {(use["file"], use["line"]) for use in thing["uses"]}


def test_what_users_save_as_filters_is_told_too(app, terminal):
    app.user("sue@example.com", admin=False)
    user, where = app.user("sue@example.com"), "price > 5 and stage.kind == 'won'"
    with app.site.database.write() as tx:
        sue = SavedFilter(0, user, "orders", "Mine", where, ("name", "account.discount"), "-price")
        app.site.live.saved_filters.add(tx, sue)
        app.site.live.saved_filters.add(tx, replace(sue, name="Broken", where="nothing == 1"))
    expected = {
        "orders.price": ["reads Mine, where", "reads Mine, sort", "reads Broken, sort"],
        "accounts.discount": ["shows Mine, columns", "shows Broken, columns"],
        "stage": ["reads Mine, where"],
    }
    for name, told in expected.items():
        _, said = terminal.run("where-used", name, "--format", "json")
        found = [use for thing in json.loads(said) for use in thing["uses"] if use["kind"] == "saved_filter"]
        assert [f"{use['does']} {use['path'].removeprefix('orders: ')}" for use in found] == told
        assert {use["user"] for use in found} == {"Sue"}


def test_the_maps_of_imports_are_told_too(app, terminal):
    browser, rows = app.sign_in(), "Name;Price\nBig;12\n"
    mapped = submit(browser, "/app/orders/import", files={"file": ("orders.csv", rows.encode())})
    submit(browser, mapped, {"action": "dry"})
    _, said = terminal.run("where-used", "orders.price", "--format", "json")
    (use,) = [use for use in json.loads(said)[0]["uses"] if use["kind"] == "import_map"]
    assert (use["does"], use["path"], use["text"], use["user"]) == (
        "writes",
        "orders: orders.csv",
        "Price",
        "Admin",
    )


def test_a_name_that_is_not_there_suggests_one(terminal):
    with pytest.raises(CommandError, match=r'Did you mean "orders\.price"') as refused:
        terminal.run("where-used", "orders.prise")
    assert refused.value.exit_code == 1


def test_a_field_that_nothing_uses_says_so(app, terminal):
    code, said = terminal.run("where-used", "order_items.text", app.folder)
    assert (code, said.splitlines()[0]) == (0, "order_items.text: field, used once")


def test_setup_shows_where_a_field_is_used_each_place_a_link(app):
    browser = app.sign_in()
    assert (
        '<a href="/admin/setup?show=fields.orders.price">'
        in browser.get("/admin/setup?show=modules.orders").text
    )
    page = browser.get("/admin/setup?show=fields.orders.price")
    assert "Where it is used" in page
    assert "formulas.orders.total.value" in page
    assert 'href="/admin/source?file=formulas%2Forders.yaml#line-1"' in page.text
    source = browser.get("/admin/source?file=formulas%2Forders.yaml")
    assert 'id="line-1"' in source.text
    assert "price * (100 - account.discount)" in source
    value = browser.get("/admin/setup?show=values.stage.won")
    assert "formulas.orders.total.when" in value
    for missing in (
        "setup?show=fields.orders.nothing",
        "setup?show=values.stage.nothing",
        "source?file=nothing",
    ):
        assert browser.get(f"/admin/{missing}").status == 404
    assert app.sign_in("sue@example.com", admin=False).get("/admin/source?file=pack.yaml").status == 403
