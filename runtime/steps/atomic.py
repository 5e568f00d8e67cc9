"""The step `atomic`: several steps, all of them or none."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import STEPS, Did, Doing, Enter, Setting, StepKind


class Atomic(StepKind):
    """Does its steps in one transaction: `atomic: [steps]`. Where one of them fails, none of them was done,
    and all are tried again together. Others see what they did at one moment. Steps that wait, or that call
    other systems, have no place inside. What its steps call their records, the steps behind it know too.
    """

    name = "atomic"
    title = message("All or nothing")
    icon = "packages"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {"atomic": Setting(STEPS, "What is done together.", required=True)}
    )
    groups = True

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        return Did(enter=Enter("atomic"))
