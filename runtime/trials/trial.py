"""A trial: one case, from what is given to what must hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from runtime.automation.filling import Read, defaults_of
from runtime.base.clock import FrozenClock
from runtime.base.messages import from_json
from runtime.expressions.moment import Moment
from runtime.expressions.references import dependencies
from runtime.expressions.tracing import Traced
from runtime.identity.actor import SYSTEM, Actor
from runtime.model.catalog import Expression
from runtime.model.suite import Action, Case, Given, Value
from runtime.model.tool import CARD
from runtime.records.change import Change, Refused
from runtime.records.outer import nested
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.runs import CUT, FAILED, SKIPPED, StoredRun
from runtime.trials.passing import advance
from runtime.trials.people import People, TrialError, reasons
from runtime.trials.stage import CaseWorker, Stage
from runtime.trials.telling import raw
from runtime.trials.verdict import Failure
from runtime.web.tooling import offered, use_offer

RUNS = 10_000
PATIENCE = float("inf")
"""A case waits for what it uses, however slow the machine is."""


@dataclass(slots=True)
class Call:
    """Somebody at work, as what a card offers is asked for."""

    site: Site
    live: Live
    actor: Actor
    moment: Moment
    answered: dict[tuple[str, int, str], bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where the cases of a suite are tried one after the other, and who is there in all of them."""

    stage: Stage
    worker: CaseWorker
    clock: FrozenClock
    people: People


class Trial:
    """One case at work. ``numbers`` are the ids of its records, by what it calls them."""

    def __init__(self, theatre: Theatre, case: Case) -> None:
        self.case = case
        self.stage = theatre.stage
        self.live: Live = self.stage.live
        self.tx = self.stage.tx
        self.runs = self.stage.runs
        self.clock = theatre.clock
        self.people = theatre.people
        self.worker = theatre.worker
        self.outside = self.stage.begin(case.answers)
        self.numbers: dict[str, int] = {}
        self.refusals: dict[str, str] = {}
        """What was refused, by field, and why."""
        self.begun = 0
        self._used = 0
        self._actors: dict[int, Actor] = {}

    def prepare(self) -> None:
        """Make what is given; what it would set going is not done. Raises :class:`TrialError`."""
        waiting = list(self.case.given)
        people = [each for each in waiting if each.module in ("users", "groups")]
        for given in (*people, *(each for each in waiting if each not in people)):
            self._give(given)
        self.runs.forget_waiting(self.tx)
        self.outside.letters.clear()
        self.worker.begin()
        (self.begun,) = self.tx.allocate_ids(1)

    def act(self) -> Iterator[Failure]:
        """Do what the case does, and the background's work after each; what is refused is kept in mind."""
        for action in self.case.actions:
            try:
                refused = self.do(action)
            except TrialError as error:
                yield Failure(action.span, "it can be done", str(error))
                return
            self.refusals |= refused
            self.worker.drain()
            self._actors.clear()  # what was done may have changed them

    def do(self, action: Action) -> Mapping[str, str]:
        """Do one thing; gives why it was refused, by field."""
        if action.kind == "advance":
            advance(self.stage, self.clock, self.worker, action.time)
            return {}
        actor = self.actor(action.as_who or self.case.who)
        if action.kind in ("tool", "run"):
            return self._use(action, actor)
        change = Change(
            action.module,
            self.raw(action.values),
            None if action.kind == "create" else self._number(action.record),
            action="save" if action.kind in ("update", "create") else action.kind,
        )
        return self._save(change, actor, action.record if action.kind == "create" else "")

    # Who

    def actor(self, who: str) -> Actor:
        """A role's user, a given one, or the administrator."""
        given = self.numbers.get(who) if self.case.modules.get(who) == "users" else None
        if given is None:
            return self.people.of_role(who)
        if given not in self._actors:
            self._actors[given] = self.people.actor(given)
        return self._actors[given]

    def call(self, actor: Actor) -> Call:
        """The actor at work."""
        return Call(cast(Site, self.stage), self.live.seen_by(actor), actor, self.live.moment(actor))

    def _number(self, name: str) -> int:
        if name not in self.numbers:
            raise TrialError(f'There is no record "{name}" by then.')
        return self.numbers[name]

    # Records

    def _give(self, given: Given) -> None:
        values: dict[str, Any] = dict(self.raw(given.values))
        if given.module == "users":
            values = {"name": given.name.capitalize(), "email": f"{given.name}@given.example", **values}
        elif "owner" in self.live.catalog.modules[given.module].record_fields and given.module != "groups":
            values = {"owner": self.actor(self.case.who).user_id, **values}
        change = Change(given.module, values, anyway=True)
        refused = self._save(change, SYSTEM.through("data"), given.name)
        if refused:
            why = "; ".join(f"{key}: {reason}" if key else reason for key, reason in refused.items())
            raise TrialError(f"{given.module}.{given.name} is refused: {why}")

    def _save(self, change: Change, actor: Actor, name: str) -> Mapping[str, str]:
        live = self.live if actor.system else self.live.seen_by(actor)
        with self.tx.savepoint():
            done = live.writer.save(self.tx, [change], actor, live.parsing(actor, "rest"))[0]
        if isinstance(done, Refused):
            if not done.errors:
                return {"": reasons(done)}
            return {key: " ".join(map(str, found)) for key, found in done.errors.items()}
        if name:
            self.numbers[name] = done.id
        if change.module in ("users", "groups"):
            self._actors.clear()
        return {}

    def _use(self, action: Action, actor: Actor) -> Mapping[str, str]:
        module = self.live.catalog.modules.get(action.module)
        if module is None:
            raise TrialError(f"Say for which record: {{{action.kind}: {action.what}, on: …}}.")
        number, call = self._number(action.record), self.call(actor)
        offers = offered(call, module, [number], CARD)[number]
        offer = next((each for each in offers if each.key == action.what), None)
        if offer is None:
            return {"": f'The record has no "{action.what}" for {actor.name}.'}
        read = None
        if offer.tool is not None:
            known = defaults_of(self.tx.connection, call.live, actor, offer.tool, number)
            given = {**known, **self.raw(action.values)}
            read = Read.of(call.live, actor, offer.tool.inputs, given, "rest")
            if read.errors:
                return {key: str(reason) for key, reason in read.errors.items()}
        self._used += 1
        done = use_offer(call, offer, [number], f"test:{self.begun}:{self._used}", read, PATIENCE)
        return {"": " ".join(map(_why, done))} if any(each.state in (FAILED, CUT) for each in done) else {}

    # Values

    def raw(self, values: Mapping[str, Value]) -> dict[str, object]:
        """Values as REST takes them, with what expressions give by now."""
        return {key: self._one(value) for key, value in values.items()}

    def _one(self, value: Value) -> object:
        if isinstance(value, Expression):
            return raw(self.trace(value).value)
        if isinstance(value, tuple):
            return [self._one(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self._one(each) for key, each in value.items()}
        return value

    def trace(self, expression: Expression) -> Traced:
        """The value of an expression over the case's records, with those of its parts."""
        needed = dependencies(expression.tree)
        for path in needed.paths:
            name = path.fields[0].key
            if name in self.case.modules and name not in self.numbers:
                raise TrialError(f'There is no record "{name}" by then.')
        loader = self.live.writer.plans.loader
        (plain,) = nested(
            self.tx.connection, loader, needed.paths, [{**self.numbers, **self.counted(needed)}]
        )
        tracer = self.live.language.tracer(self.live.moment(self.actor(self.case.who)))
        return tracer.trace(expression.tree, plain)

    def counted(self, needed: Any) -> dict[str, int]:
        """What may be counted of what has happened since the case began."""
        names = {path.fields[0].key for path in needed.paths}
        found = {"mails": len(self.outside.letters), "http": len(self.outside.calls)}
        if "runs" in names:
            found["runs"] = sum(each.state != SKIPPED for each in self.all_runs())
        return found

    def all_runs(self) -> list[StoredRun]:
        """The runs that the case has set going."""
        return self.runs.since(self.tx.connection, self.begun, RUNS) if self.begun else []


def _why(run: StoredRun) -> str:
    return str(from_json(run.error)) if run.error else ""
