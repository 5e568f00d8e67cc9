"""Dry running: a workflow on a record, with all that follows, in a transaction that is rolled back.

Everything is done as a worker does it: records are saved, and their own workflows follow. Letters and calls
of other systems are caught and shown, waits are over at once, and nothing is kept. On SQLite nobody else
writes meanwhile, so it ends after two seconds, with what is left named.
"""

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, BinaryIO, cast

from runtime.automation.inside import Inside
from runtime.automation.place import Place
from runtime.automation.running import Runner, _Running
from runtime.automation.starting import MANUAL, Cause, start
from runtime.base.registry import Registry
from runtime.model.letters import Letter
from runtime.model.outbound import Answer, Request
from runtime.model.workflow import Workflow
from runtime.records.dry_run import undone
from runtime.steps.base import StepKind
from runtime.storage.files import Kept
from runtime.storage.once import forget_once
from runtime.storage.runs import QUEUED, Runs, StoredRun, StoredStep
from runtime.storage.transaction import Transaction

SECONDS = 2.0
"""So long it may hold the writer."""
MOST = 200
"""So many runs are followed."""
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Dry:
    """One run as it would be: what its steps would do, and the runs that would follow from it."""

    run: StoredRun
    steps: tuple[StoredStep, ...]
    follow: "tuple[Dry, ...]"


@dataclass(slots=True)
class Caught:
    """What would go out. Letters have the keys of their steps."""

    letters: list[Letter] = field(default_factory=list)
    calls: list[Request] = field(default_factory=list)

    def put(self, _tx: Transaction, letters: Sequence[Letter]) -> list[int]:
        """Catch letters."""
        self.letters += letters
        return []

    def keep(self, content: BinaryIO, *, unlimited: bool = False) -> Kept:
        """Keep no file, and say what it would be."""
        written = content.read()
        return Kept(hashlib.sha256(written).hexdigest(), len(written), "text/plain")

    def send(self, request: Request) -> Answer:
        """Catch a call; what it would be answered nobody knows."""
        self.calls.append(replace(request, headers={}))  # secrets are in them
        return Answer(200, b"{}", "application/json")


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would happen. ``is_whole``: nothing was left out, for want of time or as too many followed."""

    first: Dry | None
    letters: tuple[Letter, ...]
    calls: tuple[Request, ...]
    is_whole: bool


class _Deadline(threading.Event):
    """Set by itself when the time is over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._end = time.monotonic() + seconds

    def is_set(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._end


class _Stage:
    """A place where everything is tried, and nothing goes out."""

    def __init__(self, site: Place, tx: Transaction, caught: Caught) -> None:
        self._site = site
        self.database = Inside(site.database, tx)
        self.post = caught
        self.outbound = caught
        self.files = caught

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site, name)

    def refresh(self) -> bool:
        """The snapshot stays."""
        return False


def dry_run(
    site: Place,
    kinds: Registry[StepKind],
    workflow: Workflow,
    record_id: int,
    user_id: int | None,
    seconds: float = SECONDS,
) -> DryRun:
    """What would happen if the workflow ran for a record now."""
    return dry_run_of(site, kinds, workflow, record_id, Cause(MANUAL, "", user_id), seconds)


def dry_run_of(
    site: Place,
    kinds: Registry[StepKind],
    workflow: Workflow,
    record_id: int | None,
    cause: Cause,
    seconds: float = SECONDS,
    *,
    anew: bool = False,
) -> DryRun:
    """What would happen if it ran for a cause. ``anew``: that it has run once already does not count."""
    over, caught = _Deadline(seconds), Caught()
    with undone(site.database) as tx:
        stage = cast(Place, _Stage(site, tx, caught))
        runs = Runs(site.clock)
        marker = tx.allocate_ids(1)[0]
        if anew and record_id is not None:
            forget_once(tx.connection, workflow.key, record_id)
        start(tx, site.live, runs, workflow, [record_id], replace(cause, key=f"dry:{marker}"))
        runner = Runner(stage, kinds, "dry", LEASE, over)
        known, is_whole = _follow(stage, tx, runner, kinds, over, marker)
        trees = _trees(tx, runs, known)
    first = trees[0] if trees else None
    return DryRun(first, tuple(caught.letters), tuple(caught.calls), is_whole=is_whole and not over.is_set())


def _follow(
    stage: Place,
    tx: Transaction,
    runner: Runner,
    kinds: Registry[StepKind],
    over: threading.Event,
    marker: int,
) -> tuple[list[int], bool]:
    """Do run after run, those that it has set going among them; gives their ids, and whether that is all."""
    known: list[int] = []
    looked: dict[int, int] = {}
    while not over.is_set() and len(known) < MOST:
        fresh = [run for run in runner.runs.since(tx.connection, marker, MOST) if _is_ours(run, known)]
        known += [run.id for run in fresh if run.id not in known]
        # A run that waits is looked at once more for each of its waits; one that waits for a condition stays.
        waiting = [run for run in fresh if run.state == QUEUED and not (run.watching and run.id in looked)]
        if not waiting:
            return known, True
        run = waiting[0]
        looked[run.id] = looked.get(run.id, 0) + 1
        taken = runner.runs.take(tx, run.id, "dry", LEASE)
        if taken is None or looked[run.id] > MOST:
            break
        _Running(runner, stage, kinds, taken, LEASE, over).go()
    return known, False


def _is_ours(run: StoredRun, known: Sequence[int]) -> bool:
    return run.key.startswith("dry:") or run.id in known or any(number in known for number, _ in run.chain)


def _trees(tx: Transaction, runs: Runs, known: Sequence[int]) -> list[Dry]:
    found = {number: runs.find(tx.connection, number) for number in known}
    children: dict[int, list[int]] = {}
    roots: list[int] = []
    for number, run in found.items():
        if run is None:
            continue
        cause = int(run.chain[-1][0]) if run.chain else 0
        siblings = children.setdefault(cause, []) if cause in found else roots
        siblings.append(number)

    def tree(number: int) -> Dry:
        run = found[number]
        assert run is not None
        steps = tuple(runs.steps(tx.connection, number))
        return Dry(run, steps, tuple(tree(each) for each in children.get(number, ())))

    return [tree(each) for each in roots]
