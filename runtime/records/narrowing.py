"""Narrowing: what an API key leaves of its user's rights, in front of the one judge."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.model.catalog import Catalog, Expression
from runtime.records.access import Judge, Verdict
from runtime.records.owner_choice import Choice
from runtime.storage.sight import FILES, Sight

if TYPE_CHECKING:
    from runtime.records.roles import Roles

_NARROW = Verdict(
    False, (message("This API key may not do that: it was made for less than its user may do."),)
)
_ALWAYS = ("users", "groups", FILES)
"""Records have owners and files, whichever modules a key is for."""

KEPT = 200
"""So many sights of keys are kept; then all are forgotten, for those in use come back at once."""


class Narrowed:
    """A judge for those who come with a key that may do less than its user, and for everybody else."""

    def __init__(self, judge: Judge, catalog: Catalog) -> None:
        self._judge = judge
        self._catalog = catalog
        self._sights: dict[tuple[int, tuple[str, ...]], tuple[Sight | None, Sight]] = {}

    @property
    def roles(self) -> "Roles | None":
        """Those of the judge."""
        return self._judge.roles

    def enters(self, actor: Actor) -> Verdict:
        """Whether the user may."""
        return self._judge.enters(actor)

    def conditions(self, actor: Actor, module: str, right: str) -> tuple[Expression, ...]:
        """Those of the user: what a key leaves out, it leaves out whole."""
        return self._judge.conditions(actor, module, right)

    def may(
        self,
        actor: Actor,
        module: str,
        right: str,
        record: Mapping[str, object] | None = None,
        field: str | None = None,
    ) -> Verdict:
        """No to what the key leaves out; of the rest what the judge says."""
        if actor.scope is not None and not actor.scope.allows(module, right):
            return _NARROW
        return self._judge.may(actor, module, right, record, field)

    def field_condition(self, actor: Actor, module: str, field: str, right: str) -> Expression | None:
        """That of the user."""
        return self._judge.field_condition(actor, module, field, right)

    def may_write_field(self, actor: Actor, module: str, field: str) -> bool:
        """Whether the user may."""
        return self._judge.may_write_field(actor, module, field)

    def limits_fields(self, actor: Actor) -> bool:
        """Whether there may be fields, or records, that the user may not write."""
        return self._judge.limits_fields(actor)

    def sight(self, actor: Actor) -> Sight | None:
        """What the user may see, of the key's modules."""
        own = self._judge.sight(actor)
        if actor.scope is None or actor.scope.modules is None:
            return own
        key = (id(own), actor.scope.modules)
        found = self._sights.get(key)
        if found is None:
            if len(self._sights) >= KEPT:
                self._sights.clear()
            found = self._sights[key] = (own, self._narrowed(own, frozenset(actor.scope.modules)))
        return found[1]

    def _narrowed(self, own: Sight | None, asked: frozenset[str]) -> Sight:
        modules = frozenset(
            key
            for key, module in self._catalog.modules.items()
            if key in asked or key in _ALWAYS or module.parent in asked
        )
        if own is None:
            return Sight(modules, frozenset(), MappingProxyType({}), MappingProxyType({}), modules)
        return replace(own, modules=own.modules & modules, bins=own.bins & modules)

    def owners(self, actor: Actor, module: str) -> Choice:
        """Whom the user may choose."""
        return self._judge.owners(actor, module)

    def menu(self, actor: Actor, profiles: tuple[str, ...]) -> bool:
        """That of the user."""
        return self._judge.menu(actor, profiles)

    def tool(self, actor: Actor, module: str, tool: str) -> bool:
        """Whether the user may use a tool of a module, and the key lets them change its records."""
        if actor.scope is not None and not actor.scope.allows(module, "update"):
            return False
        return self._judge.tool(actor, module, tool)
