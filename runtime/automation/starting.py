"""Starting: runs that no save sets going: those that a step, a person, a clock or another system asks for.

Their condition is asked when they begin, not here, and `once` is claimed by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from runtime.automation.place import Snapshot
from runtime.base.messages import message, to_json
from runtime.identity.actor import Actor, Scope
from runtime.model.workflow import DEEPEST, Workflow
from runtime.records.triggering import TOO_DEEP
from runtime.storage.runs import CUT, QUEUED, Runs
from runtime.storage.transaction import Transaction

STEP, MANUAL, SCHEDULE, DATE, WEBHOOK = "run_workflow", "manual", "schedule", "date", "webhook"
TOOL = "tool"
STARTED = frozenset((STEP, MANUAL, SCHEDULE, DATE, WEBHOOK, TOOL))
"""The triggers of such runs."""
INPUTS, AS_SYSTEM = "inputs", "as_system"
"""What was filled in before a run began; that it has the system's rights, whosesoever its steps ask for."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why runs are started: by which trigger, under which key (with the record's id, the run's own; a run of
    a key that is there is not started again), for whom, and by which runs.
    """

    trigger: str
    key: str
    user_id: int | None = None
    chain: Sequence[Sequence[Any]] = ()
    inputs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def told_of(actor: Actor) -> dict[str, Any]:
    """What a run keeps of whoever started it beside their id."""
    scope = actor.scope
    modules = list(scope.modules) if scope is not None and scope.modules is not None else None
    kept = None if scope is None else {"read_only": scope.read_only, "modules": modules}
    told = {"scope": kept, "by": actor.by_id, AS_SYSTEM: actor.system}
    return {key: value for key, value in told.items() if value}


def as_it_came(actor: Actor, told: Mapping[str, Any]) -> Actor:
    """The actor with the rights that were left to whoever started the run."""
    scope = told.get("scope")
    if scope is None:
        return replace(actor, by_id=told.get("by"))
    modules = tuple(scope["modules"]) if scope["modules"] is not None else None
    return replace(actor, by_id=told.get("by"), scope=Scope(scope["read_only"], modules))


def start(
    tx: Transaction,
    live: Snapshot,
    runs: Runs,
    workflow: Workflow,
    records: Sequence[int | None],
    cause: Cause,
) -> list[int]:
    """Start a workflow for records of its module, in the transaction that gives the cause; gives the runs."""
    now = runs.clock.now()
    is_cut = len(cause.chain) >= DEEPEST
    told = " → ".join(str(each) for _, each in cause.chain)
    shared: dict[str, Any] = {
        "workflow": workflow.key,
        "module": workflow.module,
        "trigger": cause.trigger,
        "state": CUT if is_cut else QUEUED,
        "error": to_json(message(TOO_DEEP.text, count=len(cause.chain), chain=told)) if is_cut else None,
        "chain": [list(each) for each in cause.chain],
        "user_id": cause.user_id,
        "inputs": {"what": "", "changed": [], "old": {}, **cause.inputs},
        "digest": workflow.digest,
        "revision_id": live.revision,
        "next_at": now + (workflow.delay or timedelta()),
        "finished_at": now if is_cut else None,
    }
    rows = [{**shared, "record_id": each, "key": f"{cause.key}:{each}"} for each in records]
    return runs.start(tx, rows)
