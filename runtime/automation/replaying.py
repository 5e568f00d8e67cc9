"""Replaying: an old run on today's configuration, tried and taken back, beside what it did then."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runtime.automation.dry_running import SECONDS, DryRun, dry_run_of
from runtime.automation.place import Place, Snapshot
from runtime.automation.starting import MANUAL, Cause
from runtime.base.registry import Registry
from runtime.model.workflow import Workflow
from runtime.steps.base import StepKind
from runtime.storage.runs import StoredRun, StoredStep

MADE_ANEW = ("id", "mails", "answer", "file")
"""What a step tells of its effects that is another each time."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One step, as it was done then and as it would be done now; None where it was not, or would not be."""

    place: str
    then: StoredStep | None
    now: StoredStep | None

    @property
    def is_same(self) -> bool:
        """Whether it would do the same."""
        return self.then is not None and self.now is not None and _said(self.then) == _said(self.now)


@dataclass(frozen=True, slots=True)
class Replay:
    """An old run, and what it would come to now."""

    dry: DryRun
    steps: tuple[Beside, ...]

    @property
    def is_same(self) -> bool:
        """Whether all of it would be as it was."""
        return all(each.is_same for each in self.steps)


def replay(
    site: Place,
    kinds: Registry[StepKind],
    workflow: Workflow,
    run: StoredRun,
    steps: Iterable[StoredStep],
    seconds: float = SECONDS,
) -> Replay:
    """What a run would do today: its record as it stands, with what its save had changed then."""
    run = by_names_of_now(site.live, run)
    cause = Cause(MANUAL, "", run.user_id, inputs=run.inputs)
    tried = dry_run_of(site, kinds, workflow, run.record_id, cause, seconds, anew=True)
    return Replay(tried, tuple(_beside(steps, tried.first.steps if tried.first is not None else ())))


def by_names_of_now(live: Snapshot, run: StoredRun) -> StoredRun:
    """An old run as it is told under the revision of now: its module, and what its save had changed."""
    former = live.writer.plans.workplace.former
    renames = former.since(run.revision_id)
    if renames is None:
        return run
    told = former.told(run.revision_id, run.module, run.inputs)
    return replace(run, module=renames.module(run.module), inputs=told, revision_id=live.revision)


def _beside(then: Iterable[StoredStep], now: Iterable[StoredStep]) -> list[Beside]:
    """By their places, in the order of then; what would be new comes behind the step before it."""
    earlier = {each.place: each for each in then}  # of one that was tried again, the last time counts
    later = {each.place: each for each in now}
    order = list(earlier)
    last = -1
    for place in later:
        if place in earlier:
            last = order.index(place)
        else:
            last += 1
            order.insert(last, place)
    return [Beside(place, earlier.get(place), later.get(place)) for place in order]


def _said(step: StoredStep) -> tuple[object, ...]:
    effects = step.effects or {}
    is_new = effects.get("what") == "created"
    told = {key: value for key, value in effects.items() if not (is_new and key in MADE_ANEW)}
    return step.kind, step.state, told, step.error
