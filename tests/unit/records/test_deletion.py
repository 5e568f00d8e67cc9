"""Tests of deleting and restoring: what goes along, what is emptied, what refuses, and what comes back."""

from runtime.records.change import Change, Saved
from runtime.records.deletion import effects
from tests.unit.records.crm import Crm


def test_who_points_at_a_record_keeps_it_where_the_relation_restricts(crm: Crm):
    account = crm.create("accounts", name="Acme")
    for _ in range(2):
        crm.create("orders", account=account)
    change = Change("accounts", id=account, action="delete")
    assert crm.kind(change) == "restricted"
    assert crm.refused(change) == {"": ["It cannot be deleted: 2 Orders point at it."]}
    assert crm.stored("accounts", account)["deleted_at"] is None


def test_a_deletion_clears_and_cascades_and_a_restore_brings_all_back(crm: Crm):
    account, parent = crm.create("accounts", name="Acme"), crm.create("accounts", name="Parent")
    crm.update("accounts", account, parent_account=parent)
    contact = crm.create("contacts", name="Ada", account=account)
    visit = crm.create("visits", subject="Hello", account=account)
    daughter = crm.create("accounts", name="Daughter", parent_account=account)

    deleted = crm.delete("accounts", account)
    assert (deleted.action, deleted.version) == ("deleted", 3)
    assert crm.stored("contacts", contact)["account"] is None
    assert crm.stored("contacts", contact)["version"] == 2
    assert crm.stored("visits", visit)["deleted_at"] is not None
    assert crm.stored("accounts", daughter)["parent_account"] is None

    restored = crm.restore("accounts", account)
    assert (restored.action, restored.version) == ("restored", 4)
    assert crm.stored("accounts", account)["parent_account"] == parent
    assert crm.stored("contacts", contact)["account"] == account
    assert crm.stored("visits", visit)["deleted_at"] is None
    assert crm.stored("accounts", daughter)["parent_account"] == account
    assert [entry["action"] for entry in crm.log(visit)] == ["created", "deleted", "restored"]


def test_rows_go_and_come_with_their_record_but_not_those_removed_before(crm: Crm):
    account = crm.create("accounts", name="Acme")
    products = [crm.create("products", name=name) for name in ("Chai", "Tea")]
    order = crm.create("orders", account=account, items=[{"product": one, "quantity": 1} for one in products])
    kept = crm.all("order_lines")[0]["id"]
    crm.update("orders", order, items=[{"id": kept}])
    crm.delete("orders", order)
    assert crm.all("order_lines") == []
    crm.restore("orders", order)
    assert [row["id"] for row in crm.all("order_lines")] == [kept]


def test_a_restore_does_not_overwrite_what_was_filled_since(crm: Crm):
    account, other = crm.create("accounts", name="Acme"), crm.create("accounts", name="Other")
    contact = crm.create("contacts", name="Ada", account=account)
    crm.delete("accounts", account)
    crm.update("contacts", contact, account=other)
    crm.restore("accounts", account)
    assert crm.stored("contacts", contact)["account"] == other


def test_of_records_deleted_together_each_brings_back_only_its_own(crm: Crm):
    one, two = crm.create("accounts", name="One"), crm.create("accounts", name="Two")
    visits = [
        crm.create("visits", subject=name, account=account) for name, account in (("1", one), ("2", two))
    ]
    outcomes = crm.save(*(Change("accounts", id=each, action="delete") for each in (one, two)))
    assert all(isinstance(outcome, Saved) for outcome in outcomes)
    crm.restore("accounts", one)
    assert crm.stored("visits", visits[0])["deleted_at"] is None
    assert crm.stored("visits", visits[1])["deleted_at"] is not None


def test_a_visit_deleted_earlier_stays_in_the_bin(crm: Crm):
    account = crm.create("accounts", name="Acme")
    visit = crm.create("visits", subject="Hello", account=account)
    crm.delete("visits", visit)
    crm.delete("accounts", account)
    crm.restore("accounts", account)
    assert crm.stored("visits", visit)["deleted_at"] is not None


def test_a_record_that_goes_along_does_not_stand_in_the_way(crm: Crm):
    account = crm.create("accounts", name="Acme")
    order = crm.create("orders", account=account)
    changes = [
        Change(module, id=each, action="delete")
        for module, each in (("orders", order), ("accounts", account))
    ]
    assert [type(outcome).__name__ for outcome in crm.save(*changes)] == ["Saved", "Saved"]


def test_a_restore_is_refused_where_a_unique_value_was_given_away(crm: Crm):
    account = crm.create("accounts", name="Acme", code="A1")
    crm.delete("accounts", account)
    crm.create("accounts", name="Heir", code="A1")
    assert list(crm.refused(Change("accounts", id=account, action="restore"))) == ["code"]


def test_a_restore_is_refused_while_what_it_needs_is_deleted(crm: Crm):
    account = crm.create("accounts", name="Acme")
    order = crm.create("orders", account=account)
    crm.delete("orders", order)
    crm.delete("accounts", account)
    change = Change("orders", id=order, action="restore")
    assert crm.kind(change) == "restricted"
    assert crm.refused(change) == {"": ["Account is deleted: restore that record first."]}
    crm.restore("accounts", account)
    assert crm.restore("orders", order).action == "restored"


def test_a_field_that_may_be_empty_is_emptied_when_its_record_is_gone(crm: Crm):
    account = crm.create("accounts", name="Acme")
    contact = crm.create("contacts", name="Ada", account=account)
    crm.delete("contacts", contact)
    crm.delete("accounts", account)
    crm.restore("contacts", contact)
    assert crm.stored("contacts", contact)["account"] is None
    assert crm.log(contact)[-1]["old"] == {"account": account}


def test_links_come_back_with_the_record(crm: Crm):
    ada, bob = crm.create("contacts", name="Ada"), crm.create("contacts", name="Bob")
    crm.update("contacts", ada, friends=[bob])
    crm.delete("contacts", bob)
    crm.restore("contacts", bob)
    assert [link["target_id"] for link in crm.links("contacts", "friends", ada)] == [bob]


def test_a_live_record_is_not_restored_and_a_deleted_one_not_deleted(crm: Crm):
    account = crm.create("accounts", name="Acme")
    assert crm.kind(Change("accounts", id=account, action="restore")) == "not_found"
    crm.delete("accounts", account)
    assert crm.kind(Change("accounts", id=account, action="delete")) == "not_found"


def test_a_stale_deletion_is_a_conflict(crm: Crm):
    account = crm.create("accounts", name="Acme")
    crm.update("accounts", account, name="Acme Ltd")
    assert crm.kind(Change("accounts", id=account, action="delete", version=1)) == "conflict"


def test_what_a_deletion_would_do_is_told_before(crm: Crm):
    account = crm.create("accounts", name="Acme")
    crm.create("orders", account=account)
    crm.create("contacts", name="Ada", account=account)
    crm.create("visits", subject="Hello", account=account)
    plans = crm.writer.plans
    with crm.database.read() as connection:
        told = effects(connection, plans, plans["accounts"], account)
    assert told.blocked == (("orders", 1),)
    assert told.gone == (("visits", 1),)
    assert told.cleared == (("contacts", 1),)


def test_a_deletion_takes_the_same_statements_for_one_and_for_many(crm: Crm):
    def made(size: int) -> list[int]:
        accounts = crm.save(*(Change("accounts", {"name": str(n)}) for n in range(size)))
        ids = [outcome.id for outcome in accounts if isinstance(outcome, Saved)]
        crm.save(*(Change("visits", {"subject": "x", "account": each}) for each in ids))
        crm.save(*(Change("contacts", {"name": "x", "account": each}) for each in ids))
        return ids

    needed = []
    for size in (1, 50, 500):
        ids = made(size)
        needed.append(
            [
                crm.count(crm.save, *(Change("accounts", id=each, action=action) for each in ids))
                for action in ("delete", "restore")
            ]
        )
    for counts in zip(*needed, strict=True):
        assert max(counts) - min(counts) <= 3, needed
    assert len(crm.all("visits")) == 551
