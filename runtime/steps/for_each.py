"""The step `for_each`: the same steps for each of several records."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import CONDITION, NAME, RECORDS, STEPS, Did, Doing, Enter, Paged, Setting, StepKind


class ForEach(StepKind):
    """Does its steps for each related record, `for_each: {in: =contacts, as: person, steps: […]}`, or for
    each that a filter finds, `for_each: {in: {filter: deals.open}, as: deal, steps: […]}`. Inside, the record
    is called what `as` says.

    Which related records they are is found out once, when the step begins; up to 10,000 of them. A filter is
    asked for 200 records at a time, as many as there are, in the order they were made: each once, as far as
    the filter still finds it when its turn comes, and none that were made after the step has begun. It finds
    what the one may see whose rights hold; `user` in it is who that is. A filter has no place in `atomic`.
    """

    name = "for_each"
    title = message("For each of several records")
    icon = "list-details"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "in": Setting(
                RECORDS, "Which records: =contacts, =account.potentials, {filter: deals.open}.", required=True
            ),
            "as": Setting(NAME, "What the steps call each of them.", required=True, of="in"),
            "where": Setting(CONDITION, "Which of them, in their own terms.", of="in"),
            "steps": Setting(STEPS, "What is done for each.", required=True),
        }
    )

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        found = given["in"]
        if isinstance(found, list):
            return Did({"records": len(found)}, enter=Enter("steps", tuple(found), given["as"]))
        return self._page(doing, found, given["as"])

    def _page(self, doing: Doing, found: Paged, named: str) -> Did:
        """The next page. Between two of them other runs have their turn: this one may take long."""
        page = found.page(doing.remembered())
        enter = Enter("steps", page.records, named, before=page.before, more=page.more)
        effects = {"records": len(page.records), **({"before": page.before} if page.before else {})}
        return Did(effects, enter=enter, until=doing.now if page.before else None)
