"""Past limits: what a back-test of a workflow cannot know, in whole sentences."""

import re
from collections.abc import Iterable, Iterator

from runtime.automation.past_dates import dates_of
from runtime.automation.past_letters import needed_by, writes_letters
from runtime.automation.past_runs import MOST, Found
from runtime.automation.place import Snapshot
from runtime.base.messages import Message, message
from runtime.language.kinds.workflows import known_steps
from runtime.model.catalog import Expression, Field
from runtime.model.workflow import Step, Workflow
from runtime.records.plan import ModulePlan

KNOWN = frozenset(
    ("id", "number", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at")
)
"""Fields of every record that are told again without the log."""


def limits(live: Snapshot, workflow: Workflow, found: Found) -> list[Message]:
    """Everything that is to be said beside the result."""
    return [*_of_triggers(live, workflow), *_of_conditions(live, workflow), *_of_steps(workflow), *_of(found)]


def _of_triggers(live: Snapshot, workflow: Workflow) -> Iterator[Message]:
    dates = dates_of(live, workflow)
    silent = sorted({each.kind for each in workflow.triggers if not each.events and each not in dates})
    if silent:
        yield message(
            "Only saves and dates are told again. Not counted is what sets it going otherwise: {triggers}.",
            triggers=", ".join(silent),
        )
    if workflow.once:
        yield message("It runs once for each record. Runs that were cleared away since are not known of.")


def _of_conditions(live: Snapshot, workflow: Workflow) -> Iterator[Message]:
    expressions = [each for each in (workflow.when, workflow.until) if each is not None]
    expressions += [each for step in workflow.all_steps() for each in _deciding(step)]
    needed = needed_by(expressions)
    plans = live.writer.plans
    unlogged = {
        f"{field.module}.{field.key}"
        for path in (*needed.paths, *needed.old)
        for field in path.fields
        if (plan := plans.get(field.module)) is not None and not _is_told(plan, field)
    }
    watched = {key for trigger in workflow.triggers for event in trigger.events for key in event.fields}
    watched |= {each.settings["field"] for each in dates_of(live, workflow)}
    own = plans[workflow.module]
    unlogged |= {f"{own.key}.{key}" for key in watched if key not in own.logged}
    if unlogged:
        yield message(
            "The change log does not keep {fields}: what they hold today was taken for what they held.",
            fields=", ".join(sorted(unlogged)),
        )
    virtual = sorted(set(_virtual(own, expressions)))
    if virtual:
        yield message(
            "{fields} is computed at reading: it was worked out from what the log knows.",
            fields=", ".join(virtual),
        )
    if needed.aggregates:
        yield message("What is counted or summed over related records is what there is of them today.")
    if needed.user:
        yield message("The roles and groups of users are those of today.")


def _of_steps(workflow: Workflow) -> Iterator[Message]:
    if any(_changes_records(step, workflow.module) for step in workflow.all_steps()):
        yield message("What its own steps would have changed, and what would have followed, is not told.")
    if (workflow.run_as is not None or workflow.as_causer) and writes_letters(workflow.steps):
        yield message("Its steps may read less, with somebody's rights, than was read here.")
    if any(step.kind == "wait" for step in workflow.all_steps()):
        yield message("Its waits are passed over: what comes behind them sees the record as it began.")


def _of(found: Found) -> Iterator[Message]:
    if not found.letters_are_whole:
        yield message(
            "More letters may have been sent: those to whom its own steps find out, or for each of several."
        )
    if found.lost:
        yield message("{count} records are gone for good: nothing is known of them.", count=len(found.lost))
    if not found.is_whole:
        yield message("Some records were changed so often that their older changes were left out.")
    if found.is_full:
        yield message("It ended after {most} runs: there would have been more.", most=MOST)


def _changes_records(step: Step, own: str) -> bool:
    kind = known_steps()[step.kind]
    return bool(kind.uses(step.settings)) or any(kind.effects(step.settings, own))


def _deciding(step: Step) -> Iterator[Expression]:
    for key in ("if", "to"):
        each = step.settings.get(key)
        if step.kind in ("if", "email") and isinstance(each, Expression):
            yield each


def _is_told(plan: ModulePlan, field: Field) -> bool:
    is_record = field.key not in plan.fields  # what a step has made, or was filled in
    return is_record or field.key in KNOWN or field.whole in plan.logged


def _virtual(plan: ModulePlan, expressions: Iterable[Expression]) -> Iterator[str]:
    for field in plan.module.fields.values():
        if field.is_virtual and any(re.search(rf"\b{field.key}\b", each.text) for each in expressions):
            yield field.key
