"""Telling: what people want to hear by mail or behind the bell, each as they have chosen, and once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.base.clock import FrozenClock
from runtime.identity.actor import Actor
from runtime.storage.inbox import Inbox
from tests.support.crm import App
from tests.support.flows import PACK, Flows, with_workflow
from tests.support.mail import Postbox, mail_server, send_all

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # six o'clock in Helsinki
FILTERS = """
    schemas/filters/tasks.yaml:
      open: {label: Open tasks, where: "subject != 'done'", remind: due}
    schemas/modules/visits.yaml:
      title: place
      fields:
        place: {type: text, required: true}
        start: {type: datetime}
        notes: {type: long_text}
        report: {type: rich_text}
    schemas/filters/visits.yaml:
      coming: {label: Coming, remind: start}
"""


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def open_crm(crm: Crm, box: Postbox, clock: FrozenClock, more: str = "") -> tuple[Flows, int]:
    """A CRM, and a user of it."""
    settings = {"TRELLIS_MAIL": box.address, "TRELLIS_URL": "http://crm.test"}
    app = crm((more or PACK) + FILTERS, clock=clock, settings=settings)
    return Flows(app), app.user("sue@example.com", admin=False)


def wish(flows: Flows, user: int, **wishes: Any) -> None:
    flows.save("users", user, **wishes)


def told(flows: Flows, user: int) -> list[str]:
    with flows.site.database.read() as connection:
        found = Inbox(flows.site.clock).latest(connection, user, 100)
    return [str(each.text) for each in reversed(found)]


def test_owners_are_reminded_so_many_days_before_as_they_have_chosen_and_once(
    crm: Crm, box: Postbox, clock: FrozenClock
) -> None:
    flows, sue = open_crm(crm, box, clock)
    group = flows.save("groups", name="All", members=[sue])
    wish(flows, sue, alert_days=2)
    for name, due, owner in (
        ("late", "2026-03-03", sue),
        ("today", "2026-03-04", sue),
        ("soon", "2026-03-06", group),
        ("far", "2026-03-07", sue),
        ("not mine", "2026-03-05", None),
        ("done", "2026-03-05", sue),
    ):
        flows.save("tasks", subject=name, due=due, owner=owner)
    flows.save("visits", place="Oulu", start="2026-03-06T20:00:00Z", owner=sue)
    for _ in range(3):
        send_all(flows.app)
        clock.moment += timedelta(minutes=20)
    words = told(flows, sue)
    names = ("late", "today", "soon", "far", "mine", "done", "Oulu")
    assert [name for name in names if name in str(words)] == ["today", "soon", "Oulu"]
    assert len(words) == 3
    clock.moment += timedelta(days=1)
    send_all(flows.app)
    assert len(told(flows, sue)) == 4
    assert box.mails == []


def test_what_is_open_comes_in_one_mail_a_day_of_ones_own_time_zone(
    crm: Crm, box: Postbox, clock: FrozenClock
) -> None:
    flows, sue = open_crm(crm, box, clock)
    wish(flows, sue, daily_mail=True)
    flows.save("tasks", subject="Call Ada", due="2026-03-02", owner=sue)
    flows.save("visits", place="Oulu", start="2026-03-09T20:00:00Z", owner=sue)
    send_all(flows.app)
    assert box.mails == []
    clock.moment += timedelta(hours=1)
    for _ in range(3):
        send_all(flows.app)
        clock.moment += timedelta(hours=1)
    (mail,) = box.mails
    assert mail["To"] == "sue@example.com"
    text = box.text()
    assert "Tasks: Open tasks" in text
    assert "(overdue)  Call Ada" in text
    assert "http://crm.test/app/tasks/" in text
    assert "Oulu" in text
    wish(flows, sue, timezone="America/New_York")
    clock.moment = NOW + timedelta(days=1, hours=1)
    send_all(flows.app)
    assert len(box.mails) == 1
    clock.moment = NOW + timedelta(days=1, hours=8)
    send_all(flows.app)
    assert len(box.mails) == 2


NOTIFY = """
module: accounts
trigger: created
steps: [{notify: {to: =owner, text: "=concat(name, ' is new')"}}]
"""


def test_notifications_are_mailed_to_those_who_want_them_so(
    crm: Crm, box: Postbox, clock: FrozenClock
) -> None:
    flows, sue = open_crm(crm, box, clock, with_workflow(NOTIFY))
    bob = flows.app.user("bob@example.com", admin=False)
    wish(flows, sue, notice_mail=True)
    number = flows.save("accounts", name="Acme", owner=sue)
    flows.save("accounts", name="Other", owner=bob)
    for _ in range(3):
        send_all(flows.app)
    (mail,) = box.mails
    assert (mail["To"], mail["Subject"]) == ("sue@example.com", "Acme is new")
    assert f"http://crm.test/app/accounts/{number}" in box.text()


@pytest.mark.parametrize(
    "chosen,alerts,mails", [("alert", 1, 0), ("mail", 0, 1), ("both", 1, 1), (None, 0, 0)]
)
def test_owners_hear_of_what_others_note_on_their_records(
    crm: Crm, box: Postbox, clock: FrozenClock, chosen: str | None, alerts: int, mails: int
) -> None:
    flows, sue = open_crm(crm, box, clock)
    bob = flows.app.user("bob@example.com", admin=False)
    wish(flows, sue, note_alert=chosen, notice_mail=True)
    visit = flows.save("visits", place="Oulu", owner=sue)
    send_all(flows.app)
    others = Actor(user_id=bob, name="Bob", admin=True)
    flows.save("visits", visit, actor=others, place="Kuopio")
    flows.save("visits", visit, actor=Actor(user_id=sue, name="Sue", admin=True), notes="My own")
    flows.save("visits", visit, actor=others, report="<p>They <b>want</b> two</p>")
    for _ in range(2):
        send_all(flows.app)
        clock.moment += timedelta(minutes=1)
    assert (len(told(flows, sue)), len(box.mails)) == (alerts, mails)
    if alerts:
        assert "They want two" in " ".join(told(flows, sue)[0].split())
    if mails:
        assert "Bob has noted on" in box.text()
        assert "Kuopio" in box.text()


def test_a_page_that_looks_for_news_keeps_nobody_signed_in(
    crm: Crm, box: Postbox, clock: FrozenClock
) -> None:
    flows, _ = open_crm(crm, box, clock)
    browser = flows.app.sign_in()
    assert 'hx-trigger="load, every 30s"' in browser.get("/app").text
    for _ in range(13):
        clock.moment += timedelta(hours=1)
        browser.get("/notifications/bell", hx_request_type="partial")
    assert browser.get("/app").path == "/signin"
