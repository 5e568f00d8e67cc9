"""Triggers beyond a record's own saves: the clock, dates, what hangs on a record, other systems, people."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from runtime.automation.hooking import sign
from runtime.base.clock import FrozenClock
from runtime.storage.secrets import Secrets
from runtime.storage.switches import set_switch
from tests.support.crm import App
from tests.support.flows import PACK, Flows, with_workflow

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


def fired(flows: Flows, known: int = 0) -> list[tuple[str, int | None]]:
    """The runs behind the first few, by workflow and record."""
    return [(run.workflow, run.record_id) for run in flows.all()[known:]]


def at(flows: Flows, clock: FrozenClock, moment: datetime) -> None:
    """Let the time come, and have the worker look."""
    clock.moment = moment
    flows.work()


def test_a_schedule_runs_for_each_record_that_fits_once_a_time(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flow = (
        'module: deals\ntrigger: {schedule: {cron: "0 7 * * *", timezone: Europe/Helsinki}}\n'
        "when: stage == 'open'\nsteps: [{update: {set: {turns: =turns + 1}}}]"
    )
    flows = Flows(crm(with_workflow(flow), clock=clock))
    one, won = (flows.save("deals", name=stage, stage=stage) for stage in ("open", "won"))
    flows.work()
    assert flows.all() == []
    for moment in ("2026-03-05T04:59", "2026-03-05T05:00", "2026-03-05T05:01", "2026-03-05T18:00"):
        at(flows, clock, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert (flows.get("deals", one)["turns"], flows.get("deals", won)["turns"]) == (1, 0)
    at(flows, clock, datetime(2026, 3, 9, 6, 0, tzinfo=UTC))
    assert flows.get("deals", one)["turns"] == 2
    at(flows, clock, datetime(2026, 3, 30, 4, 30, tzinfo=UTC))
    assert flows.get("deals", one)["turns"] == 3  # summer time has begun


def test_a_schedule_of_many_records_is_started_in_pages(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.automation.clocks.PAGE", 2)
    clock = FrozenClock(NOW)
    flow = 'module: deals\ntrigger: {schedule: "0 * * * *"}\nsteps: [{stop: done}]'
    flows = Flows(crm(with_workflow(flow), clock=clock))
    deals = [flows.save("deals", name=str(number)) for number in range(5)]
    flows.work()
    at(flows, clock, NOW + timedelta(hours=1))
    assert fired(flows) == [("flow", deal) for deal in deals]
    at(flows, clock, NOW + timedelta(hours=1, minutes=1))
    assert len(flows.all()) == 5


def test_a_workflow_that_is_switched_off_misses_its_times(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flow = 'module: deals\ntrigger: {schedule: "0 * * * *"}\nsteps: [{stop: done}]'
    flows = Flows(crm(with_workflow(flow), clock=clock))
    flows.save("deals", name="A")
    flows.work()
    with flows.site.database.write() as tx:
        set_switch(tx, "flow", flows.runs.clock.now(), None, on=False)
    at(flows, clock, NOW + timedelta(hours=1))
    with flows.site.database.write() as tx:
        set_switch(tx, "flow", flows.runs.clock.now(), None, on=True)
    at(flows, clock, NOW + timedelta(hours=1, minutes=5))
    assert flows.all() == []


DATES = """
    schemas/workflows/week_before.yaml:
      module: tasks
      trigger: {date: {field: due, offset: -7 days, at: "08:00"}}
      steps: [{stop: done}]
    schemas/workflows/days_after.yaml:
      module: tasks
      trigger: {date: {field: due, offset: 2 workdays}}
      steps: [{stop: done}]
"""


def test_a_date_fires_days_before_it_and_working_days_after_it(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(PACK + DATES, clock=clock))
    flows.work()
    friday = flows.save("tasks", subject="A", due="2026-03-13")
    past = flows.save("tasks", subject="B", due="2026-03-05")
    at(flows, clock, datetime(2026, 3, 6, 5, 59, tzinfo=UTC))  # the site is in Helsinki
    assert fired(flows) == []
    at(flows, clock, datetime(2026, 3, 6, 8, 0, tzinfo=UTC))
    assert fired(flows) == [("week_before", friday)]
    at(flows, clock, datetime(2026, 3, 9, 0, 30, tzinfo=UTC))
    assert fired(flows, 1) == [("days_after", past)]
    at(flows, clock, datetime(2026, 3, 16, 12, 0, tzinfo=UTC))
    assert len(flows.all()) == 2
    at(flows, clock, datetime(2026, 3, 17, 0, 30, tzinfo=UTC))
    assert fired(flows, 2) == [("days_after", friday)]


def test_the_days_before_a_date_end_at_the_time_of_the_clock_on_the_wall(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(PACK + DATES, clock=clock))
    flows.work()
    task = flows.save("tasks", subject="A", due="2026-04-01")  # summer time begins on 29 March
    at(flows, clock, datetime(2026, 3, 25, 5, 59, tzinfo=UTC))
    assert fired(flows) == []
    at(flows, clock, datetime(2026, 3, 25, 6, 0, tzinfo=UTC))
    assert fired(flows) == [("week_before", task)]


def test_a_date_that_is_moved_fires_again(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(PACK + DATES, clock=clock))
    flows.work()
    task = flows.save("tasks", subject="A", due="2026-03-13")
    at(flows, clock, datetime(2026, 3, 6, 8, 0, tzinfo=UTC))
    flows.save("tasks", task, due="2026-04-01")
    at(flows, clock, datetime(2026, 3, 25, 9, 0, tzinfo=UTC))
    assert fired(flows) == [("week_before", task)] * 2


RELATED = """
    schemas/workflows/items.yaml:
      module: deals
      trigger: {related: {path: items, on: [created, changed]}}
      steps: [{stop: done}]
    schemas/workflows/deals.yaml:
      module: accounts
      trigger: {related: {path: deals}}
      steps: [{stop: done}]
    schemas/workflows/people.yaml:
      module: deals
      trigger: {related: {path: contacts, on: [changed]}}
      steps: [{stop: done}]
    schemas/workflows/of_people.yaml:
      module: contacts
      trigger: {related: {path: deals, on: [changed]}}
      steps: [{stop: done}]
"""


def test_what_happens_to_rows_and_related_records_fires_for_the_one_that_they_hang_on(crm: Crm) -> None:
    flows = Flows(crm(PACK + RELATED))
    account, other = (flows.save("accounts", name=name) for name in "AB")
    deal = flows.save("deals", name="D", account=account, items=[{"product": "Cup"}])
    assert sorted(fired(flows)) == [("deals", account), ("items", deal)]
    flows.save("deals", deal, account=other)
    assert sorted(fired(flows, 2)) == [("deals", account), ("deals", other)]
    (item,) = flows.ids("deal_items")
    flows.save("deal_items", item, qty=3)
    assert ("items", deal) in fired(flows, 4)
    known = len(flows.all())
    person = flows.save("contacts", name="P")
    flows.save("deals", deal, contacts=[person])
    assert ("of_people", person) in fired(flows, known)
    known = len(flows.all())
    flows.save("contacts", person, note="x")
    assert fired(flows, known) == [("people", deal)]
    known = len(flows.all())
    flows.turn("deals", deal, "delete")
    assert fired(flows, known) == [("deals", other)]


LINKED = """
    schemas/workflows/here.yaml:
      module: deals
      trigger: {linked: contacts}
      steps: [{stop: done}]
    schemas/workflows/there.yaml:
      module: contacts
      trigger: [{linked: deals}, {unlinked: deals}]
      steps: [{stop: done}]
    schemas/workflows/gone.yaml:
      module: accounts
      trigger: {unlinked: deals}
      steps: [{stop: done}]
    schemas/workflows/come.yaml:
      module: accounts
      trigger: {linked: deals}
      steps: [{stop: done}]
"""


def test_links_fire_on_both_sides_and_only_where_they_are_new_or_gone(crm: Crm) -> None:
    flows = Flows(crm(PACK + LINKED))
    one, two = (flows.save("contacts", name=name) for name in "PQ")
    account = flows.save("accounts", name="A")
    deal = flows.save("deals", name="D", contacts=[one], account=account)
    assert sorted(fired(flows)) == [("come", account), ("here", deal), ("there", one)]
    flows.save("deals", deal, contacts=[one, two])
    assert sorted(fired(flows, 3)) == [("here", deal), ("there", two)]
    flows.save("deals", deal, name="E")
    assert len(flows.all()) == 5
    flows.save("deals", deal, contacts=[two], account=None)
    assert sorted(fired(flows, 5)) == [("gone", account), ("there", one)]
    flows.turn("deals", deal, "delete")
    assert fired(flows, 7) == [("there", two)]


HOOK = """
module: deals
trigger: {webhook: {key: orders, find: {name: order.number}, set: {amount: order.total, note: lines.0.text}}}
steps: [{update: {set: {turns: =turns + 1}}}]
"""
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzaG9w"


class Shop:
    """Another system that calls."""

    def __init__(self, app: App, clock: FrozenClock) -> None:
        self.client = app.client()
        self.clock = clock
        with app.site.database.write() as tx:
            Secrets(app.site.sealer).keep(tx, "orders", SECRET, NOW, None)

    def call(
        self, said: object, call_id: str = "one", secret: str = SECRET, age: int = 0
    ) -> tuple[int, object]:
        """Call, and give the status and what was answered."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        moment = int(self.clock.moment.timestamp()) - age
        headers: Mapping[str, str] = {
            "webhook-id": call_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": f"v1,AAAA {sign(secret, call_id, moment, body)}",
        }
        answer = self.client.post("/hooks/orders", content=body, headers=dict(headers))
        return answer.status_code, answer.json()


def order(number: str, total: object) -> object:
    return {"order": {"number": number, "total": total}, "lines": [{"text": "Two cups"}]}


def test_another_system_makes_a_record_and_changes_it_and_each_call_counts_once(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    app = crm(with_workflow(HOOK), clock=clock)
    flows, shop = Flows(app), Shop(app, clock)
    assert shop.call(order("R1", 10))[0] == 202
    assert shop.call(order("R1", 10)) == (202, {"runs": []})
    assert shop.call(order("R1", 20), "two")[0] == 202
    flows.work()
    (deal,) = flows.ids("deals")
    found = flows.get("deals", deal)
    assert (found["name"], found["note"], found["turns"]) == ("R1", "Two cups", 2)
    assert "20" in str(found["amount"])


def test_a_call_that_is_not_signed_or_old_or_makes_no_sense_does_nothing(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    app = crm(with_workflow(HOOK), clock=clock)
    flows, shop = Flows(app), Shop(app, clock)
    assert shop.call(order("R1", 10), secret="another secret")[0] == 401
    assert shop.call(order("R1", 10), age=400)[0] == 401
    assert shop.call(b"no json")[0] == 400
    assert shop.call(order("R1", "much"), "three")[0] == 422
    assert shop.call({"order": {}}, "four")[0] == 422
    assert shop.client.post("/hooks/nothing", content=b"{}").status_code == 404
    assert shop.client.post("/hooks/orders", content=b"{}").status_code == 401
    assert flows.all() == []
    assert flows.ids("deals") == []
    assert shop.call(order("R1", 10), "three")[0] == 202  # what was refused may be called again


def test_a_call_of_a_webhook_that_takes_nothing_names_a_record_by_its_id(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    app = crm(with_workflow(HOOK.partition("trigger:")[0] + BARE), clock=clock)
    flows, shop = Flows(app), Shop(app, clock)
    deal, binned = flows.save("deals", name="A"), flows.save("deals", name="B")
    account = flows.save("accounts", name="Acme")
    flows.turn("deals", binned, "delete")
    assert shop.call({"id": deal})[0] == 202
    for count, wrong in enumerate((binned, account, None, True, "7", -1, 1 << 70, [deal], 4.5)):
        refused = shop.call({"id": wrong, "name": "C"}, f"wrong {count}")
        assert refused == (422, {"error": {"message": NOT_NAMED}}), wrong
    flows.work()
    assert (flows.get("deals", deal)["turns"], flows.get("deals", deal)["name"]) == (1, "A")
    assert len(flows.all()) == 1


NOT_NAMED = "The call does not name one of deals by its id."
BARE = """
trigger: {webhook: orders}
steps: [{update: {set: {turns: =turns + 1}}}]
"""
TRIED = """
label: Tried
module: deals
trigger: manual
when: stage == 'open'
steps:
  - update: {record: =account, set: {type: big}}
  - wait: {for: 2 days}
  - http: {url: "https://api.example.com/x", body: {name: =name}}
  - notify: {to: admins, text: Look}
"""
FOLLOWS = """
    schemas/workflows/follows.yaml:
      label: Follows
      module: accounts
      trigger: {changed: type}
      steps: [{create: {module: tasks, set: {subject: =name}}}]
"""


def test_a_workflow_is_tried_with_all_that_follows_and_nothing_is_left_of_it(crm: Crm) -> None:
    app = crm(with_workflow(TRIED) + FOLLOWS)
    flows = Flows(app)
    browser = app.sign_in()
    account = flows.save("accounts", name="Acme")
    deal = flows.save("deals", name="Big", account=account)
    address = "/admin/workflows/flow/try"
    assert "Try it on a record" in browser.get(address)
    page = browser.get(f"{address}?record={deal}")
    assert "Its condition holds" in page
    page = browser.post(address, at=f"{address}?record={deal}", record=str(deal))
    for said in ("What would happen", "Follows", "https://api.example.com/x", "Create a record"):
        assert said in page, said
    assert flows.all() == []
    assert flows.ids("tasks") == []
    assert flows.get("accounts", account)["type"] is None


def test_an_admin_sees_why_a_workflow_does_not_run_for_a_record_and_runs_it_by_hand(crm: Crm) -> None:
    app = crm(with_workflow(TRIED.replace("when:", "once: true\nwhen:").partition("  - wait")[0]))
    flows = Flows(app)
    browser = app.sign_in()
    account = flows.save("accounts", name="Acme")
    deal = flows.save("deals", name="Big", stage="won", account=account)
    address = f"/admin/workflows/flow/try?record={deal}"
    page = browser.get(address)
    assert "Its condition does not hold" in page
    assert "has not run for this one yet" in page
    flows.save("deals", deal, stage="open")
    browser.post("/admin/workflows/flow/run", at=address, record=str(deal))
    flows.work()
    assert flows.states() == ["done"]
    assert flows.get("accounts", account)["type"] == "big"
    assert "has run for this one already" in browser.get(address)


def test_an_admin_keeps_a_secret_that_nobody_is_shown(crm: Crm) -> None:
    app = crm(with_workflow(HOOK))
    browser = app.sign_in()
    assert "Missing" in browser.get("/admin/secrets")
    page = browser.post("/admin/secrets", at="/admin/secrets", name="orders", secret="s3cret-of-the-shop")
    assert "Kept" in page
    assert "s3cret-of-the-shop" not in page
    with app.site.database.read() as connection:
        assert Secrets(app.site.sealer).open(connection, "orders") == "s3cret-of-the-shop"
    other = app.sign_in("sam@example.com", admin=False)
    assert other.get("/admin/secrets").status in (403, 404)
