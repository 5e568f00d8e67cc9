"""Check M201: workflows, and the tools that they use, that set each other going in a circle."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.resolve.loops import in_turn
from runtime.language.shape import Path
from runtime.model.catalog import Collection, Expression
from runtime.model.types import RecordType
from runtime.model.workflow import CHANGED, CREATED, DELETED, LINKED, UNLINKED, UPDATED, Event, Step, Workflow

Written = tuple[str, str, frozenset[str]]
"""What a step does to records: of which module, what happens to them, and which fields it writes."""


class WorkflowCircle(Check):
    """Each of these workflows changes what the next one waits for, and the last one what the first one does.
    Where their conditions do not end it, they set each other going again and again, until the chain is cut
    after eight runs. Tools that steps use (`run_tool`) are followed like workflows; an approval ends a
    circle, for what its own steps change does not ask for it again. A circle is fine where a condition
    becomes false on the way; else narrow a trigger to the fields that matter (`{changed: stage}`), add a
    condition, or say `once: true`.
    """

    name = "M201"
    title = "Workflows that set each other going"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        open_ones = {
            key: each
            for key, each in draft.procedures().items()
            if each.active and not each.once and not key.startswith("approval:")
        }
        while open_ones:
            written = {key: list(_written(each)) for key, each in open_ones.items()}
            follows = {
                key: {
                    other
                    for other, each in open_ones.items()
                    if _fires(each, written[key]) or other in _called(open_ones[key])
                }
                for key in open_ones
            }
            _, loop = in_turn(follows)
            circle = next(([key] for key in open_ones if key in follows[key]), loop)
            if not circle:
                return
            circle = _from_a_workflow(circle, draft)
            path, at = " -> ".join((*circle, circle[0])), _place(circle[0])
            yield self.found(
                f"these workflows may set each other going for ever: {path}",
                draft.span(at, key=True),
                at,
                "narrow a trigger or a condition; the chain is cut after eight runs",
            )
            for key in circle:
                open_ones.pop(key, None)


def _written(workflow: Workflow) -> Iterator[Written]:
    for step in workflow.all_steps():
        settings = step.settings
        record = settings.get("record")
        module = workflow.module
        if isinstance(record, Expression) and isinstance(record.type, RecordType):
            module = record.type.modules[0]
        fields = frozenset(settings.get("set", ()))
        if step.kind == "update":
            yield module, UPDATED, fields
        elif step.kind == "assign":
            yield module, UPDATED, frozenset(("owner",))
        elif step.kind in ("tag", "untag"):
            yield module, UPDATED, frozenset((settings.get("in", ""),))
        elif step.kind == "http" and "save" in settings:
            yield workflow.module, UPDATED, frozenset(settings["save"].values())
        elif step.kind == "create":
            yield str(settings.get("module", "")), CREATED, fields
        elif step.kind in ("link", "unlink") and "in" in settings:
            yield _linked(settings["in"])
        elif step.kind == "delete":
            yield module, DELETED, fields


def _linked(collection: Collection) -> Written:
    holder = collection.module if collection.kind == "links" else collection.target
    return holder, UPDATED, frozenset((collection.via,))


def _from_a_workflow(circle: list[str], draft: Draft) -> list[str]:
    """The circle, each of it once, beginning with a workflow where it has one."""
    once = list(dict.fromkeys(circle))
    first = next((place for place, key in enumerate(once) if key in draft.workflows), 0)
    return [*once[first:], *once[:first]]


def _place(key: str) -> Path:
    """Where it is written why a workflow runs, or what a tool or a job does."""
    kind, colon, name = key.partition(":")
    if not colon:
        return ("workflows", key, "trigger")
    return ("jobs", name, "steps") if kind == "job" else ("tools", *name.split("."), "steps")


def _called(workflow: Workflow) -> frozenset[str]:
    """The workflows that its steps run, and the tools that they use."""
    return frozenset(filter(None, map(used_by, workflow.all_steps())))


def used_by(step: Step) -> str:
    """The key of the tool or the workflow that a step uses; '' of one that uses none, or an unknown one."""
    if step.kind == "run_tool" and "tool" in step.settings:
        return f"tool:{step.settings['tool']}"
    return str(step.settings.get("workflow", "")) if step.kind == "run_workflow" else ""


def _fires(workflow: Workflow, written: list[Written]) -> bool:
    return any(
        _hears(workflow, event, each)
        for each in written
        for trigger in workflow.triggers
        for event in trigger.events
    )


def _hears(workflow: Workflow, event: Event, written: Written) -> bool:
    """Whether an event looks at what a step writes."""
    module, what, fields = written
    collection = event.collection
    if collection is None:
        is_of_it = what in event.on or (what == UPDATED and CHANGED in event.on)
        is_field = not event.fields or not fields.isdisjoint(event.fields)
        return module == workflow.module and is_of_it and is_field
    is_link = not {LINKED, UNLINKED}.isdisjoint(event.on)
    if module != (collection.module if is_link and collection.kind == "links" else collection.target):
        return False
    if not is_link:
        return what in event.on
    comes = what == CREATED and collection.kind == "rows"
    goes = what == DELETED and collection.kind != "links"
    return comes or goes or collection.via in fields
