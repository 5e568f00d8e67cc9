"""Check M147: a record to start with points at one that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class UnknownRecord(Check):
    """A record in `data/` points at another by `=` and its local key, and no record that the field may point
    at has this key.

    The local key is the name that a record has in its file, or what stands in the first column, `key`, of a
    CSV file. The other record may stand in any file, further up or down: `account: =acme`. Where a field
    points at several modules and two of them have the key, write the module too: `=accounts.acme`.
    """

    name = "M147"
    title = "Unknown record"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("start_record"):
            yield self.found(
                f"there is no record {shown(fact.written)} of {fact.about} to start with",
                fact.span,
                fact.path,
                near(fact.written, fact.known) or f"the local keys are {names(fact.known)}",
            )
