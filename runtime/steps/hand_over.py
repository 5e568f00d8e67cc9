"""The step `hand_over`: what hangs on a record itself goes to another."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import RECORD, Did, Doing, Setting, StepKind


class HandOver(StepKind):
    """Hangs the files that hang on a record on another one: `hand_over: {to: =contact}`. Files in fields of
    their own stay in them. Whose rights hold must be allowed to change both records; who uploaded the files
    is no matter. Records that belong to it are handed over by `update`, for each of a list.
    """

    name = "hand_over"
    title = message("Hand files over")
    icon = "paperclip"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Whose files; left out: the workflow's own record."),
            "to": Setting(RECORD, "Which record gets them.", required=True),
        }
    )
    writes = True

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record, to = given["record"], given["to"]
        if record is None or to is None:
            return Did({"what": "nothing"})
        return Did({"files": doing.hand_over(record, to), "module": to.module, "id": to.id})
