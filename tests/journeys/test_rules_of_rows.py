"""Rules of rows: each row of a form is shown, required, locked and limited by what stands in it."""

import pytest

PACK = """
    schemas/picklists/kinds.yaml:
      values: {goods: {label: Goods}, service: {label: Service}, gift: {label: Gift}}
    schemas/picklists/units.yaml:
      values: {piece: {label: Piece}, hour: {label: Hour}}
    schemas/modules/firms.yaml:
      title: name
      fields: {name: {type: text}}
    schemas/modules/orders.yaml:
      title: name
      fields:
        name: {type: text}
        strict: {type: boolean}
      rows:
        items: {module: items}
    schemas/layouts/orders.yaml:
      card: {tabs: {all: {main: {fields: [name, strict]}, lines: {rows: items}}}}
    schemas/modules/items.yaml:
      fields:
        what: {type: text}
        kind: {type: picklist, picklist: kinds, default: goods}
        unit: {type: picklist, picklist: units}
        hours: {type: integer}
        price: {type: integer}
        done: {type: boolean}
      rules:
        service: {when: kind == 'service', show: [hours], require: [hours], limit: {unit: [hour]}}
        gift: {when: kind == 'gift', set: {price: 0}}
        strict: {when: parent.strict, require: [what]}
        done: {when: done, readonly: [price]}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


def rules(app, path="/app/orders/new", **typed):
    browser = app.sign_in()
    form = browser.get(path.removesuffix("/rules"))
    answer = browser.client.post(f"{path}/rules", data={"_csrf": form.hidden("_csrf"), **typed})
    assert answer.status_code == 200, answer.text
    return answer.json()


def row(name, **values):
    return {"items": ["", name], **{f"items.{name}.{key}": value for key, value in values.items()}}


def test_each_row_follows_what_is_typed_into_it(app):
    said = rules(app, **row("n1", what="Desk", kind="goods"))
    assert (said["hidden"], said["required"]) == (["items.n1.hours"], [])
    said = rules(app, **row("n1", what="Advice", kind="service"))
    assert (said["hidden"], said["required"]) == ([], ["items.n1.hours"])
    assert said["limits"] == {"items.n1.unit": ["hour"]}
    said = rules(app, **row("n1", kind="gift"))
    assert 'name="items.n1.price" class="form-control num" value="0"' in said["values"]["items.n1.price"]


def test_a_row_looks_at_its_record_as_it_is_typed(app):
    assert rules(app, strict="true", **row("n1", kind="goods"))["required"] == ["items.n1.what"]
    assert rules(app, **row("n1", kind="goods"))["required"] == []


def test_two_rows_differ_and_the_blank_one_is_drawn_by_its_default(app):
    first, second = row("n1", kind="service"), row("n2", kind="goods")
    said = rules(app, **{**first, **second, "items": ["", "n1", "n2"]})
    assert (said["hidden"], said["required"]) == (["items.n2.hours"], ["items.n1.hours"])
    blank = app.sign_in().get("/app/orders/new").text.partition("<template>")[2]
    assert 'data-field="items.__key__.hours" hidden' in blank
    assert 'data-field="items.__key__.what">' in blank


def test_standing_rows_are_drawn_as_their_rules_have_them_and_keep_to_them(app):
    lines = [
        {"what": "A", "kind": "service", "hours": 2, "unit": "hour"},
        {"what": "B", "price": 5, "done": True},
    ]
    order = app.program()("POST", "/orders", json={"name": "O", "items": lines}).json()["data"]
    one, two = (each["id"] for each in order["items"])
    page = app.sign_in().get(f"/app/orders/{order['id']}/edit").text
    assert f'data-field="items.{one}.hours">' in page
    assert f'data-field="items.{two}.hours" hidden' in page
    assert f'name="items.{two}.price"' not in page
    assert f'name="items.{one}.price"' in page
    change = {"items": [{"id": one}, {"id": two, "price": 6}]}
    answer = app.program()("PATCH", f"/orders/{order['id']}", json=change)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["items.1.price"])


@pytest.mark.parametrize(
    "values,wrong",
    [
        ({"kind": "service"}, ["items.0.hours"]),
        ({"kind": "goods", "hours": 3}, ["items.0.hours"]),
        ({"kind": "service", "hours": 3, "unit": "piece"}, ["items.0.unit"]),
    ],
)
def test_the_writer_holds_rows_to_their_rules(app, values, wrong):
    answer = app.program()("POST", "/orders", json={"name": "O", "items": [values]})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, wrong)


def test_what_a_rule_sets_in_a_row_is_stored(app):
    made = app.program()("POST", "/orders", json={"name": "O", "items": [{"kind": "gift"}]}).json()["data"]
    assert made["items"][0]["price"] == 0
