"""Tests of the metrics: what waits in each queue, for programs of administrators."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.base.messages import message, to_json
from runtime.identity.actor import SYSTEM
from runtime.storage.runs import FAILED, Runs
from tests.support.crm import App
from tests.support.flows import PACK, Flows

WORKFLOWS = """    schemas/workflows/now.yaml:
      module: deals
      trigger: created
      steps: [{update: {set: {note: x}}}]
    schemas/workflows/later.yaml:
      module: deals
      trigger: created
      delay: 1 day
      steps: [{update: {set: {note: y}}}]
"""
LEASE = timedelta(seconds=60)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.fixture
def app(crm: Callable[..., App], clock: FrozenClock) -> App:
    return crm(PACK + WORKFLOWS, clock=clock)


def gauges(app: App, queue: str) -> dict[str, float]:
    """Those of one queue, as an administrator's program reads them."""
    key = app.program().key
    answer = app.client().get("/metrics", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = re.findall(r'^trellis_queue_(\w+){queue="(\w+)"} (\S+)$', answer.text, re.MULTILINE)
    return {what: float(value) for what, name, value in found if name == queue}


IDLE = {"due": 0, "oldest_seconds": 0, "later": 0, "running": 0, "failed": 0}


def test_every_queue_is_told_of_and_is_empty_at_first(app: App):
    for queue in ("operations", "runs", "webhooks", "mails"):
        assert gauges(app, queue) == IDLE


def test_runs_tell_how_many_wait_and_how_long_the_oldest_has(app: App, clock: FrozenClock):
    flows, runs = Flows(app), Runs(clock)
    flows.save("deals", name="A")
    clock.moment += timedelta(seconds=90)
    flows.save("deals", name="B")
    assert gauges(app, "runs") == IDLE | {"due": 2, "oldest_seconds": 90, "later": 2}
    with app.site.database.write() as tx:
        (first,) = runs.claim(tx, "test", LEASE, 1)
    assert gauges(app, "runs") == IDLE | {"due": 1, "oldest_seconds": 0, "later": 2, "running": 1}
    with app.site.database.write() as tx:
        runs.write(tx, first, {"state": FAILED, "error": to_json(message("It failed."))})
    assert gauges(app, "runs") == IDLE | {"due": 1, "later": 2, "failed": 1}


def test_operations_have_a_queue_of_their_own(app: App, clock: FrozenClock):
    with app.site.database.write() as tx:
        app.site.background.start(tx, "import", {}, SYSTEM, "big.csv")
    clock.moment += timedelta(seconds=7.5)
    assert gauges(app, "operations") == IDLE | {"due": 1, "oldest_seconds": 7.5}
    assert gauges(app, "runs") == IDLE


def test_metrics_are_for_administrators(app: App):
    app.user("seller@example.com", admin=False)
    key = app.program("seller@example.com").key
    client = app.client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": f"Bearer {key}"}).status_code == 404
