"""What workflows look at in saves: an index of a snapshot, by module, by what happens, and by field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from runtime.model.catalog import Catalog, Collection
from runtime.model.workflow import LINKED, UNLINKED, Event, Trigger, Workflow


@dataclass(frozen=True, slots=True)
class Watcher:
    """One workflow, and what it looks at."""

    workflow: Workflow
    trigger: Trigger
    event: Event

    def fits(self, key: str, old: object, new: object) -> bool:
        """Whether a field's values are those that it waits for."""
        before, after = self.event.before, self.event.after
        return (before is None or old in before) and (after is None or new in after)


@dataclass(slots=True)
class Watched:
    """What is looked at in the records of one module: ``on`` by what happens, ``fields`` by what changes."""

    on: dict[str, list[Watcher]] = field(default_factory=dict)
    fields: dict[str, list[Watcher]] = field(default_factory=dict)

    def of_change(self, keys: Iterable[str], what: str) -> Iterator[tuple[Watcher, str]]:
        """Who looks at one of these fields, where a record is ``updated``, or only worked out anew."""
        for key in keys:
            for watcher in self.fields.get(key, ()):
                if what in watcher.event.on:
                    yield watcher, key


class Watching:
    """The index of one snapshot."""

    def __init__(self, catalog: Catalog) -> None:
        found: dict[str, Watched] = {}
        neighbours: dict[str, list[Watcher]] = {}
        for workflow in catalog.procedures.values():
            for trigger in workflow.triggers if workflow.active else ():
                for event in trigger.events:
                    watcher = Watcher(workflow, trigger, event)
                    if event.collection is not None:
                        neighbours.setdefault(watched_module(event.collection, event.on), []).append(watcher)
                    else:
                        _add(found.setdefault(workflow.module, Watched()), watcher)
        self.modules: Mapping[str, Watched] = found
        self.neighbours: Mapping[str, list[Watcher]] = neighbours
        """Who looks at the records of a module for what they hang on, or link to."""
        self.waiting = _waiting(catalog.workflows.values())
        """The workflows of a module whose runs may wait for a condition, by module."""

    @property
    def any(self) -> bool:
        """Whether anybody looks at saves at all."""
        return bool(self.modules or self.waiting or self.neighbours)

    def get(self, module: str) -> Watched | None:
        """Who looks at the records of a module."""
        return self.modules.get(module)


def watched_module(collection: Collection, on: Iterable[str]) -> str:
    """The module whose records tell of a collection."""
    is_own = collection.kind == "links" and not {LINKED, UNLINKED}.isdisjoint(on)
    return collection.module if is_own else collection.target


def _waiting(workflows: Iterable[Workflow]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for workflow in workflows:
        if any("limit" in step.settings for step in workflow.all_steps() if step.kind == "wait"):
            found[workflow.module] = (*found.get(workflow.module, ()), workflow.key)
    return found


def _add(watched: Watched, watcher: Watcher) -> None:
    if watcher.event.fields:
        for key in watcher.event.fields:
            watched.fields.setdefault(key, []).append(watcher)
        return
    for what in watcher.event.on:
        watched.on.setdefault(what, []).append(watcher)
