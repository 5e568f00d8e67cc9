"""Check M168: duplicates are looked for by what cannot be compared."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown

WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "rows": ("{written} are rows, which belong to one record each", "take duplicates out"),
        "computed": (
            "{written} is computed, and the database works it out behind the save",
            "name the fields that it is computed from",
        ),
        "exact": (
            "fuzzy is {written}, and none of the fields is a text whose letters may differ",
            "take fuzzy out, or match a field of the type text",
        ),
    }
)


class NotCompared(Check):
    """Duplicates are found by fields with one value that people write: texts, e-mail addresses, telephone
    numbers, web addresses, numbers, dates, choices, relations to one record, and parts of addresses such as
    `address.city`. Long texts, files, tags, lists of records and what is computed cannot be compared.

    `fuzzy` lets letters differ in fields of the type `text`; all others are compared exactly, but for what
    does not matter in them: capitals, spaces, the country before a telephone number.
    """

    name = "M168"
    title = "It cannot be compared to find duplicates"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("not_compared"):
            message, help = WHY.get(
                fact.about, ("a field of the type {type} cannot be compared", "take {written} out")
            )
            said = {"written": shown(fact.written), "type": fact.about}
            yield self.found(message.format(**said), fact.span, fact.path, help.format(**said))
