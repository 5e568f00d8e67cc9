"""Resolves workflows: why they run, on which condition, and their steps."""

from runtime.language.draft import Draft
from runtime.language.nodes import MapNode, Node
from runtime.language.resolve.dynamics import resolve_saved
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.procedures import digest_of, kept_by, resolve_on_error
from runtime.language.resolve.steps import Steps
from runtime.language.resolve.triggers import Triggers
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Module
from runtime.model.types import BOOLEAN, DATE, DATETIME, record_of
from runtime.model.workflow import Workflow

BY_CLOCK = ("date", "schedule")
"""The triggers that no save fires, so that `changed()` would never hold."""


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
        triggers = tuple(Triggers(draft, self.values, self.path).all(tree.get("trigger"), module))
        saving = any(each.kind not in BY_CLOCK for each in triggers) or not triggers
        at = (*self.path, "when")
        when = resolve_saved(draft, tree.get("when"), module.key, at, BOOLEAN, saving=saving)
        is_personal = tree.text("run_as") not in (None, "system")
        steps = Steps(self.values, module, personal=is_personal)
        main = steps.all(tree.list("steps"), (*self.path, "steps"))
        on_error = resolve_on_error(self.values, steps, tree, self.path)
        expressions = [each for each in (when, *steps.scope.expressions) if each is not None]
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
            names=dict(steps.scope.names),
            digest=digest_of(tree),
            origin=draft.origin(tree),
            delay=self.values.duration(tree.get("delay"), (*self.path, "delay")),
            until=self._until(module),
            recheck=tree.flag("recheck", False),
            run_as=self._run_as(module),
            as_causer=tree.text("run_as") == "causer",
            keeps=kept_by(expressions),
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

    def _note(self, about: str, at: Node, key: str) -> None:
        self.draft.note("workflow", about, at, (*self.path, key))
