"""A request that is sent again is done once: at the same time, after a crash, and for a day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from runtime.base.clock import FrozenClock
from runtime.web.api.in_flight import InFlight
from tests.support.crm import App, Program
from tests.support.rest import fingerprint, problem, read

PACK = """
schemas/modules/orders.yaml:
  numbering: "O-{seq:3}"
  fields:
    name: {type: text, required: true}
"""
KEY = {"idempotency-key": "order-17"}


def test_requests_at_the_same_time_make_one_record(crm: Callable[..., App]):
    app = crm(PACK)
    program = app.program()
    client = app.client()
    others = [Program(client, program.key) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda rest: rest("POST", "/orders", json={"name": "x"}, headers=KEY), others)
        )

    assert read(program, "/orders")["count"] == 1
    made = [answer for answer in answers if answer.status_code == 201]
    assert made
    assert len({answer.content for answer in made}) == 1
    for answer in answers:
        if answer.status_code != 201:
            assert problem(answer, 409)["code"] == "in_flight"


def test_two_processes_make_one_record(crm: Callable[..., App]):
    """Another process does not know what is in flight here: the database alone keeps the key."""
    app = crm(PACK)
    program = app.program()
    clients = [app.client() for _ in range(4)]  # each has an application, and so a set of keys, of its own

    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda client: client.post(
                    "/api/v1/orders",
                    json={"name": "x"},
                    headers={"authorization": f"Bearer {program.key}", **KEY},
                ),
                clients,
            )
        )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert read(program, "/orders")["count"] == 1


def test_a_key_is_held_while_its_request_is_at_work(crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch):
    app = crm(PACK)
    rest = app.program()
    before = fingerprint(app)
    monkeypatch.setattr(InFlight, "hold", lambda self, key: nullcontext(False))

    assert problem(rest("POST", "/orders", json={"name": "x"}, headers=KEY), 409)["at"] == "idempotency-key"
    assert fingerprint(app) == before


def test_an_answer_is_kept_for_a_day(crm: Callable[..., App]):
    clock = FrozenClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    rest = crm(PACK, clock=clock).program()
    first = rest("POST", "/orders", json={"name": "x"}, headers=KEY)

    clock.moment += timedelta(hours=23, minutes=59)
    assert rest("POST", "/orders", json={"name": "x"}, headers=KEY).content == first.content
    clock.moment += timedelta(minutes=2)
    assert rest("POST", "/orders", json={"name": "y"}, headers=KEY).json()["data"]["number"] == "O-002"
