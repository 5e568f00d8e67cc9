"""The trigger `restored`: a record comes back from the bin."""

from runtime.model.workflow import RESTORED, Event
from runtime.triggers.base import TriggerKind, Written


class Restored(TriggerKind):
    """A record is brought back from the bin."""

    name = "restored"
    says = "a record comes back from the bin"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([RESTORED])),)
