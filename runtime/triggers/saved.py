"""The trigger `saved`: a record is created or changed."""

from runtime.model.workflow import CREATED, UPDATED, Event
from runtime.triggers.base import TriggerKind, Written


class Saved(TriggerKind):
    """A record is new, or one that was there has changed."""

    name = "saved"
    says = "a record is created or changed"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([CREATED, UPDATED])),)
