"""The trigger `changed`: fields of a record get other values."""

from runtime.model.workflow import CHANGED, UPDATED, Event
from runtime.triggers.base import FIELDS, TriggerKind, Written


class FieldChanged(TriggerKind):
    """One of the fields that are named got another value after the record was created: written by somebody,
    or worked out by a formula. `{changed: stage}`, `{changed: [stage, amount]}`, or with values
    `{changed: {field: stage, from: open, to: [won, lost]}}`.
    """

    name = "changed"
    says = "a field gets another value"
    takes = FIELDS
    example = "{changed: stage}"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        return (Event(frozenset([UPDATED, CHANGED]), written.fields, written.before, written.after),)
