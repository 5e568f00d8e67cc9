"""The trigger `schedule`: the clock comes to a time."""

from runtime.model.workflow import Event
from runtime.triggers.base import CRON, TriggerKind, Written


class Schedule(TriggerKind):
    """The clock has come to a time, in cron's notation and the site's time zone, or another one: `{schedule:
    "0 7 * * mon"}`, `{schedule: {cron: "0 7 * * mon", timezone: Europe/Helsinki}}`. The workflow then
    runs for each record of its module for which its condition holds.
    """

    name = "schedule"
    says = "the clock comes to a time"
    takes = CRON
    example = '{schedule: "0 7 * * mon"}'

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return ()
