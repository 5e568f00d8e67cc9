"""The step `unlink`: take a record out of another one's list."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.workflow import Effect
from runtime.steps.base import LINKS, RECORD, Did, Doing, Setting, StepKind, linked


class Unlink(StepKind):
    """Takes a record out of a list of another one, and what the link said is gone with it: `unlink: {record:
    =campaign, to: =this, in: members}`. `in` may be left out where there is only one such list. One that is
    not in it stays out.
    """

    name = "unlink"
    title = message("Take a link away")
    icon = "unlink"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Whose list it is; left out: the workflow's own record."),
            "to": Setting(RECORD, "Which record is taken out of it.", required=True),
            "in": Setting(LINKS, "Which list.", of="to"),
        }
    )

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """See the base class."""
        if "in" in stated:
            yield linked(stated["in"])

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record, other = given["record"], given["to"]
        if record is None or other is None:
            return Did({"what": "nothing"})
        doing.link(given["in"], record, other, None)
        what = {"what": "unlinked", "list": given["in"].key, "to": other.id}
        return Did({**what, "module": record.module, "id": record.id})
