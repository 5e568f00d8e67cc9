"""Going back to a revision gives cells what they held, keeps what was edited since, and can be undone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from runtime.change.plan import make_plan
from runtime.change.quarantine import keep, keep_created
from runtime.change.revisions import history, rolled_back
from runtime.change.step import Step
from runtime.storage.quarantined import prune_quarantine
from tests.unit.change.site import NOW, deals

SIZE = {"size": {"type": "integer"}}
WORDS = {"size": {"type": "text"}}
STAGE = {"stage": {"type": "picklist", "picklist": "stages"}}


@pytest.fixture
def doing(running, monkeypatch):
    """Applies a catalog, with one step more: a function of the connection and the tables."""

    def run(catalog, step):
        tables = running.tables

        def planned(*given, **named):
            plan = make_plan(*given, **named)
            return replace(plan, steps=(*plan.steps, Step("Do it.", lambda found: step(found, tables))))

        with monkeypatch.context() as patched:
            patched.setattr("runtime.change.landing.make_plan", planned)
            return running.applied(catalog)

    return run


def staged(fields, *names):
    """A catalog whose picklist of stages has these values."""
    made = deals(fields, {"stages": {name: {"kind": name} for name in names}})
    return replace(made, hash="-".join(names))


def rename(old, new):
    def step(connection, tables):
        table = tables.module("deals").table
        keep(connection, table, [table.c.name], table.c.name == old)
        connection.execute(update(table).where(table.c.name == old).values(name=new))

    return step


def test_a_field_that_was_taken_out_comes_back_and_one_that_came_is_retired(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    running.applied(deals({"weight": {"type": "integer"}}))
    running.add("deals", {"name": "Two", "weight": 7})
    assert running.way(2) == [
        "Retire the field deals.weight: hidden, its values kept.",
        "Bring the field deals.size back with the values it had.",
    ]
    running.back(2)
    assert running.column("deals", "size") == [5, None]
    running.back(3)
    assert running.column("deals", "weight") == [None, 7]
    assert running.revision().number == 5


def test_a_module_that_was_taken_out_comes_back_with_its_records(running):
    running.add("accounts", {"name": "Acme"})
    running.applied(
        replace(deals(), modules={k: m for k, m in deals().modules.items() if k != "accounts"}, hash="x")
    )
    running.back(1)
    assert running.column("accounts", "name") == ["Acme"]


def test_a_field_of_another_kind_takes_its_first_column_again(running):
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One", "size": 5})
    running.applied(deals())
    running.applied(deals(WORDS))
    running.add("deals", {"name": "Two", "size_2": "big"})
    running.back(2)
    assert running.column("deals", "size") == [5, None]
    assert running.revision().names.column("deals", "size") == "size"
    running.back(4)
    assert running.column("deals", "size_2") == [None, "big"]
    assert running.plan(deals(WORDS)).is_empty


def test_what_a_revision_overwrote_is_given_back_but_what_was_edited_since_stays(running, doing):
    running.add("deals", {"name": "Old"}, {"name": "Old"}, {"name": "Other"})
    first, *_ = running.add("deals", {"name": "Old"})
    doing(deals(SIZE), rename("Old", "New"))
    running.edit("deals", first, name="Mine")
    assert running.way(1) == [
        "Retire the field deals.size: hidden, its values kept.",
        "Give deals.name back what it held before revision 2.",
        "Leave deals.name as it is where it was edited since revision 2.",
        "Write what the records of deals are found by.",
    ]
    running.back(1)
    assert running.column("deals", "name") == ["Old", "Old", "Other", "Mine"]


def test_going_back_over_several_revisions_undoes_each_in_turn(running, doing):
    running.add("deals", {"name": "A"}, {"name": "A"})
    doing(deals(SIZE), rename("A", "B"))
    doing(deals(), rename("B", "C"))
    doing(deals(SIZE), rename("C", "D"))
    running.back(1)
    assert running.column("deals", "name") == ["A", "A"]


def test_a_rollback_can_be_rolled_back_and_that_one_too(running, doing):
    running.add("deals", {"name": "A"})
    doing(deals(SIZE), rename("A", "B"))
    running.back(1)
    assert running.column("deals", "name") == ["A"]
    running.back(2)
    assert running.column("deals", "name") == ["B"]
    running.back(3)
    assert running.column("deals", "name") == ["A"]
    running.back(1)
    assert running.column("deals", "name") == ["A"]
    running.back(2)
    assert running.column("deals", "name") == ["B"]


def test_records_that_a_change_made_go_to_the_bin_unless_somebody_uses_them(running, doing):
    running.applied(deals({"account": {"type": "relation", "module": "accounts"}}))
    made = running.add("accounts", {"name": "Made"}, {"name": "Edited"}, {"name": "Used"})
    doing(
        deals({"account": {"type": "relation", "module": "accounts"}, **SIZE}),
        lambda connection, tables: keep_created(
            connection, tables.module("accounts").table, tables.module("accounts").table.c.id.in_(made)
        ),
    )
    running.edit("accounts", made[1], version=2)
    running.add("deals", {"name": "One", "account": made[2]})
    running.back(2)
    assert [each is not None for each in running.column("accounts", "deleted_at")] == [True, False, False]
    running.back(3)
    assert running.column("accounts", "deleted_at") == [None, None, None]


def test_a_value_of_a_picklist_that_came_later_gives_way_to_what_was_there(running):
    running.applied(staged(STAGE, "open", "won"))
    edited, twice, _ = running.add("deals", *({"name": "One", "stage": "open"} for _ in range(3)))
    running.applied(staged(STAGE, "open", "won", "stuck"))
    running.edit("deals", edited, stage="stuck")
    running.edit("deals", twice, stage="won")
    running.edit("deals", twice, stage="stuck")
    running.add("deals", {"name": "New", "stage": "stuck"})
    assert running.way(2) == ["Give deals.stage back what it held before stuck, which came later."]
    running.back(2)
    assert running.column("deals", "stage") == ["open", "open", "open", None]
    running.back(3)
    assert running.column("deals", "stage") == ["stuck", "stuck", "open", "stuck"]


def test_several_values_of_a_picklist_lose_only_those_that_came_later(running):
    several = {"kinds": {"type": "multi_picklist", "picklist": "stages"}}
    running.applied(staged(several, "open", "won"))
    running.applied(staged(several, "open", "won", "stuck"))
    running.add("deals", {"kinds": "|open|stuck|"}, {"kinds": "|stuck|"})
    running.back(2)
    assert running.column("deals", "kinds") == ["|open|", None]


def test_what_is_required_again_is_asked_for_and_not_refused(running):
    running.applied(deals({"size": {"type": "integer", "required": True}}))
    running.applied(deals(SIZE))
    running.add("deals", {"name": "One"})
    assert running.way(2) == ["Ask for deals.size when a record without it is edited: it is required again."]
    running.back(2)


def test_two_records_that_may_not_be_alike_any_more_refuse_the_rollback(running):
    running.applied(deals({"code": {"type": "text", "unique": True}}))
    running.applied(deals({"code": {"type": "text"}}))
    running.add("deals", {"code": "x"}, {"code": "x"})
    with pytest.raises(AssertionError, match="P105"):
        running.back(2)


def test_what_is_kept_no_more_is_said(running, doing):
    running.add("deals", {"name": "A"})
    doing(deals(SIZE), rename("A", "B"))
    with running.database.write() as tx:
        assert prune_quarantine(tx, NOW + timedelta(days=91)) == 1
    assert running.way(1)[0] == (
        "Leave what revision 2 has overwritten: what was there before is kept no more."
    )
    running.back(1)
    assert running.column("deals", "name") == ["B"]


def test_revisions_that_were_gone_back_over_are_told_with_the_one_that_did_it(running):
    running.apply(deals(SIZE))
    running.apply(deals(WORDS))
    running.back(2)
    running.apply(deals(STAGE))
    running.back(1)
    with running.database.read() as connection:
        assert rolled_back(connection, [6, 5, 4, 3, 2, 1]) == {2: 6, 3: 4, 4: 6, 5: 6}
        assert rolled_back(connection, [3]) == {3: 4}
        assert rolled_back(connection, []) == {}
        assert [each.back_to for each in history(connection)] == [1, None, 2, None, None, None]


def priced(*currencies):
    """A catalog whose deals have prices in these currencies."""
    made = deals({"price": {"type": "money", "currencies": list(currencies)}})
    return replace(made, hash="-".join(currencies))


def test_an_amount_in_a_currency_that_came_later_gives_way_to_what_was_there(running):
    running.applied(priced("EUR"))
    five = {"price": Decimal("5.00"), "price__currency": "EUR"}
    edited, _ = running.add("deals", {"name": "One", **five}, {"name": "Two", **five})
    running.applied(priced("EUR", "USD"))
    table = running.table("deals")
    with running.database.write() as tx:
        dollars = {"price": Decimal("7.50"), "price__currency": "USD"}
        tx.connection.execute(update(table).where(table.c.id == edited).values(dollars))
    running.log("deals", edited, {"price": {"amount": "5.00", "currency": "EUR"}}, {"price": None})
    running.add("deals", {"name": "New", "price": Decimal("9.00"), "price__currency": "USD"})
    assert running.way(2) == ["Give deals.price back what it held before USD, which came later."]
    running.back(2)
    assert running.column("deals", "price") == [Decimal("5.00"), Decimal("5.00"), None]
    assert running.column("deals", "price__currency") == ["EUR", "EUR", None]
    running.back(3)
    assert running.column("deals", "price") == [Decimal("7.50"), Decimal("5.00"), Decimal("9.00")]
    assert running.column("deals", "price__currency") == ["USD", "EUR", "USD"]
