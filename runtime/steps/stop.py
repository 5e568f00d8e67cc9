"""The step `stop`: end the run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import VALUE, Did, Doing, Setting, StepKind


class Stop(StepKind):
    """Ends the run here, as one that is done; what follows is not done: `stop: The customer is new.` The text
    is noted in the run.
    """

    name = "stop"
    title = message("Stop here")
    icon = "ban"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {"stop": Setting(VALUE, "Why, for the run's page.")}
    )

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        return Did({"why": str(given.get("stop") or "")}, stop=True)
