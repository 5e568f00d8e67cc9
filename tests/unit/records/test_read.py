"""Tests of reading one record, and its history."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from runtime.identity.actor import NOBODY, Actor
from runtime.model.values import Money, Ref
from runtime.records.read import Linked
from tests.unit.records.crm import NOW, Crm


def test_a_record_is_read_with_titles_links_and_rows(crm: Crm):
    ada = crm.create("users", name="Ada", email="ada@example.com")
    account = crm.create("accounts", name="Acme", manager=ada, revenue={"amount": "5"}, tags=["customer"])
    chai = crm.create("products", name="Chai")
    order = crm.create("orders", account=account, items=[{"product": chai, "quantity": 2, "price": "1.5"}])
    with crm.database.read() as connection:
        read = crm.records.record(connection, crm.actor, crm.moment(), "orders", order)
        of = crm.records.record(connection, crm.actor, crm.moment(), "accounts", account)
    assert read is not None
    assert of is not None
    assert (read.title, read.version, read.deleted) == ("ORD-2026-00001 Acme", 1, False)
    assert read.values["account"] == Ref("accounts", account, "Acme")
    (line,) = read.rows["items"]
    assert (line.values["product"], line.values["price"]) == (
        Ref("products", chai, "Chai"),
        Money(Decimal("1.50"), "EUR"),
    )
    assert of.values["manager"] == Ref("users", ada, "Ada")
    assert (of.values["revenue"], of.values["tags"]) == (Money(Decimal("5.00"), "EUR"), ("customer",))


def test_links_are_read_with_their_attributes(crm: Crm):
    bob = crm.create("contacts", name="Bob")
    ada = crm.create("contacts", name="Ada", friends=[{"id": bob, "since": "2020-01-31"}])
    with crm.database.read() as connection:
        read = crm.records.record(connection, crm.actor, crm.moment(), "contacts", ada)
    assert read is not None
    assert read.links["friends"] == (
        Linked(Ref("contacts", bob, "Bob"), {"since": date(2020, 1, 31), "closeness": None}),
    )


def test_an_unknown_a_deleted_and_a_forbidden_record_are_read_alike(crm: Crm):
    account = crm.create("accounts", name="Acme")
    gone = crm.create("accounts", name="Gone")
    crm.delete("accounts", gone)
    with crm.database.read() as connection:
        records, moment = crm.records, crm.moment()
        assert records.record(connection, NOBODY, moment, "accounts", account) is None
        assert records.history(connection, NOBODY, moment, "accounts", account) == []
        assert records.record(connection, crm.actor, moment, "accounts", gone) is None
        assert records.record(connection, crm.actor, moment, "accounts", 999_999) is None
        assert records.record(connection, crm.actor, moment, "nothing", account) is None
        binned = records.record(connection, crm.actor, moment, "accounts", gone, deleted="only")
    assert binned is not None
    assert binned.deleted


def test_a_deleted_record_is_read_with_the_rows_that_went_with_it(crm: Crm):
    account, chai = crm.create("accounts", name="Acme"), crm.create("products", name="Chai")
    order = crm.create("orders", account=account, items=[{"product": chai, "quantity": 2}])
    crm.delete("orders", order)
    with crm.database.read() as connection:
        read = crm.records.record(connection, crm.actor, crm.moment(), "orders", order, deleted="only")
    assert read is not None
    assert len(read.rows["items"]) == 1


def test_reading_takes_the_same_statements_for_one_row_and_for_many(crm: Crm):
    account = crm.create("accounts", name="Acme")
    products = [crm.create("products", name=f"Product {n}") for n in range(40)]
    needed = []
    for size in (1, 40):
        items = [{"product": product, "quantity": 1} for product in products[:size]]
        order = crm.create("orders", account=account, items=items)

        def read(order: int = order) -> None:
            with crm.database.read() as connection:
                crm.records.record(connection, crm.actor, crm.moment(), "orders", order)

        needed.append(crm.count(read))
    assert needed[0] == needed[1]


def test_a_history_says_who_what_and_how_long(crm: Crm):
    ada = crm.create("users", name="Ada", email="ada@example.com")
    actor = Actor(ada, admin=True, door="rest")
    one, two = crm.create("accounts", name="One"), crm.create("accounts", name="Two")
    contact = crm.create("contacts", name="Bob", account=one)
    moments = [NOW + timedelta(days=2), NOW + timedelta(days=5)]
    crm.actor = actor
    crm.clock.moment = moments[0]
    crm.update("contacts", contact, account=two)
    crm.clock.moment = moments[1]
    crm.update("contacts", contact, account=None)
    with crm.database.read() as connection:
        last, middle, first = crm.records.history(connection, actor, crm.moment(), "contacts", contact)
    assert (last.action, last.user, last.door, last.at) == (
        "updated",
        Ref("users", ada, "Ada"),
        "rest",
        moments[1],
    )
    (step,) = last.steps
    assert (step.old, step.new) == (Ref("accounts", two, "Two"), None)
    assert (step.held, step.until) == (timedelta(days=3), None)
    (step,) = middle.steps
    assert (step.old, step.held, step.until) == (Ref("accounts", one, "One"), timedelta(days=2), moments[1])
    assert (first.action, first.user, first.at) == ("created", None, datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert {each.key: (each.new, each.until) for each in first.steps} == {
        "name": ("Bob", None),
        "account": (Ref("accounts", one, "One"), moments[0]),
    }


def test_a_history_has_the_rows_too_and_leaves_out_what_is_not_logged(crm: Crm):
    account, chai = crm.create("accounts", name="Acme"), crm.create("products", name="Chai")
    order = crm.create("orders", account=account, items=[{"product": chai, "quantity": 2}])
    row = crm.all("order_lines")[0]["id"]
    crm.update("orders", order, items=[{"id": row, "quantity": 5}])
    crm.update("accounts", account, whisper="psst")
    with crm.database.read() as connection:
        history = crm.records.history(connection, crm.actor, crm.moment(), "orders", order)
        other = crm.records.history(connection, crm.actor, crm.moment(), "accounts", account)
    changed = next(each for each in history if each.module == "order_lines" and each.action == "updated")
    assert [(step.key, step.old, step.new) for step in changed.steps] == [("quantity", 2, 5)]
    assert [each.steps for each in other if each.action == "updated"] == [()]


def test_a_new_record_is_offered_with_its_defaults(crm: Crm):
    assert crm.records.defaults("accounts", Actor(5), crm.moment()) == {"kind": "prospect", "owner": 5}
    assert crm.records.defaults("order_lines", Actor(5), crm.moment()) == {}
