"""Renames: what modules, fields, attributes of links and picklist values of one revision are called in a
later one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from runtime.model.earlier import Pair, Triple

Names = Mapping[Any, str]


def _none() -> Names:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Renames:
    """From the names of before to those of after; what is not named kept its own.

    Fields are by the module's name of before, attributes by the module's and the field's. ``values`` are by
    picklist, and ``merged`` the values that were taken in by another one: there is no way back from these.
    """

    modules: Mapping[str, str] = field(default_factory=_none)
    fields: Mapping[Pair, str] = field(default_factory=_none)
    attributes: Mapping[Triple, str] = field(default_factory=_none)
    values: Mapping[Pair, str] = field(default_factory=_none)
    merged: Mapping[Pair, str] = field(default_factory=_none)

    @property
    def any(self) -> bool:
        """Whether anything was renamed or merged."""
        return bool(self.modules or self.fields or self.attributes or self.values or self.merged)

    def module(self, key: str) -> str:
        """What a module is called after."""
        return self.modules.get(key, key)

    def field(self, module: str, key: str) -> Pair:
        """A field's module and its own name after; a part of a composite field goes with it."""
        name, dot, part = key.partition(".")
        return self.module(module), self.fields.get((module, name), name) + dot + part

    def attribute(self, module: str, field: str, key: str) -> str:
        """What an attribute of a link is called after."""
        return self.attributes.get((module, field, key), key)

    def value(self, picklist: str, key: str) -> str:
        """What a value is called after, or the one that took it in."""
        place = (picklist, key)
        return self.values.get(place) or self.merged.get(place, key)

    def inverted(self) -> "Renames":
        """From after to before; merged values stay what they have become."""
        back = {(self.module(module), now): old for (module, old), now in self.fields.items()}
        attributes = {
            (*self.field(module, of), now): old for (module, of, old), now in self.attributes.items()
        }
        values = {(picklist, now): old for (picklist, old), now in self.values.items()}
        return Renames({now: old for old, now in self.modules.items()}, back, attributes, values)

    def then(self, later: "Renames") -> "Renames":
        """These, and after them others: from the first names to the last."""
        if not self.any:
            return later
        if not later.any:
            return self
        modules = {old: later.module(now) for old, now in self.modules.items()}
        for old, now in later.modules.items():
            modules.setdefault(next((each for each, to in self.modules.items() if to == old), old), now)
        before = self.inverted()
        fields = {
            (module, old): later.field(self.module(module), now)[1]
            for (module, old), now in self.fields.items()
        }
        for (module, key), now in later.fields.items():
            first = before.field(module, key)
            fields.setdefault(first, now)
        attributes = {
            (module, of, old): later.attribute(*self.field(module, of), now)
            for (module, of, old), now in self.attributes.items()
        }
        for (module, of, key), now in later.attributes.items():
            attributes.setdefault((*before.field(module, of), before.attribute(module, of, key)), now)
        values, merged = _values(self, later, before)
        return Renames(
            _changed(modules), _changed(fields), _changed(attributes), _changed(values), _changed(merged)
        )

    def to_json(self) -> dict[str, Any]:
        """As a revision keeps it."""
        parts = ("modules", "fields", "attributes", "values", "merged")
        found = {part: getattr(self, part).items() for part in parts}
        return {
            part: [[*((old,) if isinstance(old, str) else old), now] for old, now in names]
            for part, names in found.items()
            if names
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Renames":
        """What :meth:`to_json` gave; nothing of a revision that was made before renames were kept."""
        found = data or {}
        modules = dict(found.get("modules", ()))
        fields, attributes, values, merged = (
            {tuple(old): now for *old, now in found.get(part, ())}
            for part in ("fields", "attributes", "values", "merged")
        )
        return cls(modules, fields, attributes, values, merged)


def _values(first: Renames, later: Renames, before: Renames) -> tuple[dict[Pair, str], dict[Pair, str]]:
    values: dict[Pair, str] = {}
    merged = {(of, old): later.value(of, now) for (of, old), now in first.merged.items()}
    for (of, old), now in first.values.items():
        if (of, now) in later.merged:
            merged[of, old] = later.merged[of, now]
        else:
            values[of, old] = later.value(of, now)
    for (of, key), now in later.values.items():
        values.setdefault((of, before.value(of, key)), now)
    for (of, key), now in later.merged.items():
        merged.setdefault((of, before.value(of, key)), now)
    return values, merged


def _changed(names: Mapping[Any, str]) -> dict[Any, str]:
    """Without what has come back to its first name."""
    return {old: now for old, now in names.items() if (old if isinstance(old, str) else old[-1]) != now}
