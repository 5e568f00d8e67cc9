"""Tests of undoing a change set: what comes back, what goes, and what is kept because it changed since."""

import pytest

from runtime.identity.actor import NOBODY, Actor
from runtime.records.change import Change, Refused
from runtime.records.undo import Undo, Undone
from tests.unit.records.crm import Crm

People = dict[str, Actor]


@pytest.fixture
def people(crm: Crm) -> People:
    """Ada and Bo, who may both write."""
    return {
        name: Actor(crm.create("users", name=name, email=f"{name}@example.com"), name)
        for name in ("Ada", "Bo")
    }


def undo(crm: Crm, change_set: int | None, actor: Actor, only: set[int] | None = None) -> Undone:
    with crm.database.write() as tx:
        outcome = Undo(crm.writer).undo(tx, change_set or 0, actor, crm.parsing, only)
    assert isinstance(outcome, Undone), outcome
    return outcome


def change(crm: Crm, actor: Actor, module: str, record_id: int, **values: object) -> int:
    made = crm.saved(Change(module, values, record_id), actor=actor).change_set
    assert made is not None
    return made


def test_old_values_come_back_and_the_log_says_so(crm: Crm, people: People):
    account = crm.create("accounts", name="Acme", kind="prospect", revenue="10")
    values = {"name": "Apex", "kind": "customer", "revenue": "12.50", "tags": ["customer"]}
    done = change(crm, people["Ada"], "accounts", account, **values)
    outcome = undo(crm, done, people["Ada"])
    assert (outcome.records, outcome.kept) == (1, ())
    stored = crm.stored("accounts", account)
    assert [stored["name"], stored["kind"], stored["version"]] == ["Acme", "prospect", 3]
    assert crm.log(account)[-1]["new"]["revenue"] == {"amount": "10.00", "currency": "EUR"}


def test_a_cell_that_changed_since_is_kept_and_reported(crm: Crm, people: People):
    account = crm.create("accounts", name="Acme", code="a")
    done = change(crm, people["Ada"], "accounts", account, name="Apex", code="b")
    change(crm, people["Bo"], "accounts", account, code="c")
    outcome = undo(crm, done, people["Ada"])
    assert [(each.record_id, each.key, str(each.reason)) for each in outcome.kept] == [
        (account, "code", "Somebody has changed it since.")
    ]
    stored = crm.stored("accounts", account)
    assert (stored["name"], stored["code"]) == ("Acme", "c")


def test_what_was_created_goes_unless_somebody_else_has_changed_it(crm: Crm, people: People):
    ada, bo = people.values()
    mine = crm.saved(Change("accounts", {"name": "Mine"}), actor=ada)
    theirs = crm.saved(Change("accounts", {"name": "Theirs"}), actor=ada)
    change(crm, ada, "accounts", mine.id, code="m")
    change(crm, bo, "accounts", theirs.id, code="t")
    assert undo(crm, mine.change_set, ada).records == 1
    assert [each.record_id for each in undo(crm, theirs.change_set, ada).kept] == [theirs.id]
    assert [account["name"] for account in crm.all("accounts")] == ["Theirs"]


def test_what_was_deleted_comes_back_with_what_it_took_along(crm: Crm, people: People):
    account = crm.create("accounts", name="Acme")
    contact = crm.create("contacts", name="Cy", account=account)
    visit = crm.create("visits", subject="Hello", account=account)
    gone = crm.delete("accounts", account)
    outcome = undo(crm, gone.change_set, people["Ada"])
    assert outcome.kept == ()
    assert crm.stored("contacts", contact)["account"] == account
    assert crm.stored("visits", visit)["deleted_at"] is None
    again = undo(crm, outcome.change_sets[0], people["Ada"])
    assert again.kept == ()
    assert crm.stored("visits", visit)["deleted_at"] is not None
    assert crm.stored("contacts", contact)["account"] is None


def test_rows_turn_back_with_their_record(crm: Crm, people: People):
    account = crm.create("accounts", name="Acme")
    chai, tea, milk = (crm.create("products", name=name) for name in ("Chai", "Tea", "Milk"))
    items = [{"product": chai, "quantity": 1}, {"product": tea, "quantity": 2}]
    order = crm.create("orders", account=account, items=items)
    kept = crm.all("order_lines")[0]["id"]
    items = [{"id": kept, "quantity": 5}, {"product": milk, "quantity": 1}]
    done = change(crm, people["Ada"], "orders", order, day="2026-01-31", items=items)
    assert undo(crm, done, people["Ada"]).kept == ()
    assert [(row["product"], row["quantity"]) for row in crm.all("order_lines")] == [(chai, 1), (tea, 2)]
    assert crm.stored("orders", order)["day"] is None


def test_links_that_others_added_since_stay(crm: Crm, people: People):
    one, bo, cy, di = (crm.create("contacts", name=name) for name in ("One", "Bo", "Cy", "Di"))
    change(crm, people["Ada"], "contacts", one, friends=[{"id": bo, "closeness": "1.5"}])
    done = change(crm, people["Ada"], "contacts", one, friends=[cy])
    change(crm, people["Bo"], "contacts", one, friends=[cy, di])
    assert undo(crm, done, people["Ada"]).kept == ()
    links = crm.links("contacts", "friends", one)
    assert sorted(link["target_id"] for link in links) == sorted([bo, di])
    assert str(next(link for link in links if link["target_id"] == bo)["closeness"]) == "1.50"


def test_a_change_is_undone_once_and_only_by_those_who_may_write(crm: Crm, people: People):
    account = crm.create("accounts", name="Acme")
    done = change(crm, people["Ada"], "accounts", account, name="Apex")
    assert undo(crm, done, NOBODY).kept[0].record_id == account
    assert crm.stored("accounts", account)["name"] == "Apex"
    assert undo(crm, done, people["Bo"]).records == 1
    with crm.database.write() as tx:
        outcome = Undo(crm.writer).undo(tx, done, people["Ada"], crm.parsing)
    assert isinstance(outcome, Refused)
    assert outcome.kind == "not_found"


def test_one_record_of_a_batch_is_undone_alone(crm: Crm, people: People):
    one, two = (crm.create("accounts", name=name) for name in ("One", "Two"))
    saved = crm.save(*(Change("accounts", {"kind": "customer"}, each) for each in (one, two)))
    done = getattr(saved[0], "change_set", None)
    assert undo(crm, done, people["Ada"], only={one}).records == 1
    kinds = {account["name"]: account["kind"] for account in crm.all("accounts")}
    assert kinds == {"One": "prospect", "Two": "customer"}
    assert undo(crm, done, people["Ada"]).records == 1


def test_an_undo_asks_as_many_statements_for_many_records_as_for_one(crm: Crm, people: People):
    def counted(number: int) -> int:
        ids = [crm.create("accounts", name=f"A{n}") for n in range(number)]
        saved = crm.save(*(Change("accounts", {"name": "B"}, each) for each in ids))
        return crm.count(lambda: undo(crm, getattr(saved[0], "change_set", None), people["Ada"]))

    assert counted(2) == counted(20)
