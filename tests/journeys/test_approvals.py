"""Approvals: who is asked, what is locked meanwhile, what follows, and what if nobody decides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from runtime.base.clock import FrozenClock
from runtime.records.change import Refused
from runtime.storage.approvals import Approvals, Request
from runtime.storage.transaction import Transaction
from tests.support.crm import App, Browser
from tests.support.flows import PACK, Flows

Crm = Callable[..., App]
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

RULES = (
    PACK
    + """
    schemas/access/roles.yaml:
      ceo: {label: CEO, profiles: [all]}
      manager: {under: ceo, profiles: [all]}
      seller: {under: manager, profiles: [all]}
    schemas/access/profiles/all.yaml:
      modules: {"*": {read: true, create: true, update: true, delete: true}}
    schemas/approvals/big.yaml:
      label: A big deal
      module: deals
      when: amount > 1000
      lock: [amount, items]
      chain:
        - {approver: {role: manager}, when: amount <= 5000, timeout: 3 days, then: escalate}
        - {approver: {role: ceo}, when: amount > 5000}
      approved: [{update: {set: {note: approved, amount: =amount + 1}}}]
      rejected: [{update: {set: {note: rejected}}}]
"""
)


class Office:
    """A CRM with a seller, a manager and a chief."""

    def __init__(self, crm: Crm, clock: FrozenClock | None = None, pack: str = RULES, **more: Any) -> None:
        self.app = crm(pack, clock=clock, **more) if clock is not None else crm(pack, **more)
        self.flows = Flows(self.app)
        self.people = {name: self._person(name) for name in ("seller", "manager", "ceo")}

    def _person(self, name: str) -> int:
        user = self.app.user(f"{name}@example.com", admin=False)
        self.flows.save("users", user, role=name)
        return user

    def browser(self, name: str) -> Browser:
        """Somebody's browser."""
        return self.app.sign_in(f"{name}@example.com", admin=False)

    def deal(self, amount: str) -> int:
        """A deal of the seller, and its approval begun."""
        owner = {"module": "users", "id": self.people["seller"]}
        made = self.flows.save("deals", name="Big", amount=amount, owner=owner, items=[{"product": "Nut"}])
        self.flows.work()
        return made

    def queue(self, name: str) -> list[Request]:
        """What waits for somebody."""
        site = self.app.site
        with site.database.read() as connection:
            today = site.clock.now().date()
            return Approvals(site.clock).queue(connection, self.people[name], today, 10)

    def decide(self, name: str, decision: str, comment: str = "") -> None:
        """Decide the oldest that waits for somebody."""
        (request, *_) = self.queue(name)
        address = f"/approvals/{request.id}"
        self.browser(name).post(address, decision=decision, comment=comment)
        self.flows.work()


def test_who_is_asked_finds_it_on_the_start_page_in_the_inbox_and_in_the_mail_and_approves_it(
    crm: Crm,
) -> None:
    office = Office(crm)
    deal = office.deal("2000")
    manager = office.browser("manager")
    assert "Waiting for my decision" in manager.get("/app")
    assert "A big deal: Big waits for your decision." in manager.get("/notifications")
    card = manager.get(f"/app/deals/{deal}")
    assert "waiting for Manager" in card
    assert "Locked until then: Amount, Items." in card
    assert office.queue("ceo") == []
    office.decide("manager", "approved", "Well done")
    assert office.flows.get("deals", deal)["note"] == "approved"
    assert office.queue("manager") == []
    card = manager.get(f"/app/deals/{deal}")
    assert "Well done" in card
    assert "waiting for" not in card
    (run,) = office.flows.all()
    assert run.state == "done"


def test_what_is_locked_is_refused_at_every_door_and_by_the_system_too(crm: Crm) -> None:
    office = Office(crm)
    deal, flows = office.deal("2000"), office.flows
    said = "Amount is locked while the approval “A big deal” is pending."
    refused = flows.try_to_save("deals", deal, amount="1500")
    assert isinstance(refused, Refused)
    assert str(refused.errors["amount"][0]) == said
    page = office.browser("seller").post(f"/app/deals/{deal}/edit", name="Big", amount="1500")
    assert said in page
    form = office.browser("seller").get(f"/app/deals/{deal}/edit").text
    assert 'name="name"' in form
    assert 'name="amount"' not in form  # what is refused anyway is not asked for
    assert "data-rows=items" not in form
    assert 'name="items.' not in form
    program = office.app.program()
    answer = program("PATCH", f"/deals/{deal}", json={"amount": "1500"})
    assert answer.json()["error"]["fields"]["amount"] == [said]
    (row,) = flows.ids("deal_items")
    changes: list[dict[str, Any]] = [
        {"items": [{"id": row, "product": "Bolt"}]},
        {"items": []},
        {"items": [{"product": "New"}]},
    ]
    for change in changes:
        assert isinstance(flows.try_to_save("deals", deal, **change), Refused)
    assert isinstance(flows.try_to_save("deal_items", row, product="Bolt"), Refused)
    assert program("DELETE", f"/deals/{deal}").status_code == 403
    flows.save("deals", deal, name="Another name", items=[{"id": row, "product": "Nut"}])
    office.decide("manager", "rejected")
    form = office.browser("seller").get(f"/app/deals/{deal}/edit").text
    assert 'name="amount"' in form
    assert 'name="items.' in form
    flows.save("deals", deal, amount="900")


def test_a_rejection_ends_the_chain_and_a_locked_field_that_changes_asks_anew(crm: Crm) -> None:
    office = Office(crm)
    deal, flows = office.deal("2000"), office.flows
    office.decide("manager", "rejected", "Too much")
    assert flows.get("deals", deal)["note"] == "rejected"
    assert office.queue("manager") == []
    flows.save("deals", deal, name="Renamed")
    flows.work()
    assert office.queue("manager") == []
    flows.save("deals", deal, amount="3000")
    flows.work()
    assert len(office.queue("manager")) == 1
    office.decide("manager", "approved")
    assert [run.state for run in flows.all()] == ["done", "done"]


def test_links_have_conditions(crm: Crm) -> None:
    office = Office(crm)
    deal = office.deal("9000")
    assert office.queue("manager") == []
    (run,) = office.flows.all()
    page = office.app.sign_in().get(f"/admin/runs/{run.id}")
    assert "It waits for a decision" in page
    assert "It goes on" not in page  # a moment nobody waits for
    office.decide("ceo", "approved")
    assert office.flows.get("deals", deal)["note"] == "approved"


def test_a_time_that_is_over_asks_the_next_one(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    office = Office(crm, clock)
    deal = office.deal("2000")
    clock.moment += timedelta(days=2)
    office.flows.work()
    assert office.queue("ceo") == []
    clock.moment += timedelta(days=2)
    office.flows.work()
    assert office.queue("manager") == []
    assert len(office.queue("ceo")) == 1
    office.decide("ceo", "approved")
    assert office.flows.get("deals", deal)["note"] == "approved"


def test_somebody_decides_for_another_while_they_are_away(crm: Crm) -> None:
    office = Office(crm)
    office.deal("2000")
    manager = office.browser("manager")
    refused = manager.post(
        "/approvals/delegate", at="/approvals", to=str(office.people["manager"]), first="2020-01-01", last=""
    )
    assert refused.status == 422
    manager.post(
        "/approvals/delegate",
        at="/approvals",
        to=str(office.people["seller"]),
        first="2020-01-01",
        last="2040-01-01",
    )
    assert "Seller decides for you" in manager.get("/approvals")
    assert len(office.queue("seller")) == 1
    office.decide("seller", "approved")
    manager.post("/approvals/delegate", at="/approvals", end="yes")
    assert "decides for you" not in manager.get("/approvals")


def test_who_decides_sees_what_is_decided_on_as_far_as_they_may(crm: Crm) -> None:
    hidden = '"*": {read: true, create: true, update: true, delete: true}}\n'
    profile = f"{hidden}      fields: {{deals.stage: {{read: false}}}}\n"
    office = Office(crm, pack=RULES.replace(hidden, profile) + SMALL)
    office.deal("2000")
    (request,) = office.queue("manager")
    page = office.browser("manager").get(f"/approvals/{request.id}").text
    assert "<dt>Amount</dt><dd>€2,000.00</dd>" in page
    assert "<dt>Turns</dt>" in page
    assert "<dt>Stage</dt>" not in page


SMALL = """
    schemas/layouts/deals.yaml:
      quick_view: [stage, turns]
"""


def test_who_was_not_asked_decides_nothing(crm: Crm) -> None:
    office = Office(crm)
    office.deal("2000")
    (request,) = office.queue("manager")
    browser = office.browser("seller")
    assert "Reject" not in browser.get(f"/approvals/{request.id}")
    page = browser.post(f"/approvals/{request.id}", decision="approved")
    assert page.status == 404
    assert len(office.queue("manager")) == 1


@pytest.mark.parametrize(
    "then, note, said",
    [
        ("approve", "approved", "Approved, as nobody decided in time"),
        ("reject", "rejected", "Rejected, as nobody decided in time"),
    ],
)
def test_a_time_that_is_over_decides_by_itself_and_the_card_says_so(
    crm: Crm, then: str, note: str, said: str
) -> None:
    clock = FrozenClock(NOW)
    office = Office(crm, clock, RULES.replace("then: escalate", f"then: {then}"))
    deal = office.deal("2000")
    (request,) = office.queue("manager")
    clock.moment += timedelta(days=4)
    office.flows.work()
    assert office.flows.get("deals", deal)["note"] == note
    assert (office.queue("manager"), office.queue("ceo")) == ([], [])
    manager = office.browser("manager")
    assert said in manager.get(f"/app/deals/{deal}")
    page = manager.get(f"/approvals/{request.id}")
    assert said in page
    assert "Decided by" not in page
    assert "decided already" in manager.post(f"/approvals/{request.id}", decision="rejected")
    assert said in manager.get(f"/approvals/{request.id}")


def test_either_somebody_decides_or_the_time_does_and_never_both(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(NOW)
    office = Office(crm, clock, RULES.replace("then: escalate", "then: approve"))
    deal = office.deal("2000")
    (request,) = office.queue("manager")
    approvals, close, decided = Approvals(clock), Approvals.close, []

    def decide() -> None:
        with office.app.site.database.write() as tx:
            decided.append(approvals.decide(tx, request, "rejected", office.people["manager"], "No"))

    late = Thread(target=decide)

    def close_meanwhile(self: Approvals, tx: Transaction, number: int, state: str) -> None:
        late.start()
        late.join(0.5)  # it must wait for the step
        close(self, tx, number, state)

    clock.moment += timedelta(days=4)
    monkeypatch.setattr(Approvals, "close", close_meanwhile)
    office.flows.work()
    late.join()
    assert decided == [False]
    assert office.flows.get("deals", deal)["note"] == "approved"


ASKING = """
    schemas/workflows/asking.yaml:
      label: A customer who wants to stay
      module: accounts
      trigger: {changed: type}
      when: type == 'leaving'
      steps:
        - approval:
            role: manager
            timeout: 3 days
            then: reject
            rejected: [{update: {set: {note: stays}}}]
        - update: {set: {note: goes}}
"""


@pytest.mark.parametrize("decision, note", [("approved", "goes"), ("rejected", "stays"), ("", "stays")])
def test_a_workflow_asks_and_goes_on_when_it_is_decided(crm: Crm, decision: str, note: str) -> None:
    clock = FrozenClock(NOW)
    office = Office(crm, clock, RULES + ASKING)
    flows = office.flows
    account = flows.save("accounts", name="Acme")
    flows.save("accounts", account, type="leaving")
    flows.work()
    manager = office.browser("manager")
    assert "waiting for Manager" in manager.get(f"/app/accounts/{account}")
    assert flows.get("accounts", account)["note"] is None
    flows.save("accounts", account, name="Acme & Sons")  # it locks nothing
    if decision:
        office.decide("manager", decision, "As they wish")
    else:
        clock.moment += timedelta(days=3)
        flows.work()
    assert flows.get("accounts", account)["note"] == note
    assert flows.states() == ["done"]
    card = office.browser("manager").get(f"/app/accounts/{account}")
    assert ("As they wish" if decision else "Rejected, as nobody decided in time") in card
    assert "A customer who wants to stay" in card
    assert "waiting for" not in card
