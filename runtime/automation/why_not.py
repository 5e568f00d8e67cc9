"""Why a workflow runs for a record, or does not: each thing that must be so, and whether it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runtime.automation.place import Snapshot
from runtime.base.messages import Message, message
from runtime.expressions.references import dependencies
from runtime.model.workflow import Workflow
from runtime.records.explaining import Asking, Explainer, Explanation
from runtime.storage.once import has_run
from runtime.storage.runs import Runs, StoredRun, Wanted
from runtime.storage.switches import switched_off

LATEST = 5


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must be so. ``holds`` is None where it cannot be told of the record as it stands."""

    told: Message
    holds: bool | None
    condition: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Whether:
    """What there is to say of a workflow and a record: its needs, and its latest runs for it."""

    needs: tuple[Need, ...]
    runs: tuple[StoredRun, ...]


def whether(live: Snapshot, explainer: Explainer, runs: Runs, workflow: Workflow, asking: Asking) -> Whether:
    """Ask about a record as it stands."""
    latest = runs.latest(asking.connection, Wanted(workflow.key, record_id=asking.record_id), LATEST)
    needs = _needs(explainer, runs, workflow, asking, asking.connection)
    return Whether(tuple(needs), tuple(latest))


def _needs(
    explainer: Explainer, runs: Runs, workflow: Workflow, asking: Asking, connection: Any
) -> Iterator[Need]:
    is_on = workflow.active and workflow.key not in switched_off(connection)
    yield Need(message("It is switched on.") if is_on else message("It is switched off."), is_on)
    if workflow.once:
        ran = has_run(connection, workflow.key, asking.record_id)
        yield Need(
            message("It runs once for each record, and has run for this one already.")
            if ran
            else message("It runs once for each record, and has not run for this one yet."),
            not ran,
        )
    if workflow.when is None:
        yield Need(message("It has no condition."), True)
        return
    explanation = explainer.explain(asking, workflow.when)
    holds = explanation.value is True
    if dependencies(workflow.when.tree).old:
        yield Need(
            message("Its condition asks what a save changes. If nothing changed, it would be:"),
            None,
            explanation,
        )
    elif holds:
        yield Need(message("Its condition holds for the record as it stands:"), True, explanation)
    else:
        yield Need(message("Its condition does not hold for the record as it stands:"), False, explanation)
