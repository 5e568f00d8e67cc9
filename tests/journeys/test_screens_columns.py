"""Columns that a layout names: a related list shows what a link says, a form edits the rows' own."""

import re

import pytest

from tests.support.screens import make

PACK = """
    schemas/modules/people.yaml:
      title: name
      fields: {name: {type: text, required: true}}
    schemas/modules/groups_of.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        people:
          type: relations
          module: people
          inverse: groups_of
          link: {share: {type: percent}, fee: {type: money}, head: {type: boolean}}
      rows: {lines: {module: lines}}
    schemas/modules/lines.yaml:
      title: name
      fields:
        note: {type: text}
        name: {type: text, required: true}
        price: {type: money}
        hidden: {type: text, default: kept}
    schemas/layouts/groups_of.yaml:
      card:
        tabs:
          overview:
            main: {fields: [name, people]}
            lines: {rows: lines, columns: [price, note]}
            members: {related: people, columns: [link.share, name, link.fee]}
    schemas/layouts/people.yaml:
      card:
        tabs: {overview: {groups: {related: groups_of, columns: [name, link.share]}}}
"""

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite", "postgresql"], indirect=True)


def cells(page, block):
    table = page.text.partition(f'id="block-{block}"')[2].partition("</section>")[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", table, re.DOTALL)]


def test_a_related_list_shows_what_the_links_say_from_both_sides(crm):
    app = crm(PACK)
    ada, eve = (make(app, "people", name=name) for name in ("Ada", "Eve"))
    group = make(
        app,
        "groups_of",
        name="Board",
        people=[{"id": ada, "share": "12.5", "fee": "10", "head": True}, {"id": eve, "head": False}],
    )
    browser = app.sign_in()
    card = browser.get(f"/app/groups_of/{group}")
    found = cells(card, "members")  # each row ends in the button that takes it out
    assert (found[:3], found[4:7]) == ([f"#{eve}", "Eve", ""], ["12.5%", "Ada", "€10.00"])
    assert cells(browser.get(f"/app/people/{ada}"), "groups")[:2] == ["Board", "12.5%"]
    chips = card.text.partition('class="linked"')[2].partition("</dd>")[0]
    assert "Head" in chips
    assert "Yes" not in chips


def test_a_form_edits_the_columns_of_rows_and_what_must_be_filled_in(crm):
    app = crm(PACK)
    group = make(app, "groups_of", name="Board", lines=[{"name": "Rent", "hidden": "secret"}])
    browser = app.sign_in()
    form = browser.get(f"/app/groups_of/{group}/edit").text.partition('data-rows="lines"')[2]
    names = re.findall(r'name="lines\.(\d+)\.(\w+)', form.partition("</tbody>")[0])
    row = names[0][0]
    assert list(dict.fromkeys(key for _, key in names if key != "id")) == ["price", "note", "name"]
    line = app.program()("GET", f"/groups_of/{group}").json()["data"]["lines"][0]
    sent = {
        "lines": ["", row],
        f"lines.{row}.id": line["id"],
        f"lines.{row}.name": "Heating",
        f"lines.{row}.note": "",
        f"lines.{row}.price": "5",
        "name": "Board",
    }
    page = browser.post(f"/app/groups_of/{group}/edit", **sent)
    assert page.status == 200
    line = app.program()("GET", f"/groups_of/{group}").json()["data"]["lines"][0]
    assert (line["name"], line["hidden"]) == ("Heating", "secret")
