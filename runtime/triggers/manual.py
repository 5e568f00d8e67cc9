"""The trigger `manual`: somebody asks for it."""

from runtime.model.workflow import Event
from runtime.triggers.base import TriggerKind, Written


class Manual(TriggerKind):
    """An administrator asks for it, on the page where a workflow is tried on a record, or a step of another
    workflow does. Its condition is asked of the record by then.
    """

    name = "manual"
    says = "somebody asks for it"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return ()
