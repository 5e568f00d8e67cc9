"""Check M110: the time zone is not known."""

import zoneinfo
from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import near, shown


class UnknownTimezone(Check):
    """The pack's time zone is not one of the IANA database's.

    They are written as a continent and a city: `Europe/Helsinki`, `America/New_York`; or `UTC`.
    Abbreviations such as EET do not say when summer time begins.
    """

    name = "M110"
    title = "Unknown time zone"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("timezone"):
            yield self.found(
                f"unknown time zone {shown(fact.written)}",
                fact.span,
                fact.path,
                near(fact.written, zoneinfo.available_timezones()) or "write it as Europe/Helsinki",
            )
