"""Check M145: a required field that nobody may fill."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft


class RequiredReadonly(Check):
    """A field is required and read only, and has no default: nobody could ever save a record. Give it a
    default, or take one of the two out.
    """

    name = "M145"
    title = "Required, and nobody may fill it"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            for field in module.fields.values():
                if (
                    field.required
                    and field.readonly
                    and field.default is None
                    and field.key not in module.dynamics.filled
                    and not draft.types[field.type].given
                ):
                    path = ("modules", module.key, "fields", field.key, "readonly")
                    if draft.is_broken(*path[:-1], "default"):
                        continue
                    yield self.found(
                        f'"{field.key}" is required, and nobody may fill it',
                        draft.span(path, key=True),
                        path,
                        "give it a default",
                    )
