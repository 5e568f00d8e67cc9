"""Check M124: what is linked cannot be unique or indexed."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown


class NotIndexable(Check):
    """The values of a field of several records or files lie in a table of links, not beside the record, so
    they cannot be `unique`, and the database keeps its index on them by itself.
    """

    name = "M124"
    title = "It cannot be unique or indexed"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for fact in draft.of_kind("not_indexable"):
            yield self.found(
                f"{shown(fact.written)} is of the type {fact.about}, which is kept in a table of links",
                fact.span,
                fact.path,
                "take it out of the group",
            )
        for module in draft.modules.values():
            for field in module.fields.values():
                if not (
                    draft.types[field.type].linked
                    or draft.types[field.type].hidden
                    or field.settings.get("many")
                ):
                    continue
                for key in ("unique", "index"):
                    if getattr(field, key):
                        done = "unique" if key == "unique" else "indexed"
                        path = ("modules", module.key, "fields", field.key, key)
                        yield self.found(
                            f"a field of the type {field.type} cannot be {done}",
                            draft.span(path, key=True),
                            path,
                            f"take {key} out",
                        )
