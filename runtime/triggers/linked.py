"""The trigger `linked`: another record is linked to it."""

from runtime.model.workflow import LINKED, Event
from runtime.triggers.base import COLLECTION, TriggerKind, Written


class Linked(TriggerKind):
    """Another record was joined to this one: `{linked: contacts}`, whichever side the link was made from, a
    new record that points here among them.
    """

    name = "linked"
    says = "another record is linked to it"
    takes = COLLECTION
    example = "{linked: contacts}"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([LINKED]), collection=written.collection),)
