"""The step `tag`: put tags on a record."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.workflow import UPDATED, Effect
from runtime.steps.base import RECORD, TAGS, TAGS_IN, Did, Doing, Setting, StepKind, changed, modules_of


class Tag(StepKind):
    """Puts tags on a record, beside those that it has: `tag: {record: =account, tags: [vip, =city]}`. `in`
    names the field, and may be left out where the module has only one of the type `tags`.
    """

    name = "tag"
    title = message("Add tags")
    icon = "tag"
    right = "update"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "Which record; left out: the workflow's own."),
            "in": Setting(TAGS_IN, "Which field of tags; left out: the only one.", of="record"),
            "tags": Setting(TAGS, "A tag, or a list; those behind an = are expressions.", True, of="in"),
        }
    )
    writes = True

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """See the base class."""
        for module in modules_of(stated, own) if "in" in stated else ():
            yield Effect(module, UPDATED, frozenset((stated["in"],)))

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        record, field = given["record"], given["in"]
        if record is None:
            return Did({"what": "nothing"})
        return changed(doing, record, {field: self.afterwards(doing.tags(record, field), given["tags"])})

    def afterwards(self, there: Sequence[str], named: Sequence[str]) -> list[str]:
        """The tags of a record afterwards."""
        return [*there, *named]
