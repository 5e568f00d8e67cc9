"""The step `notify`: tell people in the CRM."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import PEOPLE, RECORD, VALUE, Did, Doing, Setting, StepError, StepKind


class Notify(StepKind):
    """Puts a word into people's inbox, behind the bell of every page: `notify: {to: =owner, text:
    "=concat(name, ' is won')"}`. `to` is a user, or `admins` for those who administer the CRM. It leads to
    the record that it is about, and whoever may not see that finds no more than the text.
    """

    name = "notify"
    title = message("Notify people")
    icon = "bell"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "to": Setting(PEOPLE, "Whom: =owner, admins.", required=True),
            "text": Setting(VALUE, "What they are told; left out: the workflow's name."),
            "record": Setting(
                RECORD, "The record that it leads to; left out: the workflow's own.", optional=True
            ),
        }
    )

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        people = given["to"]
        if people == []:
            return Did({"what": "nothing"})
        text = str(given["text"]) if given.get("text") is not None else ""
        if "text" in given and not text:
            raise StepError(message("The text is empty."))
        return Did({"people": doing.notify(people, text, given["record"])})
