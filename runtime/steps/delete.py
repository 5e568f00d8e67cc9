"""The step `delete`: put a record into the bin."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.workflow import DELETED, Effect
from runtime.steps.base import RECORD, Did, Doing, Setting, StepKind, modules_of


class Delete(StepKind):
    """Puts a record into the bin, with what goes along with it: `delete: {record: =kick_off}`. Where other
    records stand in the way, the step fails. A relation that is empty deletes nothing.
    """

    name = "delete"
    title = message("Delete a record")
    icon = "trash"
    right = "delete"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {"record": Setting(RECORD, "Which record: =this, or one that it leads to.", required=True)}
    )
    writes = True

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """See the base class."""
        for module in modules_of(stated, own):
            yield Effect(module, DELETED)

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record = given["record"]
        if record is None:
            return Did({"what": "nothing"})
        doing.delete(record)
        return Did({"what": "deleted", "module": record.module, "id": record.id})
