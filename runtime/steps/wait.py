"""The step `wait`: go on later."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import CONDITION, DURATION, MOMENT, Did, Doing, Setting, StepError, StepKind

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""Between two looks at a condition: its own record's saves are heard of at once, others' are found out."""


class Wait(StepKind):
    """Goes on after a while, `wait: {for: 2 days}`, or at a moment, `wait: {until: =close_date}`; one that
    has passed already is now. `wait: {when: stage == 'won', limit: 30 days}` goes on as soon as the condition
    holds, and when the limit is over in any case: an `if` behind it tells which. The steps that follow read
    what the records hold by then. A run that waits survives restarts, and costs nothing.
    """

    name = "wait"
    title = message("Wait")
    icon = "hourglass"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "for": Setting(DURATION, "How long: 2 days."),
            "until": Setting(MOMENT, "Until when: =close_date."),
            "when": Setting(CONDITION, "Until what holds: stage == 'won'."),
            "limit": Setting(DURATION, "After how long it goes on even so; written with `when`."),
        }
    )
    one_of: ClassVar[tuple[str, ...]] = ("for", "until", "when")
    waits = True
    together: ClassVar[tuple[str, ...]] = ("when", "limit")

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        if "limit" in given:
            return _until_it_holds(doing, given["limit"], holds=given["when"] is True)
        until = given.get("until")
        if isinstance(until, date) and not isinstance(until, datetime):
            until = datetime.combine(until, time(), doing.timezone)
        if "for" in given:
            until = doing.now + (given["for"] or timedelta())
        if not isinstance(until, datetime):
            raise StepError(message("The moment to wait for is empty."))
        moment = max(until, doing.now)
        return Did({"until": moment.isoformat(timespec="minutes")}, until=moment)


def _until_it_holds(doing: Doing, limit: timedelta, *, holds: bool) -> Did:
    kept = doing.remembered()
    since = datetime.fromisoformat(kept["since"]) if kept else doing.now
    end = since + limit
    if holds or doing.now >= end:
        return Did({"holds": holds})
    pause = min(max((doing.now - since) / 4, SHORTEST), LONGEST)
    return Did(until=min(doing.now + pause, end), again={"since": since.isoformat(), "end": end.isoformat()})
