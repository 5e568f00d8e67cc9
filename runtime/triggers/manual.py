"""The trigger `manual`: somebody asks for it."""

from runtime.model.workflow import Event
from runtime.triggers.base import TriggerKind, Written


class Manual(TriggerKind):
    """Somebody asks for it: on the page of the workflow, or on the card of a record of its module. Its condition
    is asked of the record by then.
    """

    name = "manual"
    says = "somebody asks for it"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return ()
