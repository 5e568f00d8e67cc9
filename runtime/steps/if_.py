"""The step `if`: some steps on a condition, others else."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import CONDITION, STEPS, Did, Doing, Enter, Setting, StepKind


class If(StepKind):
    """Goes on with the steps of `then` where its condition holds, with those of `else` where not: `if: amount
    > 10000`. The condition looks at the record as it is by then.
    """

    name = "if"
    title = message("On a condition")
    icon = "git-branch"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "if": Setting(CONDITION, "The condition.", required=True),
            "then": Setting(STEPS, "What is done where it holds.", required=True),
            "else": Setting(STEPS, "What is done where it does not."),
        }
    )
    beside = ("then", "else")

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        holds = given["if"] is True
        return Did({"holds": holds}, enter=Enter("then" if holds else "else"))
