"""Webhooks out: others are told of changes, signed, as somebody sees them, until they have taken each."""

import base64
import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.base.clock import FrozenClock
from runtime.model.outbound import Answer, Request, UnreachableError
from tests.support.crm import App, Browser
from tests.support.flows import PACK, Flows
from tests.support.mail import send_all

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOOKS = "/admin/webhooks"
RIGHTS = """
    schemas/access/roles.yaml:
      seller: {label: Seller, profiles: [plain]}
    schemas/access/profiles/plain.yaml:
      modules: {"*": {read: true}}
      fields: {accounts.note: {read: false}}
"""


class Wire:
    """What is called, and what it answers: 204 where nothing is set."""

    def __init__(self) -> None:
        self.answers: list[Answer | UnreachableError] = []
        self.calls: list[Request] = []

    def send(self, request: Request) -> Answer:
        """Answer, or fail."""
        self.calls.append(request)
        answer = self.answers.pop(0) if self.answers else Answer(204)
        if isinstance(answer, UnreachableError):
            raise answer
        return answer

    def told(self) -> list[tuple[str, str]]:
        """What each call was of."""
        bodies = [json.loads(call.body) for call in self.calls]
        return [(body["type"], str(body["data"].get("id", ""))) for body in bodies]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def is_signed(request: Request, secret: str) -> bool:
    """Whether a call is signed as https://www.standardwebhooks.com says, as the other side finds out."""
    head = request.headers
    said = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
    return head["webhook-signature"] == f"v1,{right}" and len(key) == 32


def open_crm(crm: Crm, clock: FrozenClock, more: str = "") -> tuple[Flows, Wire, Browser]:
    app = crm(PACK + more, clock=clock)
    wire = Wire()
    app.site.outbound = wire  # type: ignore[assignment]
    return Flows(app), wire, app.sign_in()


def make(admin: Browser, **values: Any) -> tuple[str, str]:
    """A webhook's page, and its secret."""
    given = {
        "name": "Bills",
        "url": "https://bills.example.com/in",
        "event": ["created", "updated", "deleted"],
    }
    page = admin.post(HOOKS, **{**given, **values})
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(page.text))
    assert found is not None, page.text
    number = re.findall(r'href="/admin/webhooks/(\d+)"', admin.get(HOOKS).text)[-1]
    return f"{HOOKS}/{number}", found[0]


def test_changes_are_told_signed_as_standard_webhooks_are(crm: Crm, clock: FrozenClock) -> None:
    flows, wire, admin = open_crm(crm, clock)
    flows.save("accounts", name="Before")
    clock.moment += timedelta(seconds=1)
    page, secret = make(admin, module=["accounts"])
    number = flows.save("accounts", name="Acme", note="Hello")
    flows.save("accounts", number, note="Bye")
    flows.save("contacts", name="Not asked for")
    flows.turn("accounts", number, "delete")
    send_all(flows.app)
    assert wire.told() == [(f"accounts.{what}", str(number)) for what in ("created", "updated", "deleted")]
    assert all(is_signed(call, secret) for call in wire.calls)
    updated = json.loads(wire.calls[1].body)["data"]
    assert (updated["changed"], updated["record"]["name"]) == (["note"], "Acme")
    assert "record" not in json.loads(wire.calls[2].body)["data"]
    shown = admin.get(page)
    assert "Taken" in shown
    assert secret not in html.unescape(shown.text)


def test_a_call_that_is_not_taken_is_made_again_for_three_days_under_the_same_id(
    crm: Crm, clock: FrozenClock
) -> None:
    flows, wire, admin = open_crm(crm, clock)
    page, _ = make(admin, module=["accounts"])
    wire.answers = [Answer(500), UnreachableError("It is away.", lasting=False), Answer(302)]
    wire.answers += [Answer(503)] * 7
    flows.save("accounts", name="Acme")
    began, tries = clock.moment, []
    for _ in range(400):
        before = len(wire.calls)
        send_all(flows.app)
        tries += [clock.moment - began] * (len(wire.calls) - before)
        clock.moment += timedelta(seconds=10) if len(tries) < 2 else timedelta(minutes=15)
    assert len(tries) == 10
    assert timedelta(days=3) < tries[-1] < timedelta(days=4)
    assert len({call.headers["webhook-id"] for call in wire.calls}) == 1
    assert len({call.body for call in wire.calls}) == 1
    admin = flows.app.sign_in()  # the days have signed her out
    assert "Given up" in admin.get(page)
    assert 'The webhook "Bills" was not told of a change' in admin.get("/notifications")
    again = re.findall(r'action="(/admin/webhooks/\d+/calls/\d+/again)"', admin.get(page).text)
    admin.post(again[0], at=page)
    send_all(flows.app)
    assert len({call.headers["webhook-id"] for call in wire.calls}) == 1
    assert "Taken" in admin.get(page)


def test_one_that_wants_no_more_calls_is_switched_off(crm: Crm, clock: FrozenClock) -> None:
    flows, wire, admin = open_crm(crm, clock)
    page, _ = make(admin, module=["accounts"])
    wire.answers = [Answer(410)]
    for name in ("one", "two"):
        flows.save("accounts", name=name)
    send_all(flows.app)
    flows.save("accounts", name="three")
    send_all(flows.app)
    assert len(wire.calls) == 1
    assert "wants to be called no more" in admin.get(page)


def test_a_test_call_shows_whether_it_works(crm: Crm, clock: FrozenClock) -> None:
    flows, wire, admin = open_crm(crm, clock)
    page, _ = make(admin)
    wire.answers = [
        UnreachableError("bills.example.com is not an address of the public internet.", lasting=True)
    ]
    admin.post(page, do="test")
    send_all(flows.app)
    assert wire.told() == [("test", "")]
    assert "is not an address of the public internet" in admin.get(page)


def test_a_webhook_is_told_what_its_user_sees_and_nothing_once_they_are_gone(
    crm: Crm, clock: FrozenClock
) -> None:
    flows, wire, admin = open_crm(crm, clock, RIGHTS)
    make(admin)
    me = flows.app.user()
    flows.save("users", flows.app.user("other@example.com"), admin=True)
    flows.save("users", me, admin=False, role="seller")
    flows.save("accounts", name="Acme", note="CANARY")
    send_all(flows.app)
    bodies = [json.loads(call.body) for call in wire.calls]
    (account,) = [body for body in bodies if body["type"] == "accounts.created"]
    assert account["data"]["record"]["name"] == "Acme"
    assert "CANARY" not in str(bodies)
    before = len(wire.calls)
    flows.save("users", me, active=False)
    flows.save("accounts", name="Later")
    send_all(flows.app)
    assert "Later" not in str([call.body for call in wire.calls[before:]])


def test_webhooks_are_for_administrators_and_say_what_is_wrong(crm: Crm, clock: FrozenClock) -> None:
    flows, _, admin = open_crm(crm, clock)
    page = admin.post(HOOKS, name="", url="ftp://x", event=[])
    assert page.status == 422
    assert page.error("name") == "Name is required."
    assert page.error("url") == "An address begins with https:// or http://."
    address, _ = make(admin)
    sue = flows.app.sign_in("sue@example.com", admin=False)
    assert [sue.get(path).status for path in (HOOKS, address)] == [404, 404]
    admin.post(address, do="remove")
    assert "Bills" not in admin.get(HOOKS)
