"""Resolves the steps of workflows, each as its kind declares its settings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.language.kinds.workflows import known_steps
from runtime.language.nodes import ListNode, MapNode, Node
from runtime.language.resolve.step_asked import Asked
from runtime.language.resolve.step_scope import StepScope
from runtime.language.resolve.step_settings import resolve_setting
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Module
from runtime.model.workflow import Step
from runtime.steps.base import STEPS, StepKind


class Steps:
    """Reads the steps of one workflow.

    ``needs`` are the rights, as (right, module), that it takes in any case, and ``needs_own`` those on the
    record itself. ``within`` says whose steps they are: a workflow's, a tool's. With ``personal`` they are
    done with the rights of a user.
    """

    def __init__(
        self, values: Values, module: Module, within: str = "workflow", *, personal: bool = False
    ) -> None:
        self.scope = StepScope(values, module, within, "" if personal else "does these steps")
        self.needs: set[tuple[str, str]] = set()
        self.needs_own: set[str] = set()
        self._is_sure = True

    def all(
        self, node: ListNode | None, path: Path, place: str = "", *, closed: bool = True
    ) -> tuple[Step, ...]:
        """The steps of a list that make sense; the others are noted. What steps inside another one have made
        is not known behind that, unless it is not ``closed``.
        """
        found = []
        before = dict(self.scope.open)
        for position, child in enumerate(node.items if node is not None else ()):
            if isinstance(child, MapNode):
                at = f"{place}.{position}" if place else str(position)
                step = self._step(child, (*path, str(position)), at)
                if step is not None:
                    found.append(step)
        if place and closed:
            self.scope.open = before
        return tuple(found)

    def _inside(self, kind: StepKind, node: Node, at: Path, place: str) -> tuple[Step, ...]:
        """The steps inside another one."""
        assert isinstance(node, ListNode)
        scope = self.scope
        sure, grouped = self._is_sure, scope.is_grouped
        self._is_sure, scope.is_grouped = sure and kind.groups, grouped or kind.groups
        found = self.all(node, at, place, closed=not kind.groups)
        self._is_sure, scope.is_grouped = sure, grouped
        return found

    def _step(self, node: MapNode, path: Path, place: str) -> Step | None:
        registry = known_steps()
        name = next((key for key in node.items if key in registry), None)
        if name is None:
            return None  # what stood there is unsound, and was told
        kind = registry[name]
        behind = node.map(name) if name not in kind.settings else None
        if not self._fits_here(kind, node, path) or not self._is_whole(kind, behind, node, path):
            return None
        settings: dict[str, Any] = {}
        modules: dict[str, str] = {}
        for key, setting in kind.settings.items():
            holder = node if key in kind.beside or behind is None else behind
            at = (*path, key) if holder is node else (*path, name, key)
            written = holder.get(key)
            if setting.what == STEPS:
                value = self._inside(kind, written, at, f"{place}.{key}") if written is not None else None
            else:
                value = resolve_setting(Asked(self.scope, kind, key, written, at, node, modules, settings))
            if value is not None:
                settings[key] = value
        self._demand(kind, settings, modules)
        named = self._named(kind, node, path, modules)
        return Step(name, place, MappingProxyType(settings), named, self.scope.draft.origin(node))

    def _fits_here(self, kind: StepKind, node: MapNode, path: Path) -> bool:
        """Whether such a step may stand here; where not, it is noted."""
        if kind.only_in and self.scope.within not in kind.only_in:
            of = " and ".join(f"a {each}" for each in kind.only_in)
            self.scope.values.note(f"only {of} has the step {kind.name}", node, path)
        elif self.scope.is_grouped and (kind.waits or kind.reaches_out):
            about = f"{kind.name} has no place in atomic: no transaction stays open for so long"
            self.scope.values.note(about, node, path)
        else:
            return True
        return False

    def _is_whole(self, kind: StepKind, behind: MapNode | None, node: MapNode, path: Path) -> bool:
        """Whether the settings that exclude each other, or go together, do so; where not, it is noted."""
        there = behind.items if behind is not None else {}
        together = sum(key in there for key in kind.together)
        if behind is not None and kind.one_of and sum(key in there for key in kind.one_of) != 1:
            self.scope.values.note(f"{kind.name} has one of {' and '.join(kind.one_of)}", node, path)
        elif together not in (0, len(kind.together)):
            about = f"{kind.name} has {' and '.join(kind.together)} together, or neither"
            self.scope.values.note(about, node, path)
        else:
            return True
        return False

    def _demand(self, kind: StepKind, settings: Mapping[str, Any], modules: Mapping[str, str]) -> None:
        """Note the right that a step takes which is done in any case."""
        if not (kind.right and self._is_sure):
            return
        record = settings.get("record")
        is_own = record is None or record.text.strip() == "this"
        if "module" in modules:
            self.needs.add((kind.right, modules["module"]))
        elif kind.right != "create" and "record" in modules and is_own:
            self.needs_own.add(kind.right)

    def _named(self, kind: StepKind, node: MapNode, path: Path, modules: dict[str, str]) -> str:
        """What later steps call the record that a step gives; '' where it has no name."""
        if kind.gives_module:
            modules[kind.gives] = kind.gives_module
        named = node.text("as") or "" if kind.gives else ""
        if named and kind.gives in modules:
            self.scope.name(named, modules[kind.gives], node.get("as") or node, (*path, "as"))
        return named
