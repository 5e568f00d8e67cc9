"""The trigger `deleted`: a record is deleted."""

from runtime.model.workflow import DELETED, Event
from runtime.triggers.base import TriggerKind, Written


class Deleted(TriggerKind):
    """A record goes into the bin, by itself or with the one that it belongs to. Steps still see what it
    holds.
    """

    name = "deleted"
    says = "a record is deleted"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([DELETED])),)
