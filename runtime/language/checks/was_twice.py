"""Check M192: two claim one earlier name."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.earlier.declared import Claim
from runtime.language.earlier.settled import standing
from runtime.language.words import shown


class WasTwice(Check):
    """Two modules, two fields of a module or two values of a picklist were the same one before (`was:`). Its
    data can follow only one of them.
    """

    name = "M192"
    title = "Two of one earlier name"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        first: dict[tuple[str, ...], Claim] = {}
        for claim in draft.claims:
            if standing(claim.path, draft.trees) is None:
                continue
            other = first.setdefault((*claim.path[:-1], claim.old), claim)
            if other.path != claim.path:
                yield self.found(
                    f"{claim.path[-1]} was {shown(claim.old)}, and so was {other.path[-1]}",
                    claim.at.span,
                    (*claim.path, "was"),
                    "take it out of one of the two",
                    (other.at.span,),
                )
