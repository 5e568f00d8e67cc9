"""What a plan has rehearsed is not rehearsed again; a record that breaks it since stops the apply."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, update

from runtime.change import conversions, known
from runtime.change.converting import rehearse
from runtime.change.journal import DROPPED, StepState, changes
from runtime.change.landing import Applied, Refused
from runtime.change.large import Sizes
from runtime.change.phases import Phase
from runtime.change.plan import make_plan
from tests.unit.change.site import TYPES, Site, deals

TEXTS = deals({"size": {"type": "text"}})
NUMBERS = deals({"size": {"type": "integer"}})


@pytest.fixture
def sized(site: Site) -> Site:
    """A site with ten deals, whose sizes are texts that are numbers."""
    site.applied(TEXTS)
    site.add("deals", *({"name": f"Deal {number}", "size": str(number)} for number in range(10)))
    return site


@pytest.fixture
def rehearsals(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each rehearsal."""
    seen: list[object] = []

    def noted(*given: Any) -> Any:
        seen.append(given)
        return rehearse(*given)

    monkeypatch.setattr(conversions, "rehearse", noted)
    return seen


@pytest.mark.parametrize("sizes", [Sizes(), Sizes(large=4, batch=3)], ids=["at once", "by phases"])
def test_what_a_plan_has_rehearsed_is_carried_out_without_rehearsing_it_again(sized, rehearsals, sizes):
    plan = sized.plan(NUMBERS)
    assert isinstance(sized.apply(NUMBERS, expected=plan, sizes=sizes), Applied)
    assert sized.column("deals", "size_2") == list(range(10))
    assert len(rehearsals) == 1


@pytest.mark.parametrize("sizes", [Sizes(), Sizes(large=4, batch=3)], ids=["at once", "by phases"])
def test_a_record_that_came_since_and_breaks_the_plan_is_named(sized, sizes):
    plan = sized.plan(NUMBERS)
    (late,) = sized.add("deals", {"name": "Late", "size": "about 7"})
    outcome = sized.apply(NUMBERS, expected=plan, sizes=sizes)
    assert isinstance(outcome, Refused)
    (refusal,) = outcome.refusals
    assert refusal.code == "P101"
    assert f"id {late} “about 7”" in refusal.message
    assert sized.revision().number == 1
    assert not sized.live.has("deals", "size_2")


def test_a_record_that_comes_while_records_are_filled_and_breaks_the_plan_is_named(sized):
    table = sized.table("deals")

    def write(state: StepState) -> None:
        if state.phase is Phase.FILL and state.done == 6:
            with sized.database.write() as tx:
                (late,) = tx.allocate_ids(1)
                tx.connection.execute(insert(table).values(id=late, version=1, name="Late", size="seven"))

    outcome = sized.apply(NUMBERS, sizes=Sizes(large=4, batch=3), on_progress=write)
    assert isinstance(outcome, Refused)
    assert "“seven”" in outcome.refusals[0].message
    with sized.database.read() as connection:
        assert [change.state for change in changes(connection)] == [DROPPED]


def test_a_value_that_came_since_and_would_be_lost_needs_consent(sized):
    decimals = deals({"size": {"type": "decimal"}})
    plan = sized.plan(decimals)
    assert isinstance(sized.apply(decimals, expected=plan), Applied)
    plan = sized.plan(NUMBERS)
    assert not plan.lossy
    sized.add("deals", {"name": "Late", "size_2": Decimal("2.50")})
    outcome = sized.apply(NUMBERS, expected=plan, accept_lossy=False)
    assert isinstance(outcome, Refused)
    assert [each.code for each in outcome.refusals] == ["P113"]


def test_many_records_are_rehearsed_before_others_have_to_wait(sized, monkeypatch):
    monkeypatch.setattr(known, "MANY", 4)
    waiting: list[bool] = []

    def noted(*given: Any) -> Any:
        with sized.database.write():  # nobody holds the lock
            waiting.append(True)
        return rehearse(*given)

    monkeypatch.setattr(conversions, "rehearse", noted)
    assert isinstance(sized.apply(NUMBERS), Applied)
    assert waiting == [True]


def test_what_came_of_a_batch_holds_as_long_as_it_reads_the_same():
    remembered = known.Remembered(room=4)
    remembered.keep([(1, 2), ("a", "b")], "first")
    assert remembered.of([(1, 2), ("a", "b")]) == "first"
    assert remembered.of([(1, 2), ("a", "c")]) is None
    assert remembered.of([(1, 3), ("a", "b")]) is None
    remembered.keep([(3, 4, 5), ("a", "b", "c")], "too many")
    assert remembered.of([(3, 4, 5), ("a", "b", "c")]) is None


@pytest.mark.parametrize("sizes", [Sizes(), Sizes(large=4, batch=3)], ids=["at once", "by phases"])
def test_a_record_that_reads_otherwise_than_it_was_rehearsed_gets_what_it_has_now(sized, sizes):
    with sized.database.read() as connection:
        room, schema = known.Known(room=1_000), sized.database.schema
        plan = make_plan(connection, NUMBERS, TYPES, schema, applied=sized.catalog, known=room)
    table = sized.table("deals")
    with sized.database.write() as tx:
        tx.connection.execute(update(table).where(table.c.name == "Deal 7").values(size="70"))
    assert isinstance(sized.apply(NUMBERS, expected=plan, sizes=sizes), Applied)
    assert sized.column("deals", "size_2") == [0, 1, 2, 3, 4, 5, 6, 70, 8, 9]
