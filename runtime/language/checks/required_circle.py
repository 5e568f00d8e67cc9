"""Check M144: records that need each other first."""

from collections.abc import Iterator, Mapping, Sequence

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown
from runtime.model.catalog import Field


class RequiredCircle(Check):
    """A required relation leads, along others that are required, back to its own module: no first record
    could ever be saved. Do not require one of them.
    """

    name = "M144"
    title = "Records that need each other first"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        needs = {
            module.key: [
                (field, field.targets[0])
                for field in module.fields.values()
                if field.required and len(field.targets) == 1 and not draft.types[field.type].linked
            ]
            for module in draft.modules.values()
        }
        for key, fields in needs.items():
            for field, target in fields:
                if key in reachable(needs, target):
                    path = ("modules", key, "fields", field.key, "required")
                    yield self.found(
                        f"no first record of {shown(key)} could be saved: it needs another one first",
                        draft.span(path, key=True),
                        path,
                        "do not require it",
                    )


def reachable(needs: Mapping[str, Sequence[tuple[Field, str]]], start: str) -> set[str]:
    """The modules of which records must be there before one of ``start`` can be, itself included."""
    found = {start}
    waiting = [start]
    while waiting:
        for _, target in needs.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
