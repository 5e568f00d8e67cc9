"""Check M201: workflows, and the tools that they use, that set each other going in a circle."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.checks.workflow_effects import Followers, effects_of, used_by
from runtime.language.draft import Draft
from runtime.language.resolve.loops import in_turn
from runtime.language.shape import Path
from runtime.model.workflow import (
    CHANGED,
    CREATED,
    DELETED,
    LINKED,
    UNLINKED,
    UPDATED,
    Effect,
    Event,
    Workflow,
)


class WorkflowCircle(Check):
    """Each of these workflows changes what the next one waits for, and the last one what the first one does:
    by what its steps write, or by what formulas of any module give after that. Where their conditions do not
    end it, they set each other going again and again, until the chain is cut after eight runs. Tools that
    steps use (`run_tool`) are followed like workflows; an approval ends a circle, for what its own steps
    change does not ask for it again. A circle is fine where a condition becomes false on the way; else
    narrow a trigger to the fields that matter (`{changed: stage}`), add a condition, or say `once: true`.
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
        graph = _Graph(open_ones, Followers(draft))
        while circle := graph.circle(open_ones):
            circle = _from_a_workflow(circle, draft)
            path, at = " -> ".join((*circle, circle[0])), _place(circle[0])
            formulas = graph.formulas(circle)
            way = f", by way of what formulas give {', '.join(formulas)}" if formulas else ""
            yield self.found(
                f"these workflows may set each other going for ever: {path}{way}",
                draft.span(at, key=True),
                at,
                "narrow a trigger or a condition; the chain is cut after eight runs",
            )
            for key in circle:
                open_ones.pop(key, None)


class _Graph:
    """What sets what going: by what it writes, by what formulas give after that, or because it uses it."""

    def __init__(self, all_of_them: Mapping[str, Workflow], followers: Followers) -> None:
        self._all = dict(all_of_them)
        self._written = {key: tuple(effects_of(each)) for key, each in all_of_them.items()}
        self._given = {key: tuple(followers.after(each)) for key, each in self._written.items()}
        self._follows = {
            key: {other for other in all_of_them if self._is_direct(key, other) or self._ways(key, other)}
            for key in all_of_them
        }

    def circle(self, among: Collection[str]) -> list[str]:
        """A circle of some of them; nothing where there is none."""
        follows = {key: self._follows[key] & set(among) for key in among}
        return next(([key] for key in among if key in follows[key]), None) or in_turn(follows)[1]

    def formulas(self, circle: Sequence[str]) -> list[str]:
        """The fields without whose formulas it would be no circle."""
        pairs = zip(circle, (*circle[1:], circle[0]), strict=True)
        return sorted({way for one, other in pairs for way in self._ways(one, other)})

    def _is_direct(self, one: str, other: str) -> bool:
        return other in _called(self._all[one]) or _fires(self._all[other], self._written[one])

    def _ways(self, one: str, other: str) -> list[str]:
        if self._is_direct(one, other):
            return []
        heard = (each for each in self._given[one] if _fires(self._all[other], (each,)))
        return [f"{each.module}.{field}" for each in heard for field in each.fields]


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


def _fires(workflow: Workflow, written: Iterable[Effect]) -> bool:
    return any(
        _hears(workflow, event, each)
        for each in written
        for trigger in workflow.triggers
        for event in trigger.events
    )


def _hears(workflow: Workflow, event: Event, written: Effect) -> bool:
    """Whether an event looks at what is written."""
    module, what, fields = written.module, written.on, written.fields
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
