"""Using: a tool, or a workflow that runs by hand, for the records that somebody has before them.

Its runs are rows like all others, taken in the transaction that makes them and done in the request while that
is quick; what is left when the time is over, and what waits, the workers do.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runtime.automation.place import Place, Snapshot
from runtime.automation.running import Runner
from runtime.automation.starting import INPUTS, MANUAL, TOOL, Cause, start, told_of
from runtime.base.registry import Registry
from runtime.identity.actor import Actor
from runtime.model.workflow import Workflow
from runtime.steps.base import StepKind
from runtime.storage.runs import Runs, StoredRun

SECONDS = 2.0
"""So long a request does steps itself."""
LEASE = timedelta(seconds=60)
AT_ONCE = 20
"""So many records' runs a request does itself; the workers begin the others at once."""


@dataclass(frozen=True, slots=True)
class Using:
    """What is used, for which records, by whom. ``key`` makes a repeat harmless."""

    procedure: Workflow
    records: Sequence[int]
    actor: Actor
    key: str
    inputs: Mapping[str, Any]

    @property
    def trigger(self) -> str:
        """What the runs say as their trigger."""
        return TOOL if self.procedure.key.startswith("tool:") else MANUAL


class _Deadline(threading.Event):
    """Set by itself when the time is over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._end = time.monotonic() + seconds

    def is_set(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._end


def use(
    site: Place, live: Snapshot, kinds: Registry[StepKind], using: Using, seconds: float | None = None
) -> list[StoredRun]:
    """Start the runs, do what is quick, and say where each of them is. ``seconds`` is what quick means, where
    nobody waits for an answer.
    """
    runs, deadline = Runs(site.clock), _Deadline(SECONDS if seconds is None else seconds)
    told = {**told_of(using.actor), INPUTS: using.inputs}
    cause = Cause(using.trigger, using.key, using.actor.user_id, (), told)
    with site.database.write() as tx:
        started = start(tx, live, runs, using.procedure, using.records, cause)
        taken = [runs.take(tx, number, "request", LEASE) for number in started[:AT_ONCE]]
        tx.after_commit(live.writer.plans.workplace.wake)
    runner = Runner(site, kinds, "request", LEASE, deadline)
    runner.do([run for run in taken if run is not None])
    keys = [f"{using.key}:{each}" for each in using.records]
    with site.database.read() as connection:
        return runs.of_keys(connection, keys)
