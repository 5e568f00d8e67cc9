"""The step `link`: put a record into another one's list."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.workflow import Effect
from runtime.steps.base import LINKS, RECORD, SAID, Did, Doing, Setting, StepKind, linked


class Link(StepKind):
    """Puts a record into a list of another one: `link: {record: =campaign, to: =this, in: members, set:
    {added_by: workflow}}`. Both sides of a field of the type `relations` have such a list, and `in` may be
    left out where there is only one of that module. `set` is what the link itself says; one that is there
    stays, with what `set` does not name. Where one of the two is empty, nothing is linked.
    """

    name = "link"
    title = message("Link a record")
    icon = "link"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Whose list it is; left out: the workflow's own record."),
            "to": Setting(RECORD, "Which record is put into it.", required=True),
            "in": Setting(LINKS, "Which list.", of="to"),
            "set": Setting(SAID, "What the link itself says.", of="in"),
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
        doing.link(given["in"], record, other, given.get("set", {}))
        what = {"what": "linked", "list": given["in"].key, "to": other.id}
        return Did({**what, "module": record.module, "id": record.id})
