"""Steps that reach further than a record: people, other workflows, letters, other systems, and time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from runtime.automation.running import _Running
from runtime.base.clock import FrozenClock
from runtime.identity.actor import Actor
from runtime.model.outbound import Answer, Request, UnreachableError
from runtime.storage.inbox import Inbox, Notification
from runtime.storage.secrets import Secrets
from tests.support.crm import App
from tests.support.flows import Flows, with_workflow
from tests.support.mail import mail_server, send_all

Crm = Callable[..., App]
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def another(text: str, key: str) -> str:
    """One more workflow, behind those there are."""
    lines = "".join(f"      {line}\n" for line in text.strip("\n").splitlines())
    return f"    schemas/workflows/{key}.yaml:\n{lines}"


def told(flows: Flows, user: int) -> list[Notification]:
    with flows.site.database.read() as connection:
        return Inbox(flows.site.clock).latest(connection, user, 100)


WAITING = """
module: deals
trigger: created
steps:
  - wait: {when: stage == 'won' or account.type == 'big', limit: 10 days}
  - update: {set: {note: "=if_(stage == 'won', 'won', 'over')"}}
"""


def test_a_run_that_waits_for_a_condition_goes_on_as_soon_as_its_record_is_saved_so(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(with_workflow(WAITING), clock=clock))
    deal = flows.save("deals", name="Big")
    flows.work()
    clock.moment += timedelta(seconds=20)
    flows.save("deals", deal, amount="5")
    flows.work()
    assert flows.states() == ["queued"]
    clock.moment += timedelta(seconds=20)
    flows.save("deals", deal, stage="won")
    flows.work()
    assert flows.states() == ["done"]
    assert flows.get("deals", deal)["note"] == "won"
    assert flows.steps(flows.all()[0])[0].effects == {"holds": True}


def test_a_run_that_waits_for_a_condition_finds_out_by_itself_and_goes_on_at_its_limit(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flows = Flows(crm(with_workflow(WAITING), clock=clock))
    account = flows.save("accounts", name="Acme")
    one, other = (flows.save("deals", name=name, account=to) for name, to in (("A", account), ("B", None)))
    flows.work()
    flows.save("accounts", account, type="big")
    flows.work()
    assert flows.states() == ["queued", "queued"]
    clock.moment += timedelta(minutes=1)
    flows.work()
    assert flows.get("deals", one)["note"] == "over"
    looks = 0
    while flows.states() == ["done", "queued"]:
        clock.moment = flows.all()[1].next_at
        flows.work()
        looks += 1
    assert clock.moment == NOW + timedelta(days=10)
    assert flows.get("deals", other)["note"] == "over"
    assert looks < 300


def test_a_workflow_runs_another_which_asks_its_own_condition(crm: Crm) -> None:
    first = "module: deals\ntrigger: created\nsteps: [{run_workflow: {workflow: greet, record: =account}}]"
    greet = (
        "module: accounts\ntrigger: deleted\nwhen: type == 'big'\nonce: true\n"
        "steps: [{update: {set: {note: hello}}}]"
    )
    flows = Flows(crm(with_workflow(first) + another(greet, "greet")))
    big, small = (flows.save("accounts", name=name, type=name) for name in ("big", "small"))
    for account in (big, small, big, None):
        flows.save("deals", name="D", account=account)
    flows.work()
    assert [(run.workflow, run.state) for run in flows.all()] == [
        *[("flow", "done")] * 4, ("greet", "done"), ("greet", "skipped"), ("greet", "skipped"),
    ]  # fmt: skip
    assert flows.get("accounts", big)["note"] == "hello"
    assert [workflow for _, workflow in flows.all(workflow="greet")[0].chain] == ["flow"]


def test_workflows_that_run_each_other_are_cut_after_eight(crm: Crm) -> None:
    again = "module: deals\ntrigger: created\nsteps: [{run_workflow: {workflow: flow}}]"
    flows = Flows(crm(with_workflow(again)))
    flows.save("deals", name="D")
    flows.work()
    assert flows.states() == ["done"] * 8 + ["cut"]


def test_a_chain_through_a_tool_is_cut_after_eight_and_says_its_way(crm: Crm) -> None:
    uses = "module: deals\ntrigger: {changed: turns}\nsteps: [{run_tool: {tool: deals.turn}}]"
    tool = "    schemas/tools/deals.yaml:\n      turn: {steps: [{update: {set: {turns: =turns + 1}}}]}\n"
    flows = Flows(crm(with_workflow(uses) + tool))
    deal = flows.save("deals", name="D")
    flows.save("deals", deal, turns=1)
    flows.work()
    assert flows.states() == ["done"] * 8 + ["cut"]
    error = flows.all()[-1].error
    assert error is not None
    assert error["parameters"]["chain"] == " → ".join(["flow", "tool:deals.turn"] * 4)


def test_formulas_run_on_a_related_record(crm: Crm) -> None:
    flow = "module: deals\ntrigger: created\nsteps: [{run_formulas: {record: =account}}, {run_formulas: {}}]"
    formula = (
        "    formulas/accounts.yaml:\n"
        "      sized: {field: note, run: [save], value: \"if_(count(deals) > 1, 'many', 'few')\"}\n"
    )
    flows = Flows(crm(with_workflow(flow) + formula))
    account = flows.save("accounts", name="Acme")
    for _ in range(2):
        flows.save("deals", name="D", account=account)
    flows.work()
    assert flows.states() == ["done", "done"]
    assert flows.get("accounts", account)["note"] == "many"


TOLD = """
label: Told
module: accounts
trigger: created
steps:
  - notify: {to: =owner, text: "=concat(name, ' is new')"}
  - notify: {to: [=owner, =owner]}
on_error: {then: [{notify: {to: admins}}]}
"""


def test_people_are_told_once_and_find_it_behind_the_bell(crm: Crm) -> None:
    app = crm(with_workflow(TOLD))
    flows = Flows(app)
    browser = app.sign_in()
    user = next(iter(flows.ids("users")))
    group = flows.save("groups", name="All", members=[user])
    flows.save("accounts", name="Acme", owner=user)
    flows.save("accounts", name="Group's", owner=group)
    flows.work()
    words = [str(each.text["parameters"]["said"]) for each in reversed(told(flows, user))]
    assert words == ["Acme is new", "Told", "Group's is new", "Told"]
    page = browser.get("/notifications")
    assert "Acme is new" in page
    assert "Mark all as read" in page
    newest = told(flows, user)[0].id
    browser.post("/notifications/read", at="/notifications", up_to=str(newest))
    assert all(each.read_at is not None for each in told(flows, user))
    assert "Mark all as read" not in browser.get("/notifications")


def test_nobody_reads_another_ones_words(crm: Crm) -> None:
    app = crm(with_workflow(TOLD))
    flows = Flows(app)
    app.sign_in()
    user = next(iter(flows.ids("users")))
    flows.save("accounts", name="Acme", owner=user)
    flows.work()
    other = app.sign_in("sam@example.com", admin=False)
    assert "Acme is new" not in other.get("/notifications")
    other.post("/notifications/read", at="/notifications", up_to="999999999")
    assert all(each.read_at is None for each in told(flows, user))


def test_admins_are_told_of_a_run_that_failed_for_good_once_an_hour(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    flow = "module: accounts\ntrigger: created\nsteps: [{create: {module: tasks, set: {subject: =note}}}]"
    app = crm(with_workflow(flow), clock=clock)
    flows = Flows(app)
    app.sign_in()
    user = next(iter(flows.ids("users")))
    for hours in (0, 0, 1):
        clock.moment += timedelta(hours=hours)
        flows.save("accounts", name="Acme")
        flows.work()
    words = told(flows, user)
    assert len(words) == 2
    assert "Subject is required." in str(words[0].text)
    assert words[0].address == "/admin/runs?workflow=flow&state=failed"


def test_health_tells_how_long_a_run_has_waited(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    app = crm(with_workflow("module: deals\ntrigger: created\nsteps: [{stop: x}]"), clock=clock)
    Flows(app).save("deals", name="D")
    clock.moment += timedelta(seconds=90)
    assert app.client().get("/health").json()["queue"]["waiting_seconds"] == 90.0


LETTER = """
    templates/mail/won.yaml:
      module: deals
      subject: "{{ name }} is won"
      text: |
        Hello {{ owner.name }},
        {{ account.name|upper }} has bought for {{ amount }}{% if stage == 'won' %} ({{ stage }}){% endif %}:
        {% for item in items %}- {{ item.product }} x {{ item.qty }}
        {% endfor %}
      html: "<p>{{ account.name }}</p>"
"""
MAILED = """
module: deals
trigger: {changed: stage}
steps:
  - email: {template: won, to: "=concat(owner.email, ', boss@example.com')", reply_to: office@example.com}
"""


def test_a_letter_says_what_the_record_holds_and_is_sent_once_to_each(crm: Crm) -> None:
    with mail_server() as box:
        app = crm(with_workflow(MAILED) + LETTER, settings={"TRELLIS_MAIL": box.address})
        flows = Flows(app)
        app.sign_in()
        user = next(iter(flows.ids("users")))
        account = flows.save("accounts", name="A <b> & C")
        items = [{"product": "Cup", "qty": 2}, {"product": "Pot"}]
        deal = flows.save("deals", name="Big", account=account, amount="1000.5", owner=user, items=items)
        flows.save("deals", deal, stage="won")
        send_all(app)
        assert flows.states() == ["done"]
        assert all(str(mail["To"]).endswith("@example.com") for mail in box.mails)
        assert len(box.mails) == 2
        assert {str(mail["Subject"]) for mail in box.mails} == {"Big is won"}
        assert {str(mail["Reply-To"]) for mail in box.mails} == {"office@example.com"}
        text = box.text()
        assert "A <B> & C has bought for" in text
        assert "1,000.50" in text
        assert "(Won)" in text
        assert "- Cup x 2" in text
        assert "- Pot x" in text
        html = box.mails[0].get_body(("html",))
        assert html is not None
        assert "<p>A &lt;b&gt; &amp; C</p>" in html.get_content()


CALL = """
module: deals
trigger: created
steps:
  - http:
      url: "=concat('https://api.example.com/deals/', id)"
      body: {name: =name, more: {amount: =amount, literal: 5}}
      headers: {X-From: crm}
      secret: billing
      save: {response.data.number: note, status: turns}
on_error: {retry: {times: 2, backoff: 10 seconds}}
"""


class Wire:
    """What is called, and what it answers."""

    def __init__(self, *answers: Answer | UnreachableError) -> None:
        self.answers = list(answers)
        self.calls: list[Request] = []

    def send(self, request: Request) -> Answer:
        """Answer, or fail."""
        self.calls.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, UnreachableError):
            raise answer
        return answer


def test_another_system_is_called_with_the_same_key_until_it_answers_and_its_answer_is_kept(crm: Crm) -> None:
    clock = FrozenClock(NOW)
    app = crm(with_workflow(CALL), clock=clock)
    flows = Flows(app)
    good = Answer(201, json.dumps({"data": {"number": "R-7"}}).encode())
    wire = Wire(Answer(503), UnreachableError("It is gone.", lasting=False), good)
    app.site.outbound = wire  # type: ignore[assignment]
    with app.site.database.write() as tx:
        Secrets(app.site.sealer).keep(tx, "billing", "t0ken", NOW, None)
    deal = flows.save("deals", name="Big", amount="5")
    for _ in range(3):
        flows.work()
        clock.moment += timedelta(hours=1)
    assert flows.states() == ["done"]
    assert flows.get("deals", deal)["note"] == "R-7"
    assert flows.get("deals", deal)["turns"] == 201
    assert len({call.headers["Idempotency-Key"] for call in wire.calls}) == 1
    assert wire.calls[0].headers["Authorization"] == "Bearer t0ken"
    assert wire.calls[0].url == f"https://api.example.com/deals/{deal}"
    assert json.loads(wire.calls[0].body)["more"]["literal"] == 5
    journal = [(step.reads, step.effects, step.error) for step in flows.steps(flows.all()[0])]
    assert "t0ken" not in str(journal)


def test_a_worker_that_dies_after_a_call_leaves_it_to_be_made_again_under_the_same_key(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(NOW)
    app = crm(with_workflow(CALL.replace("      secret: billing\n", "")), clock=clock)
    flows = Flows(app)
    good = Answer(200, json.dumps({"data": {"number": "R-7"}}).encode())
    wire = Wire(good, good)
    app.site.outbound = wire  # type: ignore[assignment]
    deal = flows.save("deals", name="Big")
    with monkeypatch.context() as patch:
        patch.setattr(_Running, "_note", _power_cut)
        with pytest.raises(PowerCut):
            flows.work()
    assert flows.get("deals", deal)["note"] is None
    clock.moment += timedelta(minutes=1)
    flows.work()
    assert flows.states() == ["done"]
    assert [call.headers["Idempotency-Key"] for call in wire.calls] == [
        wire.calls[0].headers["Idempotency-Key"]
    ] * 2


class PowerCut(BaseException):
    """What a kill is, for this process."""


def _power_cut(*_given: object) -> int:
    raise PowerCut


@pytest.mark.parametrize(
    "answer,said",
    [
        (Answer(404), "'status': 404"),
        (Answer(200, b"<html>"), "no JSON"),
        (UnreachableError("It leads elsewhere.", lasting=True), "It leads elsewhere."),
    ],
)
def test_an_answer_that_is_of_no_use_fails_with_its_reason(crm: Crm, answer: object, said: str) -> None:
    app = crm(with_workflow(CALL.partition("on_error")[0].replace("      secret: billing\n", "")))
    flows = Flows(app)
    app.site.outbound = Wire(answer)  # type: ignore[assignment, arg-type]
    flows.save("deals", name="Big")
    flows.work()
    (run,) = flows.all()
    assert run.state == "failed"
    assert said in str(run.error)


def test_a_secret_that_is_not_there_is_said(crm: Crm) -> None:
    app = crm(with_workflow(CALL.partition("on_error")[0]))
    flows = Flows(app)
    app.site.outbound = Wire()  # type: ignore[assignment]
    flows.save("deals", name="Big")
    flows.work()
    assert 'no secret "{name}"' in str(flows.all()[0].error)


def test_a_workflow_runs_with_the_rights_of_who_causes_it_and_knows_them_as_user(crm: Crm) -> None:
    flow = (
        "module: deals\ntrigger: created\nrun_as: causer\n"
        "steps: [{update: {set: {note: \"=if_(owner == user, 'mine', 'not mine')\"}}}]"
    )
    app = crm(with_workflow(flow))
    flows = Flows(app)
    app.sign_in()
    user = next(iter(flows.ids("users")))
    actor = Actor(user_id=user, name="Ada", admin=True)
    mine = flows.save("deals", name="Mine", owner=user, actor=actor)
    flows.work()
    assert flows.states() == ["done"]
    assert flows.get("deals", mine)["note"] == "mine"


def test_a_workflow_of_one_who_may_not_sign_in_any_more_fails_with_the_reason(crm: Crm) -> None:
    flow = "module: deals\ntrigger: created\nrun_as: =owner\nsteps: [{update: {set: {note: x}}}]"
    app = crm(with_workflow(flow))
    flows = Flows(app)
    app.sign_in()
    user = next(iter(flows.ids("users")))
    gone = flows.save("users", name="Gone", email="gone@example.com", active=False)
    flows.save("deals", name="A", owner=user)
    flows.save("deals", name="B", owner=gone)
    flows.work()
    assert flows.states() == ["done", "failed"]
    assert "may not sign in any more" in str(flows.all()[1].error)


BODY = """
module: deals
trigger: created
steps:
  - http:
      url: "https://api.example.com/deals"
      headers: {X-Owed: "=amount"}
      body:
        amount: =amount
        half: =amount / 2
        at: =created_at
        due: =date(created_at) + days(1)
        wait: =days(2)
        rate: =12.5
        account: =account
        note: "=concat(note, note, note)"
        nothing: =account.note
"""


def test_a_call_has_its_values_as_rest_writes_them_and_the_journal_tells_them_in_words(crm: Crm) -> None:
    app = crm(with_workflow(BODY), clock=FrozenClock(NOW))
    flows = Flows(app)
    app.site.outbound = wire = Wire(Answer(200, b"{}"))  # type: ignore[assignment]
    account, note = flows.save("accounts", name="Acme"), "x" * 200
    flows.save("deals", name="Big", amount="12.5", account=account, note=note)
    flows.work()
    assert flows.states() == ["done"]
    assert json.loads(wire.calls[0].body) == {
        "amount": {"amount": "12.50", "currency": "EUR"},
        "half": {"amount": "6.25", "currency": "EUR"},
        "at": "2026-03-04T12:00:00Z",
        "due": "2026-03-05",
        "wait": "P2D",
        "rate": "12.5",
        "account": account,
        "note": note * 3,
        "nothing": None,
    }
    assert wire.calls[0].headers["X-Owed"] == '{"amount": "12.50", "currency": "EUR"}'
    assert (flows.steps(flows.all()[0])[0].reads or {})["amount"] == "12.50 EUR"
