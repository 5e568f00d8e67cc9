"""An apply over very many records goes by phases: nobody sees a half, nothing that is written meanwhile is
lost, and one that ended in the middle is gone on with or cleared away.
"""

from decimal import Decimal

import pytest
from sqlalchemy import insert, text, update

from runtime.change import large
from runtime.change.journal import APPLIED, DROPPED, FILLING, StepState, ask_to_cancel, changes, unfinished
from runtime.change.landing import Applied, Refused
from runtime.change.large import Sizes
from runtime.change.phases import Phase
from runtime.model.catalog import Catalog
from tests.unit.change.site import Site, deals

SMALL = Sizes(large=4, batch=3)
SIZE = {"size": {"type": "decimal", "required": True, "default": Decimal("2.50"), "index": True}}
WHOLE = deals(SIZE)
OTHER = deals({"size": {"type": "text"}, "code": {"type": "text"}})


class StoppedError(Exception):
    """What ends an apply in a test, as a kill would: nothing is cleared away."""


@pytest.fixture
def many(running: Site) -> Site:
    """A site with ten deals."""
    running.add("deals", *({"name": f"Deal {number}"} for number in range(10)))
    return running


def stopped_at(site: Site, monkeypatch: pytest.MonkeyPatch, what: str, catalog: Catalog = WHOLE) -> None:
    """Apply until something that has to do with `what` is told, and end there."""

    def stop(state: StepState) -> None:
        if state.what.startswith(what):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.apply(catalog, sizes=SMALL, on_progress=stop)


def latest(site: Site) -> list[tuple[str, int | None]]:
    """The journal's entries: their state and their revision."""
    with site.database.read() as connection:
        return [(change.state, change.revision) for change in changes(connection)]


def triggers(site: Site) -> list[str]:
    """The triggers that write down who writes."""
    query = (
        "SELECT tgname FROM pg_trigger"
        if site.database.dialect == "postgresql"
        else ("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    )
    with site.database.read() as connection:
        return [name for name in connection.execute(text(query)).scalars() if name.startswith("trellis_")]


def test_below_the_threshold_there_is_one_transaction(many):
    told: list[StepState] = []
    many.apply(WHOLE, sizes=Sizes(large=11), on_progress=told.append)
    assert (told, latest(many)) == ([], [])


def test_a_large_apply_comes_to_the_same_as_one_transaction(many):
    told: list[StepState] = []
    plan = many.plan(WHOLE)
    outcome = many.apply(WHOLE, sizes=SMALL, on_progress=told.append, expected=plan)
    assert isinstance(outcome, Applied)
    assert outcome.revision == 2
    assert many.column("deals", "size") == [Decimal("2.50")] * 10
    assert [(state.phase, state.done) for state in told] == [
        (Phase.EXPAND, 0),
        *((Phase.FILL, done) for done in (3, 6, 9, 10, 10)),
        (Phase.BUILD, 10),
    ]
    assert latest(many) == [(APPLIED, 2)]
    assert triggers(many) == []
    assert many.plan(WHOLE).is_empty


def test_transactions_grow_while_they_are_brief(many):
    growing = Sizes(largest=3)
    brief, long = large.BRIEF / 2, large.BRIEF * 2
    assert [growing.next(1, brief), growing.next(2, brief), growing.next(3, brief)] == [2, 3, 3]
    assert [growing.next(3, long), growing.next(2, long), growing.next(1, long)] == [1, 1, 1]
    told: list[StepState] = []
    many.apply(WHOLE, sizes=Sizes(large=4, batch=1, largest=2), on_progress=told.append)
    assert many.column("deals", "size") == [Decimal("2.50")] * 10
    assert len([state for state in told if state.phase is Phase.FILL]) <= 11


def test_what_is_written_meanwhile_is_filled_too(many, monkeypatch):
    monkeypatch.setattr(large, "FEW", 0)
    first = many.table("deals")

    def write(state: StepState) -> None:
        if state.phase is Phase.FILL and state.done == 6:
            with many.database.write() as tx:
                (fresh,) = tx.allocate_ids(1)
                tx.connection.execute(insert(first).values(id=fresh, version=1, name="Late"))
                tx.connection.execute(update(first).where(first.c.name == "Deal 1").values(name="Changed"))

    many.apply(WHOLE, sizes=SMALL, on_progress=write)
    assert many.column("deals", "size") == [Decimal("2.50")] * 11
    assert "Changed" in many.column("deals", "name")
    with many.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM trellis_touched")).scalar() == 0


def test_what_fills_is_not_taken_for_what_is_written(many, monkeypatch):
    stopped_at(many, monkeypatch, "Create the index")
    with many.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM trellis_touched")).scalar() == 0


@pytest.mark.parametrize("what", ["Add the field", "Give the records", "Create the index"])
def test_an_apply_that_ended_in_the_middle_is_gone_on_with(many, monkeypatch, what):
    before = many.plan(WHOLE)
    stopped_at(many, monkeypatch, what)
    with many.database.read() as connection:
        begun = unfinished(connection)
    assert begun is not None
    assert begun.state == FILLING
    assert many.revision().number == 1
    assert many.plan(WHOLE).seal == before.seal
    told: list[StepState] = []
    assert many.apply(WHOLE, sizes=SMALL, on_progress=told.append, expected=before).revision == 2
    assert Phase.EXPAND not in [state.phase for state in told]
    assert many.column("deals", "size") == [Decimal("2.50")] * 10
    assert latest(many) == [(APPLIED, 2)]


@pytest.mark.parametrize("what", ["Add the field", "Give the records", "Create the index"])
def test_another_target_clears_away_what_was_begun(many, monkeypatch, what):
    stopped_at(many, monkeypatch, what)
    many.applied(OTHER)
    assert many.column("deals", "size") == [None] * 10
    assert latest(many) == [(DROPPED, None)]
    assert triggers(many) == []
    assert many.plan(OTHER).is_empty


def test_new_modules_and_relations_are_cleared_away_too(many, monkeypatch):
    extra = {
        "account": {"type": "relation", "module": "accounts"},
        "friends": {"type": "relations", "module": "deals"},
    }
    before = many.state()
    stopped_at(many, monkeypatch, "Give the records", deals({**SIZE, **extra}))
    many.apply(many.catalog)
    assert latest(many) == [(DROPPED, None)]
    after = many.state()
    if many.database.dialect == "postgresql":
        assert after[0].tables["deals"] == before[0].tables["deals"]
    assert not after[0].has("deals__friends")
    many.applied(deals({**SIZE, **extra}))


def test_a_cancelled_apply_leaves_nothing(many):
    def cancel(state: StepState) -> None:
        if state.done == 3:
            with many.database.write() as tx:
                assert ask_to_cancel(tx.connection, many.clock.now())

    outcome = many.apply(WHOLE, sizes=SMALL, on_progress=cancel)
    assert isinstance(outcome, Refused)
    assert [each.code for each in outcome.refusals] == ["P130"]
    assert latest(many) == [(DROPPED, None)]
    assert not many.live.has("deals", "size")
    assert many.revision().number == 1


def test_what_is_refused_in_the_end_leaves_nothing(many):
    unique = deals({**SIZE, "name": {"type": "text", "unique": True}})

    def write(state: StepState) -> None:
        if state.done == 3:
            with many.database.write() as tx:
                tx.connection.execute(
                    text("UPDATE deals SET name = 'Same' WHERE name IN ('Deal 1', 'Deal 2')")
                )

    outcome = many.apply(unique, sizes=SMALL, on_progress=write)
    assert isinstance(outcome, Refused)
    assert not many.live.has("deals", "size")
