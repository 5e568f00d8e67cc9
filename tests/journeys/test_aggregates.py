"""Conditions over related records, rows and links, asked through REST and shown by a card."""

import pytest

from tests.support.rest import make, read

PACK = """
    pack.yaml:
      title: Shop
      version: 1.0.0
      currency: EUR
      constants: {big: 100}
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text}
    schemas/modules/people.yaml:
      title: name
      fields:
        name: {type: text}
    schemas/modules/orders.yaml:
      title: name
      fields:
        name: {type: text}
        account: {type: relation, module: accounts, inverse: orders}
        people: {type: relations, module: people, inverse: orders, link: {role: {type: text}}}
        bonus: {type: money}
      rows: {items: {module: order_items}}
    schemas/modules/order_items.yaml:
      title: text
      fields:
        text: {type: text}
        qty: {type: integer}
        price: {type: money}
    schemas/layouts/orders.yaml:
      card:
        tabs:
          overview:
            deal: {fields: [name, account], label: Always here}
            big: {fields: [bonus], label: Large order, when: sum(items.price) > const.big}
"""


@pytest.fixture
def app(crm):
    return crm(PACK)


@pytest.fixture
def rest(app):
    program = app.program()
    acme, dusty = (make(program, "accounts", name=name)["id"] for name in ("Acme", "Dusty"))
    ada, bo = (make(program, "people", name=name)["id"] for name in ("Ada", "Bo"))
    small = [{"text": "a", "qty": 1, "price": "10.10"}, {"text": "b", "qty": 2, "price": None}]
    large = [{"text": "c", "qty": 5, "price": "90.05"}, {"text": "a", "qty": 1, "price": "20.00"}]
    make(program, "orders", name="Small", account=acme, items=small, people=[{"id": ada, "role": "buyer"}])
    make(
        program, "orders", name="Large", account=acme, items=large, people=[{"id": bo, "role": "buyer"}, ada]
    )
    make(program, "orders", name="Empty", account=dusty)
    return program


@pytest.mark.parametrize(
    "module, where, names",
    [
        ("orders", "sum(items.price) == 10.10", ["Small"]),
        ("orders", "sum(items.price) > const.big", ["Large"]),
        ("orders", "sum(items.price) == 0", ["Empty"]),
        ("orders", "count(items, qty > 1) == 1", ["Large", "Small"]),
        ("orders", "first(items.text) == 'c'", ["Large"]),
        ("orders", "first(items.text, true, text) == 'a'", ["Large", "Small"]),
        ("orders", "avg(items.qty) == 1.5", ["Small"]),
        ("orders", "exists(people, link.role == 'buyer' and name == 'Ada')", ["Small"]),
        ("orders", "count(people) == 2", ["Large"]),
        ("orders", "any_of(items.text, ['b', 'c'])", ["Large", "Small"]),
        ("orders", "count(account.orders, id != this.id) == 1", ["Large", "Small"]),
        ("orders", "max(account.orders.items.qty) == 5", ["Large", "Small"]),
        ("orders", "is_empty(min(items.price))", ["Empty"]),
        ("orders", "lookup(people, name == 'Ada', name) == 'Ada' and name != 'Empty'", ["Large", "Small"]),
        ("accounts", "sum(orders.items.price) == 120.15", ["Acme"]),
        ("accounts", "exists(orders, name == 'Empty')", ["Dusty"]),
        ("people", "count(orders, link.role == 'buyer') == 1 and count(orders) == 2", ["Ada"]),
        ("order_items", "parent.name == 'Large' and qty * price > 100", ["c"]),
    ],
)
def test_records_are_found_by_what_is_related_to_them(rest, module, where, names):
    title = "text" if module == "order_items" else "name"
    found = read(rest, f"/{module}?fields={title}&sort={title}&count=exact&where={where.replace('+', '%2B')}")
    assert [each[title] for each in found["data"]] == names
    assert found["count"] == len(names)


def test_what_is_deleted_does_not_count(rest):
    large = read(rest, "/orders?where=name == 'Large'")["data"][0]["id"]
    assert rest("DELETE", f"/orders/{large}").status_code in (200, 204)
    assert [each["name"] for each in read(rest, "/accounts?where=count(orders) == 1&sort=name")["data"]] == [
        "Acme",
        "Dusty",
    ]


def test_a_card_shows_a_block_by_what_is_related(app, rest):
    browser = app.sign_in()
    ids = {each["name"]: each["id"] for each in read(rest, "/orders")["data"]}
    assert "Large order" in browser.get(f"/app/orders/{ids['Large']}").text
    assert "Large order" not in browser.get(f"/app/orders/{ids['Small']}").text


def test_what_cannot_be_asked_of_the_database_says_why(rest):
    answer = rest("GET", "/orders?where=json(name) == 'x'")
    assert answer.status_code == 400
    assert "json cannot be SQL" in answer.text
