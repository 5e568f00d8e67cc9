"""Check M138: a translation of something that is not there."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class TranslationOfNothing(Check):
    """A file of translations mirrors the files it translates, and this text is for something that is not
    there:

        modules:
          potentials: {label: Kauppa, plural: Kaupat, fields: {amount: {label: Summa}}}
        picklists:
          sales_stage: {values: {won: Voitettu}}
        layouts:
          potentials: {tabs: {overview: {label: Yleiskuva, deal: {label: Kaupan tiedot}}}}
        filters:
          potentials: {open: {label: Avoimet}}
        menu: {sales: {label: Myynti}}
        roles: {seller: {label: Myyjä}}

    A text in the place of a map is its label.
    """

    name = "M138"
    title = "A translation of nothing"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("translation"):
            yield self.found(
                f"there is no {fact.written} to translate",
                fact.span,
                fact.path,
                "mend the path, or take the text out",
            )
