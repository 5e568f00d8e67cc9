"""The step `untag`: take tags off a record."""

from collections.abc import Sequence

from runtime.base.messages import message
from runtime.steps.tag import Tag


class Untag(Tag):
    """Takes tags off a record, and leaves the others: `untag: {record: =account, tags: vip}`. Capitals make
    no other tag; one that is not there is none to take off.
    """

    name = "untag"
    title = message("Remove tags")
    icon = "unlink"

    def afterwards(self, there: Sequence[str], named: Sequence[str]) -> list[str]:
        """The tags of a record afterwards."""
        gone = {each.strip().casefold() for each in named}
        return [each for each in there if each.casefold() not in gone]
