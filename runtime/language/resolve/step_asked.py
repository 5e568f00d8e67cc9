"""A setting of a step that is to be resolved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.language.nodes import Node
from runtime.language.resolve.step_scope import StepScope
from runtime.language.shape import Path
from runtime.steps.base import Setting, StepKind


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting as it is written (``written`` is None where it is left out) and where, in which ``step``.

    ``modules`` are those of the records that settings of the step have given so far, by their keys; what
    gives records adds to them. ``before`` is what the settings before this one say.
    """

    scope: StepScope
    kind: StepKind
    key: str
    written: Node | None
    at: Path
    step: Node
    modules: dict[str, str]
    before: Mapping[str, Any]

    @property
    def setting(self) -> Setting:
        """What the kind of step declares of it."""
        return self.kind.settings[self.key]

    @property
    def node(self) -> Node:
        """What is written, where something is."""
        assert self.written is not None
        return self.written

    @property
    def target(self) -> str | None:
        """The module that the setting is about by another one; None where that makes no sense."""
        return self.modules.get(self.setting.of)

    @property
    def about(self) -> str:
        """The same, and the steps' own module where no other one says it."""
        return self.modules.get(self.setting.of, self.scope.module.key)

    def gives(self, module: str) -> None:
        """Note of which module the records of this setting are."""
        self.modules[self.key] = module

    def note(self, about: str, node: Node | None = None, at: Path | None = None) -> None:
        """Note what is wrong with the setting, or with a part of it."""
        self.scope.values.note(about, node or self.written or self.step, at or self.at)
