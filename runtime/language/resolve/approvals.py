"""Resolves approvals: when they are asked for, what they lock, who is asked, and what follows."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from runtime.expressions.references import dependencies
from runtime.language.draft import Draft
from runtime.language.nodes import MapNode, Node
from runtime.language.resolve.dynamics import resolve_saved
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.procedures import digest_of, procedure_of, resolve_on_error
from runtime.language.resolve.steps import Steps
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.approval import ESCALATE, Approval
from runtime.model.catalog import Expression, Module
from runtime.model.types import BOOLEAN
from runtime.model.uses import Thing
from runtime.model.workflow import CHANGED, CREATED, UPDATED, Event, Step, Trigger


def resolve_approvals(draft: Draft, labels: Labels) -> None:
    """Fill the draft's approvals."""
    for key, tree in draft.trees.get("approvals", {}).items():
        found = _Approval(draft, labels, key, tree).whole()
        if found is not None:
            draft.approvals[key] = found


class _Approval:
    """One approval."""

    def __init__(self, draft: Draft, labels: Labels, key: str, tree: MapNode) -> None:
        self.draft = draft
        self.labels = labels
        self.values = Values(draft, Fields(draft, labels), "approval")
        self.key = key
        self.tree = tree
        self.path: Path = ("approvals", key)

    def whole(self) -> Approval | None:
        """All of it; None when it makes no sense, which is noted."""
        draft, tree, label = self.draft, self.tree, self.labels.named(self.path, self.tree)
        module = self.values.module(tree.get("module"), (*self.path, "module"))
        if module is None:
            return None
        when = resolve_saved(draft, tree.get("when"), module.key, (*self.path, "when"), BOOLEAN)
        lock = tuple(self._lock(module))
        steps = Steps(self.values, module, "chain")
        rejected = steps.all(tree.list("rejected"), (*self.path, "rejected"), "rejected")
        links = tuple(self._links(steps, rejected))
        place = len(links)
        approved = steps.all(tree.list("approved"), (*self.path, "approved"), "approved")
        main = (*links, *(_moved(each, "approved", place) for each in approved))
        on_error = resolve_on_error(self.values, steps, tree, self.path)
        origin = draft.origin(tree)
        procedure = procedure_of(
            steps, f"approval:{self.key}", label, main, on_error, digest_of(tree), origin
        )
        triggers = self._triggers(module, when, lock) if when is not None else ()
        procedure = replace(
            procedure, when=when, triggers=triggers, active=tree.flag("active", True), once=False
        )
        return Approval(self.key, label, module.key, lock, procedure, origin)

    def _lock(self, module: Module) -> Iterator[str]:
        listed = self.tree.list("lock")
        rows = {each.key for each in module.rows()}
        for position, item in enumerate(listed.scalars() if listed else ()):
            name, at = str(item.value), (*self.path, "lock", str(position))
            if name in rows:
                yield name
                continue
            field = self.values.field(module, name, item, at)
            if field is not None and field.computed is not None:
                self.values.note(f"{name} is computed: nobody changes it in any case", item, at)
            elif field is not None:
                self.draft.mention(at, item, Thing("field", f"{module.key}.{field.key}"), "binds")
                yield field.key

    def _triggers(self, module: Module, when: Expression, lock: tuple[str, ...]) -> tuple[Trigger, ...]:
        """It is asked for when a record is made, and when what its condition reads, or what it locks,
        changes.
        """
        read = {path.fields[0].whole for path in dependencies(when.tree).paths}
        fields = tuple(sorted({*read, *lock} & {each.key for each in module.all_fields()}))
        changed = (Event(frozenset((UPDATED, CHANGED)), fields),) if fields else ()
        return (Trigger("approval", (Event(frozenset((CREATED,))), *changed), self.draft.origin(self.tree)),)

    def _links(self, steps: Steps, rejected: tuple[Step, ...]) -> Iterator[Step]:
        chain = self.tree.list("chain")
        nodes = [each for each in (chain.items if chain else ()) if isinstance(each, MapNode)]
        for place, node in enumerate(nodes):
            at = (*self.path, "chain", str(place))
            settings: dict[str, Any] = self._approver(steps, node.get("approver"), (*at, "approver"))
            written = node.get("when")
            when = steps.scope.condition(written, (*at, "when")) if written is not None else None
            if when is not None:
                settings["when"] = when
            if ("timeout" in node.items) != ("then" in node.items):
                self.values.note("a link has timeout and then together, or neither", node, at)
            timeout = self.values.duration(node.get("timeout"), (*at, "timeout"))
            if timeout is not None and "then" in node.items:
                settings |= {"timeout": timeout, "then": node.text("then")}
            if node.text("then") == ESCALATE and place == len(nodes) - 1:
                about = "the last link cannot escalate: there is nobody behind it"
                self.values.note(about, node.items["then"], (*at, "then"))
            settings["rejected"] = tuple(_moved(each, "rejected", place, inside=True) for each in rejected)
            yield Step("approval", str(place), MappingProxyType(settings), "", self.draft.origin(node))

    def _approver(self, steps: Steps, node: Node | None, at: Path) -> dict[str, Any]:
        if isinstance(node, MapNode):
            role = steps.scope.role(node.items["role"], (*at, "role"))
            return {"role": role} if role is not None else {}
        people = steps.scope.people(node, at) if node is not None else None
        return {"approver": people} if people is not None else {}


def _moved(step: Step, word: str, shift: int, *, inside: bool = False) -> Step:
    """A step that was read under a word, at its place in the procedure."""
    first, *rest = step.place.split(".")[1:]
    head = [str(shift), word, first] if inside else [str(int(first) + shift)]
    return _placed(step, step.place, ".".join((*head, *rest)))


def _placed(step: Step, was: str, now: str) -> Step:
    settings = {
        key: tuple(_placed(each, each.place, now + each.place[len(was) :]) for each in value)
        if isinstance(value, tuple) and value and all(isinstance(each, Step) for each in value)
        else value
        for key, value in step.settings.items()
    }
    return replace(step, place=now, settings=MappingProxyType(settings))
