"""Tests of what a save does by itself: defaults and conditions behind an =, and the module's checks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from tests.unit.records.crm import NOW, Crm

TODAY = NOW.date()


@pytest.fixture
def ada(dynamic: Crm) -> Actor:
    """A user."""
    return Actor(dynamic.create("users", name="Ada", email="ada@example.com"))


def test_a_default_is_worked_out_from_the_record_and_what_it_points_at(dynamic: Crm, ada: Actor):
    account = dynamic.create("accounts", name="Acme", code="NORTH")
    made = dynamic.saved(Change("deals", {"name": "Big", "account": account}), actor=ada).id
    record = dynamic.stored("deals", made)
    assert (record["created_on"], record["close_date"]) == (TODAY, TODAY + timedelta(days=14))
    assert (record["region"], record["seller"]) == ("NORTH", ada.user_id)


def test_a_default_reads_what_was_given_and_leaves_what_was_given(dynamic: Crm):
    made = dynamic.create("deals", name="Big", created_on="2026-04-01", region="South")
    record = dynamic.stored("deals", made)
    assert (record["close_date"], record["region"]) == (date(2026, 4, 15), "South")
    dynamic.update("deals", made, region=None)
    assert dynamic.stored("deals", made)["region"] is None


def test_a_required_field_may_be_filled_by_its_default_and_not_be_emptied(dynamic: Crm):
    made = dynamic.create("deals", name="Big")
    assert dynamic.refused(Change("deals", {"close_date": None}, id=made)) == {
        "close_date": ["Close date is required."]
    }
    assert dynamic.refused(Change("deals", {"name": "Big", "close_date": None})) == {
        "close_date": ["Close date is required."]
    }


def test_a_row_reads_its_record_in_its_defaults(dynamic: Crm):
    made = dynamic.create("deals", name="Big", parts=[{}, {"name": "Extra", "price": "3.50"}])
    first, second = dynamic.all("deal_parts")
    assert (first["name"], first["price"], first["price__currency"]) == ("Big, part", Decimal("10.00"), "EUR")
    assert (second["name"], second["price"]) == ("Extra", Decimal("3.50"))
    dynamic.create("deal_parts", parent=made)
    assert dynamic.all("deal_parts")[2]["name"] == "Big, part"


def test_a_field_is_required_while_its_condition_holds(dynamic: Crm):
    made = dynamic.create("deals", name="Big")
    wanted = {"lost_reason": ["Lost reason is required."]}
    assert dynamic.refused(Change("deals", {"stage": "lost"}, id=made)) == wanted
    assert dynamic.refused(Change("deals", {"name": "Other", "stage": "lost"})) == wanted
    dynamic.update("deals", made, stage="lost", lost_reason="Price")


def test_a_field_is_read_only_while_the_record_as_it_stands_fulfils_its_condition(dynamic: Crm, ada: Actor):
    made = dynamic.create("deals", name="Big", stage="won", amount="10", code="A")
    assert dynamic.refused(Change("deals", {"amount": "11", "code": "B"}, id=made), actor=ada) == {
        "amount": ["Amount is read-only."],
        "code": ["Code is read-only."],
    }
    assert dynamic.saved(Change("deals", {"amount": "10"}, id=made), actor=ada).action == "unchanged"
    dynamic.saved(Change("deals", {"stage": "open"}, id=made), actor=ada)
    dynamic.saved(Change("deals", {"stage": "won", "amount": "12"}, id=made), actor=ada)


def test_a_check_refuses_at_its_place_and_speaks_the_users_language(dynamic: Crm):
    (outcome,) = dynamic.save(Change("deals", {"name": "Big", "close_date": "2026-03-03"}))
    assert isinstance(outcome, Refused)
    (reason,) = outcome.errors["close_date"]
    assert reason.render() == "The closing date is before the deal was created."
    assert reason.render(language="fi") == "Liian aikainen."


def test_a_check_counts_rows_as_they_will_be(dynamic: Crm):
    wrong = {"": ["A deal has two parts at most."]}
    assert dynamic.refused(Change("deals", {"name": "Big", "parts": [{}, {}, {}]})) == wrong
    made = dynamic.create("deals", name="Big", parts=[{}, {}], amount="20")
    assert dynamic.refused(Change("deals", {"amount": "19"}, id=made)) == {
        "": ["The parts cost more than the deal."]
    }
    dynamic.update("deals", made, amount="19", parts=[{}])


def test_the_questions_are_as_many_for_any_number_of_records(dynamic: Crm):
    account = dynamic.create("accounts", name="Acme", code="N")

    def questions(changes: list[Change]) -> int:
        dynamic.count(dynamic.save, *changes)
        return sum(statement.startswith("SELECT") for statement in dynamic.statements)

    def new(count: int) -> list[Change]:
        values = {"name": "Deal", "account": account, "parts": [{}]}
        return [Change("deals", values)] * count

    assert questions(new(1)) == questions(new(100)) == questions(new(1000))
    ids = [record["id"] for record in dynamic.all("deals")]
    won = [Change("deals", {"stage": "won"}, id=each) for each in ids]
    assert questions(won[:1]) == questions(won[1:101]) == questions(won[101:])


def test_a_hidden_field_keeps_its_value_and_takes_no_new_one_of_a_user(dynamic: Crm, ada: Actor):
    made = dynamic.saved(Change("cases", {"name": "A", "kind": "won", "prize": "Cup"}), actor=ada).id
    dynamic.saved(Change("cases", {"kind": "open"}, id=made), actor=ada)
    assert dynamic.stored("cases", made)["prize"] == "Cup"
    refused = {"prize": ["Prize is hidden, and takes no new value."]}
    assert dynamic.refused(Change("cases", {"prize": "Medal"}, id=made), actor=ada) == refused
    assert dynamic.refused(Change("cases", {"name": "B", "prize": "Medal"}), actor=ada) == refused
    dynamic.update("cases", made, prize="Medal")  # the system is no user


def test_rules_that_show_one_field_are_ored_and_a_hidden_field_is_never_required(dynamic: Crm, ada: Actor):
    dynamic.saved(Change("cases", {"name": "A"}), actor=ada)
    wanted = {"prize": ["Prize is required."]}
    assert dynamic.refused(Change("cases", {"name": "A", "kind": "won"}), actor=ada) == wanted
    assert dynamic.refused(Change("cases", {"name": "A", "special": True}), actor=ada) == wanted
    dynamic.saved(Change("cases", {"name": "A", "special": True, "prize": "Cup"}), actor=ada)


def test_what_a_rule_locks_is_locked_by_the_record_as_it_stands(dynamic: Crm, ada: Actor):
    made = dynamic.saved(Change("cases", {"name": "A", "kind": "won", "prize": "Cup"}), actor=ada).id
    assert dynamic.refused(Change("cases", {"name": "B", "kind": "open"}, id=made), actor=ada) == {
        "name": ["Name is read-only."]
    }
    dynamic.saved(Change("cases", {"kind": "open"}, id=made), actor=ada)
    dynamic.saved(Change("cases", {"name": "B"}, id=made), actor=ada)


def test_formulas_run_at_their_moments_in_the_order_of_what_they_read(dynamic: Crm):
    made = dynamic.create("cases", name="a")
    record = dynamic.stored("cases", made)
    assert (record["chance"], record["double"], record["shouted"]) == (Decimal("10.00"), None, "A 10")
    dynamic.update("cases", made, kind="won", prize="Cup")
    record = dynamic.stored("cases", made)
    assert (record["chance"], record["double"]) == (Decimal("100.00"), Decimal("200.00"))
    dynamic.update("cases", made, chance="55")
    assert dynamic.stored("cases", made)["double"] == Decimal("110.00")
    assert dynamic.refused(Change("cases", {"name": "No"}, id=made)) == {"name": ["No is no name."]}


def test_formulas_ask_as_much_for_any_number_of_records(dynamic: Crm):
    def questions(count: int) -> int:
        dynamic.count(dynamic.save, *[Change("cases", {"name": "A"})] * count)
        return sum(statement.startswith("SELECT") for statement in dynamic.statements)

    assert questions(1) == questions(100) == questions(10_000)
