"""Check M137: a text is in a language the pack does not have."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import names, near, shown


class LabelLanguage(Check):
    """A label, or a file of translations, is in a language that `languages` of `pack.yaml` does not name,
    so nobody will see it. This is a warning.
    """

    name = "M137"
    title = "A text in another language"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        if draft.is_broken("pack", "languages"):
            return
        for fact in draft.of_kind("label_language"):
            yield self.found(
                f"{shown(fact.written)} is none of the pack's languages",
                fact.span,
                fact.path,
                near(fact.written, fact.known)
                or f"the pack has {names(fact.known)}: add it to languages in pack.yaml",
            )
        for language, tree in draft.trees.get("translations", {}).items():
            if language not in draft.pack.languages and tree.source.layer == draft.top_layer:
                path = ("translations", language)
                yield self.found(
                    f"{shown(language)} is none of the pack's languages",
                    draft.span(path),
                    path,
                    f"the pack has {names(draft.pack.languages)}: add it to languages in pack.yaml",
                )
