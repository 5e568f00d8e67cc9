"""Turns of a worker: however much there is of one kind of work, mail and calls go out amid it; and what a
worker was about when it was killed, the next one of its name takes up at once.
"""

from collections.abc import Callable, Iterator, Mapping

import pytest

from runtime.automation import worker
from runtime.automation.background import Background
from runtime.automation.calling import call_as_a_test
from runtime.automation.context import Context
from runtime.automation.operations.base import Operation
from runtime.automation.running import TAKEN, _Running
from runtime.automation.worker import Worker
from runtime.base.messages import message
from runtime.base.registry import Registry
from runtime.identity.actor import SYSTEM
from runtime.model.letters import Letter
from runtime.model.outbound import Answer, Request
from runtime.storage.mails import StoredMail
from runtime.storage.webhooks import Webhooks
from tests.support.crm import App
from tests.support.flows import Flows, with_workflow
from tests.support.mail import Postbox, mail_server

Crm = Callable[..., App]
MORE_OF_THEM = """
module: deals
trigger: created
when: turns < 2
steps:
  - create: {module: deals, set: {name: =name, turns: =turns + 1}}
"""
"""Of each run comes another one, so that there is work for a while."""


class PowerCut(BaseException):
    """Nothing in the program may catch this, as nothing catches SIGKILL."""


class Wire:
    """Another system that takes every call; ``heard`` is told of each."""

    def __init__(self, heard: Callable[[Request], None]) -> None:
        self.heard = heard

    def send(self, request: Request) -> Answer:
        """Take it."""
        self.heard(request)
        return Answer(204)


@pytest.fixture
def box() -> Iterator[Postbox]:
    with mail_server() as found:
        yield found


def opened(crm: Crm, box: Postbox) -> Flows:
    return Flows(crm(with_workflow(MORE_OF_THEM), settings={"TRELLIS_MAIL": box.address}))


def write(flows: Flows) -> None:
    """Have a letter sent."""
    with flows.site.database.write() as tx:
        flows.site.post.put(tx, [Letter("one", "test", "ada@example.com", "Hello", "Hello Ada.")])


def call(flows: Flows) -> None:
    """Have a webhook called."""
    webhooks = Webhooks(flows.site.clock)
    said = {"name": "Bills", "url": "https://bills.example.com", "modules": [], "events": ["created"]}
    with flows.site.database.write() as tx:
        said["secret"] = flows.site.sealer.seal("whsec_c2VjcmV0")
        number = webhooks.add(tx, {**said, "user_id": 1})
        hook = webhooks.find(tx.connection, number)
        assert hook is not None
        call_as_a_test(flows.site, tx, webhooks, hook)


def test_a_mail_and_a_call_go_out_amid_runs_that_make_runs(
    crm: Crm, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows, done = opened(crm, box), list[str]()
    amid: dict[str, int] = {}
    flows.site.outbound = Wire(lambda _: amid.update(call=len(done)))  # type: ignore[assignment]
    go, hand_over = _Running.go, flows.site.post._hand_over

    def counted(running: _Running) -> None:
        done.append(running.run.key)
        go(running)

    monkeypatch.setattr(_Running, "go", counted)
    monkeypatch.setattr(
        flows.site.post, "_hand_over", lambda mail: (amid.update(mail=len(done)), hand_over(mail))
    )
    for number in range(2 * TAKEN):
        flows.save("deals", name=f"deal {number}")
    write(flows)
    call(flows)
    flows.work()
    assert flows.states() == ["done"] * (2 * 2 * TAKEN)
    assert len(box.mails) == 1
    assert amid == {"mail": TAKEN, "call": TAKEN}


def test_a_mail_goes_out_amid_two_long_operations_which_end_as_they_would(
    crm: Crm, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "TURN", 0.0)
    flows, heard = opened(crm, box), list[str]()
    kinds = Registry("operation", [*flows.site.background.kinds.values(), Counting(heard)])
    background = Background(kinds, flows.site.background.operations, lambda: None)
    with flows.site.database.write() as tx:
        for about in ("first", "second"):
            background.start(tx, Counting.name, {"about": about}, SYSTEM)
    hand_over = flows.site.post._hand_over

    def sent(mail: StoredMail) -> None:
        heard.append("mail")
        hand_over(mail)

    monkeypatch.setattr(flows.site.post, "_hand_over", sent)
    write(flows)
    Worker(flows.site, background, "test").drain()
    assert [each for each in heard if each.startswith("first")] == [f"first {n}" for n in range(5)]
    assert [each for each in heard if each.startswith("second")] == [f"second {n}" for n in range(5)]
    assert heard.index("second 0") < heard.index("first 4")
    assert heard.index("mail") < heard.index("first 4")


class Counting(Operation):
    """Counts to five, keeping each number."""

    name = "counting"
    title = message("Counting")

    def __init__(self, heard: list[str]) -> None:
        self.heard = heard

    def run(self, context: Context) -> Mapping[str, object]:
        """Count on from where the last turn ended."""
        for number in range(context.checkpoint.get("next", 0), 5):
            with context.batch() as batch:
                self.heard.append(f"{context.arguments['about']} {number}")
                batch.keep({"next": number + 1})
        return {}


def test_the_next_worker_of_the_name_sends_at_once_what_a_killed_one_had(
    crm: Crm, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = opened(crm, box)
    write(flows)
    hand_over = flows.site.post._hand_over

    def cut(*given: object) -> None:
        hand_over(*given)  # type: ignore[arg-type]
        raise PowerCut

    with monkeypatch.context() as dying:
        dying.setattr(flows.site.post, "_hand_over", cut)
        with pytest.raises(PowerCut):
            flows.work()
    assert flows.work() == 0  # it might be sending it still
    restarted(flows, "other").drain()
    assert len(box.mails) == 1
    restarted(flows, "test").drain()
    assert len(box.mails) == 2
    assert len(set(box.seen)) == 1


def test_the_next_worker_of_the_name_makes_at_once_the_call_that_a_killed_one_had(
    crm: Crm, box: Postbox
) -> None:
    flows, heard = opened(crm, box), []

    def cut(request: Request) -> None:
        heard.append(request.headers["webhook-id"])
        raise PowerCut

    call(flows)
    flows.site.outbound = Wire(cut)  # type: ignore[assignment]
    with pytest.raises(PowerCut):
        flows.work()
    flows.site.outbound = Wire(lambda request: heard.append(request.headers["webhook-id"]))  # type: ignore[assignment]
    restarted(flows, "other").drain()
    assert len(heard) == 1
    restarted(flows, "test").drain()
    assert len(heard) == 2
    assert len(set(heard)) == 1


def restarted(flows: Flows, name: str) -> Worker:
    """A worker that begins, as a process does."""
    worker = Worker(flows.site, flows.site.background, name)
    worker.free()
    return worker
