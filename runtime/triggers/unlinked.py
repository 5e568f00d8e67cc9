"""The trigger `unlinked`: another record is linked to it no more."""

from runtime.model.workflow import UNLINKED, Event
from runtime.triggers.base import COLLECTION, TriggerKind, Written


class Unlinked(TriggerKind):
    """Another record is joined to this one no more: `{unlinked: contacts}`, because the link was taken out,
    leads elsewhere by now, or the other record was deleted.
    """

    name = "unlinked"
    says = "another record is linked to it no more"
    takes = COLLECTION
    example = "{unlinked: contacts}"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([UNLINKED]), collection=written.collection),)
