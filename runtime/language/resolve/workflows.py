"""Resolves workflows: why they run, on which condition, and their steps."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta

from runtime.expressions.references import dependencies
from runtime.language.draft import Draft
from runtime.language.kinds.workflows import LATER_TRIGGERS, known_triggers
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.dynamics import resolve_saved
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.steps import Steps
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.language.words import names
from runtime.model.catalog import Expression, Module
from runtime.model.types import BOOLEAN, DATE, DATETIME, record_of
from runtime.model.uses import Thing
from runtime.model.workflow import OnError, Several, Trigger, Workflow
from runtime.triggers.base import Written, known

RETRIES = 5


def resolve_workflows(draft: Draft, labels: Labels) -> None:
    """Fill the draft's workflows."""
    values = Values(draft, Fields(draft, labels))
    for key, tree in draft.trees.get("workflows", {}).items():
        found = _Workflows(draft, labels, values, key, tree).whole()
        if found is not None:
            draft.workflows[key] = found


class _Workflows:
    """One workflow."""

    def __init__(self, draft: Draft, labels: Labels, values: Values, key: str, tree: MapNode) -> None:
        self.draft = draft
        self.labels = labels
        self.values = values
        self.key = key
        self.tree = tree
        self.path: Path = ("workflows", key)

    def whole(self) -> Workflow | None:
        """All of it; None when it makes no sense, which is noted."""
        draft, tree = self.draft, self.tree
        label = self.labels.named(self.path, tree)
        module = self.values.module(tree.get("module"), (*self.path, "module"))
        if module is None:
            return None
        triggers = tuple(self._triggers(module))
        when = resolve_saved(draft, tree.get("when"), module.key, (*self.path, "when"), BOOLEAN)
        steps = Steps(self.values, module)
        main = steps.all(tree.list("steps"), (*self.path, "steps"))
        on_error = self._on_error(steps)
        expressions = [each for each in (when, *steps.expressions) if each is not None]
        return Workflow(
            key=self.key,
            label=label,
            module=module.key,
            triggers=triggers,
            when=when,
            once=tree.flag("once", False),
            active=tree.flag("active", True),
            steps=main,
            on_error=on_error,
            names=dict(steps.names),
            digest=hashlib.sha256(json.dumps(tree.plain, sort_keys=True, default=str).encode()).hexdigest()[
                :16
            ],
            origin=draft.origin(tree),
            delay=self.values.duration(tree.get("delay"), (*self.path, "delay")),
            until=self._until(module),
            recheck=tree.flag("recheck", False),
            run_as=self._run_as(module),
            as_causer=tree.text("run_as") == "causer",
            keeps=frozenset(_kept(expressions)),
        )

    def _until(self, module: Module) -> Expression | None:
        node = self.tree.get("until")
        if node is None:
            return None
        if "delay" in self.tree.items:
            self._note("it has both a delay and an until", self.tree.keys["until"], "until")
        return self.values.either(node, module, (*self.path, "until"), (DATETIME, DATE))

    def _run_as(self, module: Module) -> Expression | None:
        node = self.tree.get("run_as")
        if node is None or node.plain in ("system", "causer"):
            return None
        return self.values.expression(
            node, (*self.path, "run_as"), self.values.scope(module), record_of("users", "groups")
        )

    def _on_error(self, steps: Steps) -> OnError:
        node = self.tree.map("on_error")
        if node is None:
            return OnError()
        retry = node.map("retry")
        place = (*self.path, "on_error")
        times, pause = 0, timedelta(seconds=60)
        if retry is not None:
            written = retry.scalar("times")
            times = int(str(written.value)) if written is not None else RETRIES
            pause = self.values.duration(retry.get("backoff"), (*place, "retry", "backoff")) or pause
        return OnError(times, pause, steps.all(node.list("then"), (*place, "then"), "on_error"))

    # Triggers

    def _triggers(self, module: Module) -> Iterator[Trigger]:
        node = self.tree.get("trigger")
        items = node.items if isinstance(node, ListNode) else [node] if node is not None else []
        for position, item in enumerate(items):
            place = (*self.path, "trigger", *((str(position),) if isinstance(node, ListNode) else ()))
            found = self._trigger(module, item, place)
            if found is not None:
                yield found

    def _trigger(self, module: Module, node: Node, place: Path) -> Trigger | None:
        name, settings = str(node.plain), None
        at: Node = node
        if isinstance(node, MapNode):
            if len(node.items) != 1:
                self._note("a trigger is one word, or a map with one key", node, "trigger")
                return None
            name, settings = next(iter(node.items.items()))
            at = node.keys[name]
        kind = known_triggers().get(name)
        if kind is None:
            self._unknown(name, at, place)
            return None
        if kind.with_fields != (settings is not None):
            write = f"{{{name}: stage}}" if kind.with_fields else name
            self._note(f"the trigger {name} is written: {write}", at, "trigger")
            return None
        written = self._written(module, settings, (*place, name)) if settings is not None else Written()
        if written is None:
            return None
        return Trigger(name, kind.events(written), self.draft.origin(node))

    def _unknown(self, name: str, at: Node, place: Path) -> None:
        registry = known_triggers()
        if name in LATER_TRIGGERS:
            self.draft.note("later_trigger", name, at, place)
            return
        words = [*known(registry, with_fields=False), *known(registry, with_fields=True)]
        near = registry.suggest(name)
        about = f'there is no trigger "{name}"; ' + (
            f"did you mean {near}?" if near else f"there are {names(words)}"
        )
        self._note(about, at, "trigger")

    def _written(self, module: Module, node: Node, place: Path) -> Written | None:
        """The fields that a trigger names, and the values of the one that it looks at."""
        if isinstance(node, MapNode):
            field = node.get("field")
            unknown = next((key for key in node.items if key not in ("field", "from", "to")), None)
            if unknown is not None or field is None:
                at = node.keys[unknown] if unknown is not None else node
                self._note("what changed is written: {field: stage, from: open, to: won}", at, "trigger")
                return None
            key = self._field(module, field, (*place, "field"))
            if key is None:
                return None
            before, after = (
                self._values(module, key, node.get(end), (*place, end)) for end in ("from", "to")
            )
            return Written((key,), before, after)
        items = node.items if isinstance(node, ListNode) else [node]
        keys = [self._field(module, item, (*place, str(at))) for at, item in enumerate(items)]
        known_keys = tuple(key for key in keys if key is not None)
        return Written(known_keys) if known_keys and len(known_keys) == len(keys) else None

    def _field(self, module: Module, node: Node, place: Path) -> str | None:
        if not isinstance(node, Scalar):
            self._note("a field is named here", node, "trigger")
            return None
        field = self.values.field(module, str(node.value), node, place)
        if field is None:
            return None
        self.draft.mention(place, node, Thing("field", f"{module.key}.{field.key}"), "reads")
        if field.is_virtual:
            about = f"{field.key} is worked out whenever it is read, so no save changes it"
            self._note(f"{about}; name what it reads, or wait for a date", node, "trigger")
            return None
        return field.key

    def _values(self, module: Module, key: str, node: Node | None, place: Path) -> tuple[object, ...] | None:
        if node is None:
            return None
        items = node.items if isinstance(node, ListNode) else [node]
        field = module.field(key)
        assert field is not None
        found = []
        for position, item in enumerate(items):
            value = self.values.literal(field, item, (*place, str(position)))
            if value is not None:
                found.append(value.value)
        return tuple(found)

    def _note(self, about: str, at: Node, key: str) -> None:
        self.draft.note("workflow", about, at, (*self.path, key))


def _kept(expressions: list[Expression | Several]) -> Iterator[str]:
    """The fields of which expressions ask what they held before the save."""
    for each in expressions:
        expression = each.of if isinstance(each, Several) else each
        if expression is not None:
            yield from (path.fields[0].whole for path in dependencies(expression.tree).old)
