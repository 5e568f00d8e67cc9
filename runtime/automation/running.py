"""Running: takes runs that wait and does their steps, each in one transaction with the note that it was done.

What a step does in the database happens exactly once, for it lands with the journal's row and with where the
run goes on; a worker that is killed leaves the run to the next one when its lease ends. What a step does
outside happens at least once, each time under the same key.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.alerting import alert
from runtime.automation.doing import StepDoing, given, key_of
from runtime.automation.place import Place, Snapshot
from runtime.automation.reaching import StepReaching
from runtime.automation.reading import Reading
from runtime.automation.starting import AS_SYSTEM, STARTED, as_it_came
from runtime.automation.walking import FIRST, Walk
from runtime.base.messages import Message, from_json, message, to_json
from runtime.base.registry import Registry
from runtime.identity.actor import SYSTEM, Actor
from runtime.identity.users import Users
from runtime.model.values import Pointer
from runtime.model.workflow import Step, Workflow
from runtime.steps.base import Did, StepError, StepKind, Target
from runtime.storage.errors import OutdatedError, StorageError
from runtime.storage.once import claim_once
from runtime.storage.operations import ClaimLostError
from runtime.storage.runs import CANCELLED, DONE, FAILED, QUEUED, SKIPPED, Runs, StoredRun
from runtime.storage.transaction import Transaction

log = logging.getLogger("trellis.background")

TAKEN = 10
"""How many runs one claim takes."""
IDS = 5
"""So many ids most steps want: for a record, its change set with an entry and its outbox, and the note."""
TRIES = 5
"""How often a step is tried again that failed for what may be over by then."""
PAUSE = timedelta(seconds=5)
"""After how long, at first."""
LONGEST_PAUSE = timedelta(hours=6)
BEHIND = timedelta(seconds=15)

GONE = message('There is no workflow "{workflow}" any more.')
BROKEN = message("Something went wrong here. The log of the worker has it under run {id}.")


def cause_of(run_id: int) -> str:
    """What the change sets of a run say as their cause."""
    return f"run:{run_id}"


class Runner:
    """Does the runs of one site, in as many threads as call :meth:`take_turn`."""

    def __init__(
        self,
        site: Place,
        kinds: Registry[StepKind],
        name: str,
        lease: timedelta,
        stopping: threading.Event,
    ) -> None:
        self.runs = Runs(site.clock)
        self._site = site
        self._kinds = kinds
        self._name = name
        self._lease = lease
        self._stopping = stopping

    def has_work(self) -> bool:
        """Whether a run waits: a cheap look."""
        with self._site.database.read() as connection:
            return self.runs.has_claimable(connection)

    def take_turn(self, *, more: bool = False) -> int:
        """Take some runs, and do them; says how many. ``more``: the last turn left some, so none is looked
        for.
        """
        if not more and not self.has_work():
            return 0
        with self._site.database.write(at_once=False) as tx:
            taken = self.runs.claim(tx, self._name, self._lease, TAKEN)
        if len(taken) == TAKEN and not more:
            self._site.live.writer.plans.workplace.wake()  # there is work for another thread, too
        self.do(taken)
        return len(taken)

    def do(self, runs: Sequence[StoredRun]) -> None:
        """Do runs that were taken, while there is time; the others are left to the workers."""
        self._site.refresh()  # now, so that it is no older than what was taken
        for place, run in enumerate(runs):
            if self._stopping.is_set():
                self._give_back(runs[place:])
                return
            self._do(run)

    def free(self, tx: Transaction) -> int:
        """End the leases of an earlier worker of this name, which is dead."""
        return self.runs.free(tx, self._name)

    def _give_back(self, runs: Sequence[StoredRun]) -> None:
        with self._site.database.write() as tx:
            for run in runs:
                self.runs.write(tx, run, _waiting())

    def _do(self, run: StoredRun) -> None:
        try:
            _Running(self, self._site, self._kinds, run, self._lease, self._stopping).go()
        except ClaimLostError:
            log.warning("run %s was taken over by another worker", run.id)
        except OutdatedError:
            behind = not self._site.refresh()
            self._later(run, BEHIND if behind else timedelta())
        except StorageError as error:
            log.warning("run %s waits for its lease to end: %s", run.id, error)
        except Exception:
            log.exception("run %s failed", run.id)
            self._broken(run)

    def _later(self, run: StoredRun, later: timedelta) -> None:
        with self._site.database.write() as tx:
            self.runs.write(tx, run, {**_waiting(), "next_at": self._site.clock.now() + later})

    def _broken(self, run: StoredRun) -> None:
        try:
            with self._site.database.write() as tx:
                error = message(BROKEN.text, id=run.id)
                values = {**_ended(FAILED), "error": to_json(error), "finished_at": self._site.clock.now()}
                self.runs.write(tx, run, values)
                alert(tx, self._site.live, self._site.clock, run, error)
        except ClaimLostError:
            return


class _Running:
    """One run, for as long as one worker has it."""

    def __init__(
        self,
        runner: Runner,
        site: Place,
        kinds: Registry[StepKind],
        run: StoredRun,
        lease: timedelta,
        stopping: threading.Event,
    ) -> None:
        self.run = run
        self.site = site
        self.live: Snapshot = site.live
        self.runs = runner.runs
        self.kinds = kinds
        self.lease = lease
        self.stopping = stopping
        self.attempts = run.attempts
        self.names = {name: Target(*found) for name, found in (run.names or {}).items()}
        self.error: Mapping[str, Any] | None = run.error
        self.actor = SYSTEM
        self._at: tuple[str, str] | None = None

    def go(self) -> None:
        """Do step after step until the run ends, waits, or is to be left to another worker."""
        workflow = self._workflow()
        if workflow is None:
            self._end(FAILED, message(GONE.text, workflow=self.run.workflow))
            return
        if self.run.cancel_at is not None:
            self._end(CANCELLED)
            return
        try:
            self.actor = self._whose(workflow)
        except StepError as error:
            self._end(FAILED, error.reason)
            return
        if self.run.place is None and not self._begins(workflow):
            return
        walk = Walk(workflow, self.run.place, self._items)
        while self._one(workflow, walk):
            if self.stopping.is_set():
                with self.site.database.write() as tx:
                    self.runs.write(tx, self.run, _waiting())
                return

    def _workflow(self) -> Workflow | None:
        """The workflow as the run began with it."""
        found = self.live.catalog.procedures.get(self.run.workflow)
        if found is not None and found.digest == self.run.digest:
            return found
        return self.site.former_workflow(self.run.workflow, self.run.digest, self.run.revision_id)

    def _begins(self, workflow: Workflow) -> bool:
        """Whether a run that has done nothing yet begins now: a save has asked its condition already, and
        whoever else starts one has not.
        """
        is_started = self.run.trigger in STARTED
        if (is_started or workflow.recheck) and not self._still_holds(workflow):
            return False
        if not is_started:
            return True
        try:
            later = self._later(workflow)
        except StepError as error:
            self._end(FAILED, error.reason)
            return False
        with self.site.database.write() as tx:
            if later is not None:
                self.runs.write(tx, self.run, {**_waiting(), "next_at": later})
                return False
            if workflow.once and not claim_once(tx.connection, workflow.key, [self.run.record_id or 0]):
                self.runs.write(tx, self.run, {**_ended(SKIPPED), "finished_at": self.site.clock.now()})
                return False
            self.runs.write(tx, self.run, {"place": [dict(each) for each in FIRST]})
        return True

    def _later(self, workflow: Workflow) -> datetime | None:
        """The moment that a workflow waits for, where it is to come."""
        if workflow.until is None:
            return None
        with self.site.database.read() as connection:
            (moment,) = self._asking(connection, workflow).values([workflow.until])
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime.combine(moment, time_of_day(), ZoneInfo(self.live.catalog.timezone))
        return moment if isinstance(moment, datetime) and moment > self.site.clock.now() else None

    def _whose(self, workflow: Workflow) -> Actor:
        """Whose rights hold."""
        as_causer = workflow.as_causer and not self.run.inputs.get(AS_SYSTEM)
        number: object = self.run.user_id if as_causer else None
        with self.site.database.read() as connection:
            if workflow.run_as is not None:
                (number,) = self._asking(connection, workflow).values([workflow.run_as])
                number = number.id if isinstance(number, Pointer) else number
                if number is None:
                    raise StepError(message("{who} is empty, so nobody's rights hold.",
                                            who=workflow.run_as.text))  # fmt: skip
            if not isinstance(number, int):
                return SYSTEM
            user = Users(self.live.tables).active(connection, number)
        if user is None:
            raise StepError(message("Whose rights hold for this may not sign in any more."))
        actor = user.actor("workflow", self.live.catalog.languages[0], self.live.catalog.timezone)
        return as_it_came(actor, self.run.inputs)

    def _still_holds(self, workflow: Workflow) -> bool:
        if workflow.when is None:
            return True
        try:
            with self.site.database.read() as connection:
                (holds,) = self._asking(connection, workflow).values([workflow.when])
        except StepError as error:
            self._end(FAILED, error.reason)
            return False
        if holds is not True:
            self._end(SKIPPED)
        return holds is True

    def _one(self, workflow: Workflow, walk: Walk) -> bool:
        """The next step; says whether the run goes on."""
        step = self._next(walk)
        if step is None:
            self._end(FAILED if walk.is_failing else DONE, keep_place=walk)
            return False
        began = time.perf_counter()
        frames, known = deepcopy(walk.frames), dict(self.names)
        try:
            return self._try(workflow, walk, step, began)
        except StepError as error:
            failed = self._at or (walk.place(step), step.kind)
            walk.frames[:], self.names = frames, known  # what was done together is undone together
            return self._failed(workflow, walk, failed, error, began)

    def _next(self, walk: Walk) -> Step | None:
        """The next step: a loop leaves out a record that has gone into the bin before its turn came."""
        step = walk.step()
        while step is not None and (record := walk.coming()) is not None and self._is_gone(record):
            walk.leave_out()
            step = walk.step()
        return step

    def _is_gone(self, record: Target) -> bool:
        loader = self.live.writer.plans.loader
        with self.site.database.read() as connection:
            return record.id not in loader.existing(connection, record.module, [record.id])

    def _try(self, workflow: Workflow, walk: Walk, step: Step, began: float) -> bool:
        kind = self.kinds[step.kind]
        self._at = (walk.place(step), step.kind)
        reached = None
        if kind.reaches_out:
            names = {**self.names, **walk.names()}
            reached = self._reach(kind, workflow, step, walk.place(step), names)
        with self.site.database.write(at_once=False) as tx:
            if self.runs.enter(tx, self.run, self.live.revision, IDS):
                self.runs.keep(tx, self.run, {**_ended(CANCELLED), "finished_at": self.site.clock.now()})
                return False
            did = self._do(tx, workflow, walk, step, began, reached)
            while not did.stop and (inner := walk.grouped_step()) is not None:
                did = self._do(tx, workflow, walk, inner, time.perf_counter())
            over = did.again is None and (did.stop or walk.step() is None)
            values: dict[str, Any] = {"place": walk.frames, "names": self._names_json(), "attempts": 0}
            values["watching"] = did.again is not None
            now = self.site.clock.now()
            if over:
                values |= _ended(FAILED if walk.is_failing else DONE) | {"finished_at": now}
                if walk.is_failing:
                    alert(tx, self.live, self.site.clock, self.run, self._reason())
            elif did.until is not None:
                values |= _waiting() | {"next_at": did.until}
            else:
                values["lease_until"] = now + self.lease
            self.runs.keep(tx, self.run, values)
        self.attempts = 0
        return not over and did.until is None

    def _do(
        self,
        tx: Transaction,
        workflow: Workflow,
        walk: Walk,
        step: Step,
        began: float,
        reached: object = None,
    ) -> Did:
        """One step, with the note that it was done."""
        place, kind = walk.place(step), self.kinds[step.kind]
        self._at = (place, step.kind)
        reading = self._reading(tx.connection, workflow, {**self.names, **walk.names()}, tx)
        doing = StepDoing(
            tx, self.live, self._actor(), self.run, place, self.runs, walk.remembered(), self.site,
            reached,
        )  # fmt: skip
        tx.expect_ids(1)  # for the note
        did = kind.run(doing, given(kind, step, reading, self.live))
        if did.again is None:
            number = self._note(tx, step, place, did, reading.reads, began)
            self._advance(walk, step, did, number)
        else:
            walk.remember(did.again)
        return did

    def _reach(
        self, kind: StepKind, workflow: Workflow, step: Step, place: str, names: Mapping[str, Target]
    ) -> object:
        """What a step does outside, before its transaction: the lease is made new, and is still ours."""
        with self.site.database.write() as tx:
            self.runs.write(tx, self.run, {"lease_until": self.site.clock.now() + self.lease})
        with self.site.database.read() as connection:
            settings = given(kind, step, self._reading(connection, workflow, names), self.live)
        return kind.reach(StepReaching(self.site, key_of(self.run, place)), settings)

    def _advance(self, walk: Walk, step: Step, did: Did, number: int) -> None:
        if step.named and did.record is not None:
            self.names[step.named] = did.record
        walk.go_on(step, did.enter, number)

    def _note(
        self, tx: Transaction, step: Step, place: str, did: Did, reads: Mapping[str, Any], began: float
    ) -> int:
        effects = dict(did.effects)
        if did.enter is not None and did.enter.items is not None:
            effects["items"] = [[each.module, each.id] for each in did.enter.items]
        took = round((time.perf_counter() - began) * 1000)
        note = {"place": place, "kind": step.kind, "state": DONE, "reads": dict(reads), "effects": effects}
        return self.runs.note(tx, self.run.id, {**note, "took": took})

    def _failed(
        self, workflow: Workflow, walk: Walk, failed: tuple[str, str], error: StepError, began: float
    ) -> bool:
        """A step that failed: it is tried again, something is done about it, or the run ends."""
        reason, now = to_json(error.reason), self.site.clock.now()
        took = round((time.perf_counter() - began) * 1000)
        place, kind = failed
        note = {"place": place, "kind": kind, "state": FAILED, "error": reason, "took": took}
        retry = workflow.on_error
        times = retry.times or (0 if error.lasting else TRIES)
        with self.site.database.write() as tx:
            self.runs.note(tx, self.run.id, note)
            if not walk.is_failing and self.attempts < times:
                pause = min((retry.backoff if retry.times else PAUSE) * 2**self.attempts, LONGEST_PAUSE)
                values = {"attempts": self.attempts + 1, "next_at": now + pause, "error": reason}
                self.runs.write(tx, self.run, {**_waiting(), **values})
                return False
            self.error = self.error if walk.is_failing else reason
            if walk.is_failing:
                walk.pass_over()
            going_on = walk.is_failing or walk.fail()
            values = {"place": walk.frames, "error": self.error}
            if not going_on:
                values |= _ended(FAILED) | {"finished_at": now}
                alert(tx, self.live, self.site.clock, self.run, error.reason)
            self.runs.write(tx, self.run, values)
        log.warning("run %s (%s), step %s: %s", self.run.id, self.run.workflow, note["place"], error.reason)
        return going_on

    def _end(self, state: str, reason: Message | None = None, keep_place: Walk | None = None) -> None:
        values: dict[str, Any] = {**_ended(state), "finished_at": self.site.clock.now()}
        if reason is not None:
            values["error"] = to_json(reason)
        if keep_place is not None:
            values["place"] = keep_place.frames
        with self.site.database.write() as tx:
            self.runs.write(tx, self.run, values)
            if state == FAILED:
                alert(tx, self.live, self.site.clock, self.run, reason or self._reason())

    def _reason(self) -> Message | None:
        """Why a step has failed."""
        return from_json(self.error) if self.error else None

    def _reading(
        self, connection: Any, workflow: Workflow, names: Mapping[str, Target], tx: Transaction | None = None
    ) -> Reading:
        """What its steps read: as much as whose rights hold may see."""
        moment = self.live.moment(self.actor)
        return Reading(connection, self.live, tx, workflow, self.run, names, moment, self.actor)

    def _asking(self, connection: Any, workflow: Workflow) -> Reading:
        """What decides whether it runs, and when, reads as the system: nobody is told of it."""
        moment = self.live.moment(self.actor)
        return Reading(connection, self.live, None, workflow, self.run, {}, moment)

    def _actor(self) -> Actor:
        chain = (*((int(number), str(workflow)) for number, workflow in self.run.chain),)
        return replace(
            self.actor,
            door="workflow",
            cause=cause_of(self.run.id),
            chain=(*chain, (self.run.id, self.run.workflow)),
        )

    def _items(self, number: int) -> Sequence[Sequence[Any]]:
        with self.site.database.read() as connection:
            return self.runs.items(connection, number)

    def _names_json(self) -> dict[str, list[Any]]:
        return {name: [target.module, target.id] for name, target in self.names.items()}


def _waiting() -> dict[str, Any]:
    return {"state": QUEUED, "worker": None, "lease_until": None}


def _ended(state: str) -> dict[str, Any]:
    return {"state": state, "worker": None, "lease_until": None}
