"""Check M197: a computed field may show what a profile hides."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.expressions import references
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import shown
from runtime.model.access import Profile
from runtime.model.catalog import Field, Module


class RevealingField(Check):
    """A computed field has a right of its own, whatever its formula reads: who may read `margin` sees it,
    even where `cost`, which it is worked out of, is hidden. That may be just what is
    wanted (a sum without its parts), or it may tell what was to be kept secret.

    To be rid of the warning, say of the computed field in the same profile who may read it: `read: false`
    hides it, `read: true` says that it is meant to be seen.

    Warned of:  fields: {products.cost: {read: false}}
    Said:       fields: {products.cost: {read: false}, products.margin: {read: true}}
    """

    name = "M197"
    title = "A computed field may show what is hidden"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for profile in draft.access.profiles.values():
            for module in draft.modules.values():
                if profile.on(module.key) is not None:
                    yield from self._of_module(draft, profile, module)

    def _of_module(self, draft: Draft, profile: Profile, module: Module) -> Iterator[Diagnostic]:
        for field in module.fields.values():
            said = profile.fields.get(f"{module.key}.{field.key}")
            if field.computed is None or (said is not None and said.read is not None):
                continue
            for hidden in _hidden(profile, field):
                place = ("profiles", profile.key, "fields", hidden)
                yield self.found(
                    f"{shown(f'{module.key}.{field.key}')} is computed of {shown(hidden)}, which is hidden",
                    draft.span(place, key=True),
                    place,
                    f"say who may read it: {module.key}.{field.key}: {{read: false}}",
                )


def _hidden(profile: Profile, field: Field) -> Iterator[str]:
    assert field.computed is not None
    for module, key in sorted(references(field.computed.expression.tree).fields):
        rights = profile.of_field(module, key)
        if rights is not None and rights.read is not None and rights.read is not True:
            yield f"{module}.{key}" if f"{module}.{key}" in profile.fields else f"{module}.*"
