"""Check M136: two fields have one label."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class SameLabel(Check):
    """Two fields of a module are called the same in one language, so people cannot tell them apart in
    forms, lists and imports. This is a warning.
    """

    name = "M136"
    title = "Two fields have one label"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            for language in draft.pack.languages:
                seen: dict[str, str] = {}
                for field in module.fields.values():
                    text = field.label.in_language(language)
                    other = seen.setdefault(text.casefold(), field.key)
                    if other != field.key:
                        path = ("modules", module.key, "fields", field.key)
                        yield self.found(
                            f"{shown(text)} is what {shown(other)} is called, too",
                            draft.span(path, key=True),
                            path,
                            "label one of them",
                        )
