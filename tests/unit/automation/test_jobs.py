"""Jobs: what the clock sets going for the records of a filter, and what becomes of missed times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from runtime.automation.operations.job import KIND
from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.identity.actor import SYSTEM
from runtime.storage.operations import StoredOperation
from tests.support.crm import App
from tests.support.flows import PACK, Flows

Crm = Callable[..., App]

NOW = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)  # a Monday, 05:30 in Helsinki


def with_job(more: str = "") -> str:
    """The pack with a job for all open deals, every morning at seven."""
    return (
        PACK
        + f"""
    schemas/filters/deals.yaml:
      open: {{where: stage.kind == 'open'}}
    schemas/jobs/mornings.yaml:
      label: Every morning
      schedule: "0 7 * * *"
      for: {{filter: deals.open}}
      {more}
      steps: [{{update: {{set: {{turns: =turns + 1}}}}}}]
    schemas/jobs/once.yaml:
      schedule: "0 0 1 * *"
      steps: [{{create: {{module: tasks, set: {{subject: A new month}}}}}}]
"""
    )


class Mornings:
    """The job's CRM at a time."""

    def __init__(self, crm: Crm, more: str = "") -> None:
        self.clock = FrozenClock(NOW)
        self.flows = Flows(crm(with_job(more), clock=self.clock))
        self.site = self.flows.site
        self.flows.work()  # the clocks begin

    def work(self, days: float = 0, looks: int = 3) -> None:
        """Let time pass, and do what waits by then, looking so many times."""
        self.clock.moment += timedelta(days=days)
        for _ in range(looks):
            self.flows.work()
            self.clock.moment += timedelta(seconds=3)

    def times(self, job: str = "mornings") -> list[StoredOperation]:
        """The times that it ran, the newest first."""
        with self.site.database.read() as connection:
            return self.site.background.operations.about(connection, KIND, job, 100)

    def turns(self) -> list[int]:
        """How often it has come to each deal."""
        return [self.flows.get("deals", each)["turns"] for each in self.flows.ids("deals")]


def test_a_job_runs_at_its_time_for_each_record_of_its_filter(crm: Crm) -> None:
    at = Mornings(crm)
    for name, stage in (("A", "open"), ("B", "won"), ("C", "proposal")):
        at.flows.save("deals", name=name, stage=stage)
    at.work()
    assert at.turns() == [0, 0, 0]
    at.work(days=0.1)
    assert at.turns() == [1, 0, 1]
    (time,) = at.times()
    assert (time.state, time.done, time.total) == ("done", 2, 2)
    assert time.result is not None
    assert time.result["counts"] == {"done": 2}
    assert {run.workflow for run in at.flows.all()} == {"job:mornings"}


@pytest.mark.parametrize("catch_up, turns", [("none", 0), ("one", 1), ("all", 3)])
def test_times_that_were_missed_are_made_up_for_as_the_job_says(crm: Crm, catch_up: str, turns: int) -> None:
    at = Mornings(crm, f"catch_up: {catch_up}")
    at.flows.save("deals", name="A")
    at.work(days=3, looks=12)
    assert at.turns() == [turns]


def test_a_time_does_not_begin_before_the_one_before_it_is_done(crm: Crm) -> None:
    at = Mornings(crm, "catch_up: all")
    at.flows.save("deals", name="A")
    with at.site.database.write() as tx:
        started = at.site.background.start(tx, KIND, {"job": "mornings"}, SYSTEM, "mornings")
        at.site.background.operations.claim(tx, "somebody", timedelta(days=9))
    at.work(days=0.1)
    assert [each.id for each in at.times()] == [started]
    at.clock.moment += timedelta(days=10)
    at.work(looks=3)
    assert len(at.times()) > 1


def test_a_job_without_a_filter_runs_once(crm: Crm) -> None:
    at = Mornings(crm)
    at.work(days=31)
    (task,) = at.flows.ids("tasks")
    assert at.flows.get("tasks", task)["subject"] == "A new month"


def test_a_job_that_is_cancelled_takes_its_runs_with_it_and_goes_on_where_it_ended(crm: Crm) -> None:
    at = Mornings(crm)
    for each in range(5):
        at.flows.save("deals", name=f"Deal {each}")
    with at.site.database.write() as tx:
        number = at.site.background.start(tx, KIND, {"job": "mornings"}, SYSTEM, "mornings")
    worker = Worker(at.site, at.site.background, "first")
    operation = worker._claim()
    assert operation is not None
    worker._run(operation)  # the runs are started, and wait
    with at.site.database.write() as tx:
        assert at.site.background.cancel(tx, number)
    at.work()
    assert at.turns() == [0] * 5
    assert set(at.flows.states()) == {"cancelled"}
    with at.site.database.write() as tx:
        again = at.site.background.resume(tx, number, None)
    at.work()
    assert at.turns() == [1] * 5
    assert at.times()[0].id == again
    assert (at.times()[0].state, at.times()[0].done) == ("done", 5)


def test_a_worker_that_dies_leaves_the_job_to_the_next_one(crm: Crm) -> None:
    at = Mornings(crm)
    for each in range(3):
        at.flows.save("deals", name=f"Deal {each}")
    with at.site.database.write() as tx:
        at.site.background.start(tx, KIND, {"job": "mornings"}, SYSTEM, "mornings")
    dead = Worker(at.site, at.site.background, "dead")
    assert dead._claim() is not None
    at.work(days=0.01, looks=4)
    assert at.turns() == [1, 1, 1]


def test_admins_see_jobs_run_them_and_switch_them_off(crm: Crm) -> None:
    at = Mornings(crm)
    at.flows.save("deals", name="A")
    browser = at.flows.app.sign_in()
    page = browser.get("/admin/jobs")
    assert "Every morning" in page
    assert "Never" in page
    browser.post("/admin/jobs/mornings/run", at="/admin/jobs/mornings")
    at.work()
    assert at.turns() == [1]
    page = browser.get("/admin/jobs/mornings")
    assert "by hand" in page
    assert "1 of 1 done" in page
    browser.post("/admin/jobs/mornings/switch", at="/admin/jobs/mornings", on="no")
    at.work(days=1)
    assert at.turns() == [1]
    assert at.flows.app.sign_in("sam@example.com", admin=False).get("/admin/jobs").status == 403
