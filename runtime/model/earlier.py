"""Earlier names: what modules, fields, attributes of links and picklist values were called before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Pair = tuple[str, str]
Triple = tuple[str, str, str]


def _none() -> Mapping[object, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Earlier:
    """What ``was:`` declares, each earlier name with the one there is now.

    Fields are known by their module's name of now, attributes by their module's and field's, values by their
    picklist. Of several earlier names of one thing the newest stands first.
    """

    modules: Mapping[str, str] = field(default_factory=_none)  # type: ignore[arg-type]
    fields: Mapping[Pair, str] = field(default_factory=_none)  # type: ignore[arg-type]
    attributes: Mapping[Triple, str] = field(default_factory=_none)  # type: ignore[arg-type]
    values: Mapping[Pair, str] = field(default_factory=_none)  # type: ignore[arg-type]

    @property
    def any(self) -> bool:
        """Whether anything was called otherwise."""
        return bool(self.modules or self.fields or self.attributes or self.values)

    def names_of_module(self, key: str) -> tuple[str, ...]:
        """What a module was called."""
        return tuple(old for old, now in self.modules.items() if now == key)

    def names_of_field(self, module: str, key: str) -> tuple[str, ...]:
        """What a field was called."""
        return tuple(old for (of, old), now in self.fields.items() if (of, now) == (module, key))

    def names_of_attribute(self, module: str, field: str, key: str) -> tuple[str, ...]:
        """What an attribute of a link was called."""
        found = self.attributes.items()
        return tuple(old for (*of, old), now in found if (*of, now) == (module, field, key))

    def names_of_value(self, picklist: str, key: str) -> tuple[str, ...]:
        """What a value was called, and which values it took in."""
        return tuple(old for (of, old), now in self.values.items() if (of, now) == (picklist, key))


NOTHING = Earlier()
