"""The step `for_each` over a filter: page by page, each record once, with the rights of who runs it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from runtime.automation import dry_running, filtered
from runtime.automation.dry_running import dry_run_of
from runtime.automation.starting import MANUAL, SCHEDULE, TOOL, Cause, start, told_of
from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.identity.users import Users
from runtime.language.kinds.workflows import known_steps
from runtime.storage.runs import StoredRun
from runtime.web.admin import runs
from tests.support.crm import App
from tests.support.flows import PACK, Flows
from tests.unit.automation.test_back_test import back_tested
from tests.unit.automation.test_runs import PowerCut, dying

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

SWEEP = (
    PACK
    + """
    schemas/filters/deals.yaml:
      big: {where: amount > 10}
    schemas/jobs/sweep.yaml:
      schedule: "0 7 * * mon"
      steps:
        - for_each:
            in: {filter: deals.big}
            as: deal
            where: stage.kind == 'open'
            steps:
              - update: {record: =deal, set: {turns: =deal.turns + 1, amount: 5}}
              - create: {module: tasks, set: {subject: =deal.note, deal: =deal}}
        - create: {module: tasks, set: {subject: Done}}
"""
)


@pytest.fixture(autouse=True)
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few records are several pages."""
    monkeypatch.setattr(filtered, "FILTERED", 2)


class Sweeping:
    """The CRM of the job, with some big deals that are open among others that are not."""

    def __init__(self, crm: Crm, count: int, clock: FrozenClock | None = None) -> None:
        self.flows = Flows(crm(SWEEP, clock=clock) if clock is not None else crm(SWEEP))
        self.flows.save("deals", name="Small", amount="3")
        self.deals = [self.deal(f"Deal {n}") for n in range(count)]
        self.flows.save("deals", name="Lost", amount="20", stage="lost")

    def deal(self, name: str) -> int:
        """A deal that the job is to come to."""
        return self.flows.save("deals", name=name, note=name, amount="20")

    def begin(self) -> None:
        """Let the job run once."""
        site = self.flows.site
        procedure = site.live.catalog.jobs["sweep"].procedure
        with site.database.write() as tx:
            start(tx, site.live, self.flows.runs, procedure, [None], Cause(SCHEDULE, "test"))

    def run(self) -> StoredRun:
        """Its run."""
        (run,) = self.flows.all()
        return run

    def assert_done(self) -> None:
        """Each deal was come to, once, and the last step was done."""
        flows, names = self.flows, [f"Deal {number}" for number in range(len(self.deals))]
        assert self.run().state == "done", self.run().error
        assert [flows.get("deals", each)["turns"] for each in self.deals] == [1] * len(names)
        assert [flows.get("tasks", each)["subject"] for each in flows.ids("tasks")] == [*names, "Done"]
        places = [step.place for step in flows.steps(self.run()) if step.kind == "update"]
        assert places == [f"0[{number}].steps.0" for number in range(len(names))]


@pytest.mark.parametrize("count", [0, 5])
def test_a_job_does_something_for_each_record_of_a_filter(crm: Crm, count: int) -> None:
    sweeping = Sweeping(crm, count)
    sweeping.begin()
    sweeping.flows.work()
    sweeping.assert_done()


def test_a_worker_that_dies_on_the_way_leaves_the_other_records_and_does_none_twice(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(NOW)
    sweeping = Sweeping(crm, 5, clock)
    sweeping.begin()
    for after in (0, 2, 4, 5):
        with dying(monkeypatch, after), pytest.raises(PowerCut):
            sweeping.flows.work()
        clock.moment += timedelta(seconds=31)
    sweeping.flows.work()
    sweeping.assert_done()


def test_a_loop_that_failed_goes_on_at_its_record(crm: Crm) -> None:
    sweeping = Sweeping(crm, 5)
    flows = sweeping.flows
    flows.save("deals", sweeping.deals[3], note=None)
    sweeping.begin()
    flows.work()
    assert sweeping.run().state == "failed"
    assert flows.steps(sweeping.run())[-1].place == "0[3].steps.1"
    flows.save("deals", sweeping.deals[3], note="Deal 3")
    with flows.site.database.write() as tx:
        assert flows.runs.resume(tx, sweeping.run().id)
    flows.work()
    sweeping.assert_done()


def test_others_have_their_turn_between_two_pages(crm: Crm) -> None:
    sweeping = Sweeping(crm, 5)
    sweeping.begin()
    flows = sweeping.flows
    with flows.site.database.write() as tx:
        (run,) = flows.runs.claim(tx, "test", timedelta(minutes=1), 1)
    Worker(flows.site, flows.site.background, "test")._runner.do([run])
    assert sweeping.run().state == "queued"
    turns = [flows.get("deals", each)["turns"] for each in sweeping.deals]
    assert turns == [1, 1, 0, 0, 0]


def test_what_the_steps_make_themselves_is_not_come_to(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
    schemas/filters/deals.yaml:
      all_of_them: {}
    schemas/workflows/doubled.yaml:
      module: accounts
      trigger: manual
      steps:
        - for_each:
            in: {filter: deals.all_of_them}
            as: deal
            where: account == this
            steps:
              - create: {module: deals, set: {name: "=concat(deal.name, ' again')", account: =deal.account}}
    """
    flows = Flows(crm(PACK + text))
    account, other = flows.save("accounts", name="Acme"), flows.save("accounts", name="Other")
    for number in range(3):
        flows.save("deals", name=f"D{number}", account=account if number != 1 else other)
    flow = flows.site.live.catalog.workflows["doubled"]
    cause = Cause(MANUAL, "test")
    dry = dry_run_of(flows.site, known_steps(), flow, account, cause, seconds=60)
    assert dry.first is not None
    assert (dry.is_whole, dry.first.run.state) == (True, "done")
    assert [step.kind for step in dry.first.steps] == ["for_each", "create", "for_each", "create"]
    with monkeypatch.context() as patched:
        patched.setattr(dry_running, "MOST", 1)
        short = dry_run_of(flows.site, known_steps(), flow, account, cause, seconds=60)
    assert short.first is not None
    assert (short.is_whole, short.first.run.state) == (False, "queued")
    with flows.site.database.write() as tx:
        start(tx, flows.site.live, flows.runs, flow, [account], cause)
    flows.work()
    names = [flows.get("deals", each)["name"] for each in flows.ids("deals")]
    assert names == ["D0", "D1", "D2", "D0 again", "D2 again"]


RIGHTS = (
    PACK
    + """
    schemas/access/roles.yaml:
      seller: {profiles: [sales]}
    schemas/access/profiles/sales.yaml:
      modules: {deals: {read: true, update: true}, accounts: {read: true}, tasks: {read: true, create: true}}
      fields: {deals.note: {read: false}}
      tools: {"accounts.*": true}
    schemas/access/sharing.yaml:
      default: {deals: private, "*": write}
    schemas/filters/deals.yaml:
      mine: {where: owner == user}
      hushed: {where: note == 'hush'}
      open: {where: stage.kind == 'open'}
    schemas/filters/contacts.yaml:
      every: {}
    schemas/tools/accounts.yaml:
"""
)
TOOL_TEXT = """
      use_{filter}:
        steps:
          - for_each:
              in: {{filter: {module}.{filter}}}
              as: one
              steps: [{{create: {{module: tasks, set: {{subject: =one.name}}}}}}]
"""


@pytest.mark.parametrize("what, found", [("mine", ["Own"]), ("hushed", []), ("open", ["Own"]), ("every", [])])
def test_a_users_tool_comes_to_what_the_user_may_see(crm: Crm, what: str, found: list[str]) -> None:
    module = "contacts" if what == "every" else "deals"
    flows = Flows(crm(RIGHTS + TOOL_TEXT.format(filter=what, module=module)))
    user = flows.save("users", name="Sam", email="sam@example.com", role="seller")
    with flows.site.database.read() as connection:
        known = Users(flows.site.live.tables).active(connection, user)
    assert known is not None
    seller = known.actor("form", "en", "UTC")
    account = flows.save("accounts", name="Acme")
    flows.save("contacts", name="Unseen person")
    flows.save("deals", name="Own", note="hush", owner={"module": "users", "id": user})
    flows.save("deals", name="Another's", note="hush")
    tool = flows.site.live.catalog.tools["accounts"][f"use_{what}"]
    with flows.site.database.write() as tx:
        cause = Cause(TOOL, "test", user, (), told_of(seller))
        start(tx, flows.site.live, flows.runs, tool.procedure, [account], cause)
    flows.work()
    assert flows.states() == ["done"], flows.all()[0].error
    assert [flows.get("tasks", each)["subject"] for each in flows.ids("tasks")] == found


def test_a_runs_page_begins_with_its_last_steps(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "STEPS", 4)
    sweeping = Sweeping(crm, 5)
    sweeping.begin()
    sweeping.flows.work()
    browser = sweeping.flows.app.sign_in()
    places: list[str] = []
    address = f"/admin/runs/{sweeping.run().id}"
    while address:
        page = browser.get(address)
        places = [*re.findall(r'class="title">[^<]*<code>(.*?)</code>', page.text), *places]
        older = re.search(r'href="(/admin/runs/\d+\?before=\d+)"', page.text)
        address = older[1] if older is not None else ""
    assert places == [step.place for step in sweeping.flows.steps(sweeping.run())]
    assert len(places) == 14


def test_a_back_test_counts_it_and_says_that_it_may_have_written_more(crm: Crm) -> None:
    text = """
    schemas/filters/contacts.yaml:
      every: {}
    schemas/workflows/flow.yaml:
      module: deals
      trigger: {changed: stage}
      steps:
        - for_each:
            in: {filter: contacts.every}
            as: one
            steps: [{email: {template: news, record: =one, to: =one.note}}]
    templates/mail/news.yaml:
      module: contacts
      subject: News
      text: News
    """
    flows = Flows(crm(PACK + text))
    deal = flows.save("deals", name="Big")
    flows.save("deals", deal, stage="won")
    found = back_tested(flows)
    assert (found["fired"], found["letters"]) == (1, 0)
    assert [each for each in found["limits"] if "for each of several" in each["text"]]


GONE = (
    PACK
    + """
    schemas/workflows/sweep.yaml:
      module: accounts
      trigger: {changed: note}
      steps:
        - for_each:
            in: =deals
            as: deal
            steps:
              - delete: {record: =deal.other}
              - update: {record: =deal, set: {note: done}}
        - update: {set: {type: swept}}
"""
).replace(
    "        turns: {", "        other: {type: relation, module: deals, on_delete: clear}\n        turns: {"
)


def test_what_has_gone_before_its_turn_is_left_out(crm: Crm) -> None:
    flows = Flows(crm(GONE))
    account = flows.save("accounts", name="Acme")
    first, second, third = (flows.save("deals", name=f"Deal {n}", account=account) for n in range(3))
    flows.save("deals", id=first, other=second)
    flows.save("accounts", id=account, note="go")
    flows.work()
    assert flows.states() == ["done"], flows.all()[0].error
    assert flows.ids("deals") == [first, third]
    assert [flows.get("deals", each)["note"] for each in (first, second, third)] == ["done", None, "done"]
    assert flows.get("accounts", account)["type"] == "swept"
