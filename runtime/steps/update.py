"""The step `update`: change a record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.catalog import Expression
from runtime.steps.base import RECORD, VALUES, Did, Doing, Setting, StepKind, changed


class Update(StepKind):
    """Changes the record itself, or one that it leads to: `update: {record: =account, set: {type:
    customer}}`. It is saved like any other, with its own formulas, rules and checks, and its own workflows
    follow. A relation that is empty changes nothing.
    """

    name = "update"
    title = message("Change a record")
    icon = "pencil"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Which record: =this, =account, or one that an earlier step gave."),
            "set": Setting(VALUES, "What its fields get.", required=True, of="record"),
        }
    )
    gives = "record"
    writes = True

    def sets(self, stated: Mapping[str, Any]) -> Mapping[str, Expression]:
        """See the base class."""
        fields: Mapping[str, Expression] = stated.get("set", {})
        return fields

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record = given["record"]
        if record is None:
            return Did({"what": "nothing"})
        return changed(doing, record, given["set"])
