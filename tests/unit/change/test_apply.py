"""Applying: all or nothing, one at a time, and only what was shown."""

import threading
from typing import Any

import pytest
from sqlalchemy import insert

from runtime.change.apply import Applied, Refused
from runtime.storage.ddl import UnknownFormatError
from tests.unit.change.site import ACCOUNTS, deals
from tests.unit.storage.small import make_catalog

STAGES: dict[str, Any] = {"stages": {"open": {}, "won": {}}}
BEFORE = make_catalog(
    {
        "deals": {"fields": {"name": {"type": "text"}, "old": {"type": "integer", "index": True}}},
        "accounts": ACCOUNTS,
    },
    STAGES,
)
AFTER = make_catalog(
    {
        "deals": {
            "search": ["name", "code"],
            "fields": {
                "name": {"type": "text", "index": True},
                "code": {"type": "text", "required": True, "default": "none"},
                "product": {"type": "relation", "module": "products"},
                "others": {"type": "relations", "module": "products", "link": {"price": {"type": "money"}}},
            },
        },
        "products": {"fields": {"name": {"type": "text"}}},
    },
    STAGES,
)
"""Between the two lies every kind of step, except setting the database up."""


class BreakError(Exception):
    """Breaks an apply."""


def test_what_breaks_before_any_step_leaves_nothing(site):
    steps = len(site.plan(BEFORE).steps)
    _breaks_cleanly(site, BEFORE, steps)
    site.applied(BEFORE)
    site.add("deals", {"name": "One", "old": 1}, {"name": "Two", "old": 2})
    steps = len(site.plan(AFTER).steps)
    assert steps >= 8
    _breaks_cleanly(site, AFTER, steps)
    assert site.applied(AFTER).revision == 2
    assert site.plan(AFTER).is_empty


def _breaks_cleanly(site, catalog, steps):
    before, revision = site.state(), site.revision()
    for wanted in range(steps):

        def stop(place, step, wanted=wanted):
            if place == wanted:
                raise BreakError(step.what)

        with pytest.raises(BreakError):
            site.apply(catalog, on_step=stop)
        assert site.state() == before
        assert site.revision() == revision


def test_what_breaks_while_the_revision_is_written_leaves_nothing(site, monkeypatch):
    site.applied(BEFORE)
    before = site.state()

    def fail(*_arguments, **_others):
        raise BreakError

    monkeypatch.setattr("runtime.change.landing.write_revision", fail)
    with pytest.raises(BreakError):
        site.apply(AFTER)
    assert site.state() == before


def test_of_two_that_apply_the_same_at_once_one_does_and_the_other_sees_it(site):
    started, outcomes = threading.Barrier(2), []

    def run() -> None:
        started.wait()
        outcomes.append(site.apply(BEFORE))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((each.revision, each.is_new) for each in outcomes) == [(1, False), (1, True)]


def test_of_two_that_apply_different_things_the_second_plans_on_what_the_first_did(site):
    site.applied(BEFORE)
    started, outcomes = threading.Barrier(2), []

    def run(catalog) -> None:
        started.wait()
        outcomes.append(site.apply(catalog))

    fields = {"name": {"type": "text"}, "old": {"type": "integer"}}
    one, two = deals({**fields, "one": {"type": "text"}}), deals({**fields, "two": {"type": "text"}})
    threads = [threading.Thread(target=run, args=(catalog,)) for catalog in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.revision for each in outcomes) == [2, 3]
    shape = site.revision().shape.modules["deals"].fields
    assert shape["one"].retired is not shape["two"].retired
    assert {"one", "two"} <= set(site.live.tables["deals"].columns)


def test_a_plan_that_was_shown_is_applied_as_it_is(site):
    plan = site.plan(BEFORE)
    assert isinstance(site.apply(BEFORE, expected=plan), Applied)


@pytest.mark.parametrize("what", ["revision", "catalog", "database"])
def test_a_plan_is_stale_when_what_it_rests_on_has_moved(site, what):
    site.applied(BEFORE)
    site.add("deals", {"name": "One"})
    plan = site.plan(AFTER)
    target = AFTER
    if what == "revision":
        site.applied(deals({"old": {"type": "integer", "index": True}, "more": {"type": "text"}}))
    elif what == "catalog":
        target = deals()
    else:
        with site.database.write() as tx:
            tx.connection.exec_driver_sql("CREATE INDEX mine ON deals (name)")
    before = site.state()
    outcome = site.apply(target, expected=plan)
    assert isinstance(outcome, Refused)
    assert [each.code for each in outcome.refusals] == ["P112"]
    assert site.state() == before


def test_records_that_come_meanwhile_do_not_make_a_plan_stale(site):
    site.applied(BEFORE)
    site.add("deals", {"name": "One"})
    plan = site.plan(AFTER)
    site.add("deals", {"name": "Two"})
    assert isinstance(site.apply(AFTER, expected=plan), Applied)
    assert site.column("deals", "code") == ["none", "none"]


def test_records_that_break_the_plan_while_it_is_carried_out_make_it_anew(site):
    site.applied(BEFORE)
    unique = deals({"name": {"type": "text", "unique": True}, "old": {"type": "integer", "index": True}})
    table = site.table("deals")
    came = []

    def come(_place, step):
        if step.what.startswith("Create the unique index") and site.database.dialect == "postgresql":
            came.append(step)
            with site.database.write() as tx:  # another writer, who does not wait for the lock
                for id_ in tx.allocate_ids(2):
                    tx.connection.execute(insert(table).values(id=id_, version=1, name="same"))

    outcome = site.apply(unique, on_step=come)
    if came:
        assert isinstance(outcome, Refused)
        assert [each.code for each in outcome.refusals] == ["P105"]
    else:
        assert isinstance(outcome, Applied)


def test_a_database_of_another_format_is_not_touched(site):
    site.applied(BEFORE)
    with site.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE trellis_counters SET value = 99 WHERE key = 'format'")
    with pytest.raises(UnknownFormatError, match="99"):
        site.apply(AFTER)
