"""The trigger `date`: a date of the record has come."""

from runtime.model.workflow import Event
from runtime.triggers.base import DATE, TriggerKind, Written


class DateReached(TriggerKind):
    """A date that the record holds has come, or is about to: `{date: {field: close_date, offset: -7 days,
    at: "08:00"}}`; `-3 workdays` counts the days that are worked. Of a field without a time the moment
    is `at`, or the day's beginning. A date that was past already when it was written does not count.
    """

    name = "date"
    says = "a date of the record has come"
    takes = DATE
    example = "{date: {field: close_date, offset: -7 days}}"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return ()
