"""Check M191: an earlier name that something still has."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.base.names import RECORD_FIELDS
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.earlier.declared import Claim
from runtime.language.earlier.settled import standing, twin
from runtime.language.words import shown


class WasThere(Check):
    """`was:` says what something was called before, and there is something of that name: a field of the same
    module, another module, another value of the picklist. Its data would belong to both.

    Take the one of the earlier name out, or take `was` out. To move data from one field to another that is
    there already, a formula does it (`trellis formulas run`). Two that swap their names do so in two steps,
    over a third name. In a pack that stands on another one, the field below is taken out by `name: null`.
    """

    name = "M191"
    title = "An earlier name is still in use"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for claim in draft.claims:
            if draft.is_broken(*claim.path) or standing(claim.path, draft.trees) is None:
                continue
            other = twin(claim, draft.trees)
            own = "fields" in claim.path and claim.old in RECORD_FIELDS
            if other is not None or own:
                related = (other.span,) if other is not None and not own else ()
                now, old = claim.path[-1], shown(claim.old)
                yield self.found(
                    f"{now} was {old}, and there is {_said(claim)} {old}",
                    claim.at.span,
                    (*claim.path, "was"),
                    f"take {claim.old} out, or take it out of was",
                    related,
                )


def _said(claim: Claim) -> str:
    nouns = {2: "a module", 4: "a field" if claim.path[0] == "modules" else "a value"}
    return nouns.get(len(claim.path), "an attribute")
