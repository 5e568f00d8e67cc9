"""Check M195: what a field says of its values before cannot be."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class ConversionCheck(Check):
    """`convert`, `split`, `merge` and `fill` say where the values of a field come from when a change makes
    the field, or makes it another kind. They are expressions over the record as the applied configuration has
    it, behind an `=`, and mean something only on a field that people may write.

    `split: name` makes a field a part of another one, and `convert` says which part; `merge: [first_name,
    last_name]` makes one of several. `convert: {match: code, create: true}` is for fields that point at
    records: a text finds the record by its `code`, and makes it when there is none. `fill: =…` gives a value
    to the records that have none when the field becomes `required`.

    In a module of rows that is new, `split` names a field of the record whose rows they are: each of its
    values becomes a row.

    Wrong:  first_name: {type: text, split: name}
    Right:  first_name: {type: text, split: name, convert: "=before(name, ' ')"}
    """

    name = "M195"
    title = "What a field says of its values before cannot be"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("conversion_whole"):
            module = draft.modules.get(fact.about)
            if module is None or module.parent is None:
                about = "Only a field of rows takes all of another one."
                help = f"say which part of it: convert: =before({fact.written}, ' ')"
                yield self.found(f'"split" needs a "convert": {about}', fact.span, fact.path, help)
        for fact in draft.of_kind("conversion"):
            yield self.found(
                f"{shown(fact.written)} cannot stand here: {fact.about}",
                fact.span,
                fact.path,
                "mend it, or take it out",
            )
