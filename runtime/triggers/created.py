"""The trigger `created`: a record is created."""

from runtime.model.workflow import CREATED, Event
from runtime.triggers.base import TriggerKind, Written


class Created(TriggerKind):
    """A record is new, whichever way it was made: by a form, REST, an import or another workflow."""

    name = "created"
    says = "a record is created"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([CREATED])),)
