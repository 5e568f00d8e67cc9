"""The step `print`: lead whoever used a tool to a page to print."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import RECORD, Did, Doing, Setting, StepKind


class Print(StepKind):
    """Leads to the record on a page for paper, with the fields and rows of its card that the person may see:
    `print: {}`, or `print: {record: =account}`. Only a tool has it.
    """

    name = "print"
    title = message("Print a record")
    icon = "file-description"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {"record": Setting(RECORD, "Which record; left out: the one that the tool is used for.")}
    )
    only_in = ("tool",)

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record = given["record"]
        return Did({"prints": [record.module, record.id]} if record is not None else {"what": "nothing"})
