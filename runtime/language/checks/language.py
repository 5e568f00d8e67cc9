"""Check M112: a language is not known."""

import re
from collections.abc import Iterator

from babel import localedata

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown

CODE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


class UnknownLanguage(Check):
    """A language code is none that Trellis knows.

    Languages are named by their ISO 639 code, with a region where it matters: `en`, `fi`, `pt-BR`. A file
    `translations/<language>.yaml` is named alike.
    """

    name = "M112"
    title = "Unknown language"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        tree = draft.single("pack")
        languages = tree.list("languages") if tree else None
        for position, node in enumerate(languages.scalars() if languages else ()):
            code = str(node.value)
            if not is_language(code):
                path = ("pack", "languages", str(position))
                yield self.found(
                    f"unknown language {shown(code)}", node.span, path, "write it as en, fi or pt-BR"
                )
        for code in draft.trees.get("translations", {}):
            if not is_language(code):
                place = ("translations", code)
                yield self.found(
                    f"unknown language {shown(code)}",
                    draft.span(place),
                    place,
                    "name the file by a language: fi.yaml",
                )


def is_language(code: str) -> bool:
    """Whether there are names and formats in this language."""
    return bool(CODE.fullmatch(code)) and localedata.exists(code.replace("-", "_"))
