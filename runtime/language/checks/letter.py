"""Check M202: a letter that cannot be as it is written."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class LetterThatCannotBe(Check):
    """A letter of `templates/mail/` is about a record of its `module`. Its texts print fields and paths (`{{
    account.name }}`), ask for them (`{% if stage == 'won' %}`), and go through related records (`{% for item
    in items %}{{ item.product }}{% endfor %}`). There is nothing else of Jinja in them: what is to be worked
    out is a formula, and what is repeated is a letter of its own.
    """

    name = "M202"
    title = "A letter that cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("letter"):
            yield self.found(f"the letter cannot be: {fact.written}", fact.span, fact.path, "mend the text")
