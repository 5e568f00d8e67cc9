"""The step `for_each`: the same steps for each of several records."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import CONDITION, NAME, RECORDS, STEPS, Did, Doing, Enter, Setting, StepKind


class ForEach(StepKind):
    """Does its steps for each related record: `for_each: {in: =contacts, as: person, steps: […]}`. Inside,
    the record is called what `as` says. Which records they are is found out once, when the step begins; up
    to 10,000 of them.
    """

    name = "for_each"
    title = message("For each of several records")
    icon = "list-details"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "in": Setting(RECORDS, "Which records: =contacts, =account.potentials.", required=True),
            "as": Setting(NAME, "What the steps call each of them.", required=True, of="in"),
            "where": Setting(CONDITION, "Which of them, in their own terms.", of="in"),
            "steps": Setting(STEPS, "What is done for each.", required=True),
        }
    )

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        found = given["in"]
        return Did({"records": len(found)}, enter=Enter("steps", tuple(found), given["as"]))
