"""The trigger `related`: something happens to a related record."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.model.workflow import CREATED, DELETED, UPDATED, Event
from runtime.triggers.base import RELATED, TriggerKind, Written

ON: Mapping[str, str] = MappingProxyType({"created": CREATED, "changed": UPDATED, "deleted": DELETED})


class Related(TriggerKind):
    """Something happens to records that hang on this one: `{related: {path: items, on: [created,
    changed]}}`. What happens is `created`, `changed` or `deleted`; left out, all three. The workflow
    runs for the record that they hang on.
    """

    name = "related"
    says = "something happens to a related record"
    takes = RELATED
    example = "{related: {path: items, on: [created]}}"

    def events(self, written: Written) -> tuple[Event, ...]:
        """See the class."""
        on = frozenset(ON[each] for each in written.on or ON)
        return (Event(on, collection=written.collection),)
