"""The trigger `updated`: a record is changed after it was created."""

from runtime.model.workflow import UPDATED, Event
from runtime.triggers.base import TriggerKind, Written


class Updated(TriggerKind):
    """A record that was there has changed. What computed fields work out by themselves does not count: see
    `changed`.
    """

    name = "updated"
    says = "a record is changed after it was created"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([UPDATED])),)
