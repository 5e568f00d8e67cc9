"""The step `open`: lead whoever used a tool to a record, or to a form that is filled in already."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import MODULE, RECORD, VALUES, Did, Doing, Setting, StepKind


class Open(StepKind):
    """Leads to the card of a record, `open: {record: =order}`, or to the form of a new one with values in
    it, `open: {module: quotes, set: {account: =account}}`: nothing is saved before the person saves it. Only
    a tool has it, and what is opened is what its last such step says. Where the tool is used for several
    records at once, or from REST, the answer names the record instead.
    """

    name = "open"
    title = message("Open a record or a form")
    icon = "external-link"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Which record: =this, or one that an earlier step gave."),
            "module": Setting(MODULE, "Or of which module a form is opened."),
            "set": Setting(VALUES, "What stands in the form.", of="module"),
        }
    )
    one_of: ClassVar[tuple[str, ...]] = ("record", "module")
    only_in = ("tool",)
    right = "create"

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        if "module" in given:
            module = given["module"]
            return Did({"form": module, "values": doing.as_json(module, given.get("set", {}))})
        record = given["record"]
        return Did({"opens": [record.module, record.id]} if record is not None else {"what": "nothing"})
