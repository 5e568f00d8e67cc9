"""The step `assign`: give a record another owner."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.catalog import Expression
from runtime.steps.base import OWNER, RECORD, Did, Doing, Setting, StepKind, changed


class Assign(StepKind):
    """Gives a record to somebody: `assign: {record: =account, to: =owner}`. `to` is a user or a group behind
    an =. It is saved like any other change, so that its own workflows follow; where the record or the new
    owner is empty, nothing is changed.
    """

    name = "assign"
    title = message("Give to another owner")
    icon = "user-plus"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Which record; left out: the workflow's own."),
            "to": Setting(
                OWNER, "Whose it becomes: a user or a group, such as =account.owner.", required=True
            ),
        }
    )
    writes = True

    def sets(self, stated: Mapping[str, Any]) -> Mapping[str, Expression]:
        """See the base class."""
        return {"owner": stated["to"]} if "to" in stated else {}

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record, owner = given["record"], given["to"]
        if record is None or owner is None:
            return Did({"what": "nothing"})
        return changed(doing, record, {"owner": owner})
