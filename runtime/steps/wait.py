"""The step `wait`: go on later."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import DURATION, MOMENT, Did, Doing, Setting, StepError, StepKind


class Wait(StepKind):
    """Goes on after a while, `wait: {for: 2 days}`, or at a moment, `wait: {until: =close_date}`; one that
    has passed already is now. The steps that follow read what the records hold by then. A run that waits
    survives restarts, and costs nothing.
    """

    name = "wait"
    title = message("Wait")
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "for": Setting(DURATION, "How long: 2 days."),
            "until": Setting(MOMENT, "Until when: =close_date."),
        }
    )
    one_of: ClassVar[tuple[str, ...]] = ("for", "until")

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        until = given.get("until")
        if isinstance(until, date) and not isinstance(until, datetime):
            until = datetime.combine(until, time(), doing.timezone)
        if "for" in given:
            until = doing.now + (given["for"] or timedelta())
        if not isinstance(until, datetime):
            raise StepError(message("The moment to wait for is empty."))
        moment = max(until, doing.now)
        return Did({"until": moment.isoformat(timespec="minutes")}, until=moment)
