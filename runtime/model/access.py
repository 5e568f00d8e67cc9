"""Access: what a configuration says of who may do what: roles, profiles, and which records are shared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as fresh
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.model.label import Label

if TYPE_CHECKING:
    from runtime.model.catalog import Expression, Origin

ANY = "*"
"""Stands for the modules that are not named, and behind a dot for the fields that are not."""

RIGHTS = (
    "read",
    "create",
    "update",
    "delete",
    "import",
    "export",
    "mass_edit",
    "assign",
    "see_deleted",
    "see_all",
)
"""What a profile may grant on a module."""

LEVELS = ("private", "read", "write")
"""What everybody may do with the records of others, the strictest first."""

OWNERS = ("anyone", "users", "by_rights", "same_group", "same_sales_group")
"""Who may be made the owner of a record, the widest first: anybody, users alone, oneself and those below and
one's groups, whoever is in a group with one, or in a group of the sales organisation.
"""

NEVER_HIDDEN = (
    "id",
    "number",
    "version",
    "created_at",
    "updated_at",
    "archived_at",
    "deleted_at",
    "position",
)
"""Fields that every record has and that no profile hides: without them nothing works."""


@dataclass(frozen=True, slots=True)
class Role:
    """A place in the tree of roles: it sees what the roles below it own, and holds its profiles."""

    key: str
    label: Label
    under: str | None
    origin: "Origin"
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRights:
    """What a profile says of one field, or of a module's others. None where it does not say; an expression
    says it record by record.
    """

    read: "bool | Expression | None"
    update: "bool | Expression | None"
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class ModuleRights:
    """What a profile grants on one module, or on those that it does not name."""

    granted: frozenset[str]
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one may do. ``fields`` are by ``module.field`` and by ``module.*``; ``tools`` alike."""

    key: str
    label: Label
    origin: "Origin"
    modules: Mapping[str, ModuleRights] = fresh(default_factory=lambda: MappingProxyType({}))
    fields: Mapping[str, FieldRights] = fresh(default_factory=lambda: MappingProxyType({}))
    tools: Mapping[str, bool] = fresh(default_factory=lambda: MappingProxyType({}))

    def on(self, module: str) -> ModuleRights | None:
        """What it grants on a module."""
        return self.modules.get(module) or self.modules.get(ANY)

    def of_field(self, module: str, field: str) -> FieldRights | None:
        """What it says of a field; None where the rights on the module alone decide."""
        return self.fields.get(f"{module}.{field}") or self.fields.get(f"{module}.{ANY}")


@dataclass(frozen=True, slots=True)
class SharingRule:
    """Widens what a role, a group or a user may do with a module's records.

    ``kind`` is ``role``, ``role_and_below``, ``group`` or ``user``, and ``to`` which: a role's key, a group's
    name, a user's e-mail address. ``grant`` is ``read`` or ``write``.
    """

    module: str
    kind: str
    to: str
    grant: str
    where: "Expression | None"
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is said of a module whose records make up their owners' calendars: which of them are private, and
    the fields that tell when somebody is busy.
    """

    private: "Expression | None"
    times: tuple[str, ...]
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which records one sees: the level of each module, then what widens it; and whom one may give them to.

    A module that is not named is private, once there is a file; its records may be given to anyone.
    """

    default: Mapping[str, str] = fresh(default_factory=lambda: MappingProxyType({}))
    rules: tuple[SharingRule, ...] = ()
    written: bool = False
    places: "Mapping[str, Origin]" = fresh(default_factory=lambda: MappingProxyType({}))
    owners: Mapping[str, str] = fresh(default_factory=lambda: MappingProxyType({}))
    calendars: Mapping[str, Calendar] = fresh(default_factory=lambda: MappingProxyType({}))
    owners_at: "Mapping[str, Origin]" = fresh(default_factory=lambda: MappingProxyType({}))

    def owners_of(self, module: str) -> str:
        """Who may be made the owner of a module's records: one of :data:`OWNERS`."""
        return self.owners.get(module) or self.owners.get(ANY) or OWNERS[0]

    def level(self, module: str) -> str:
        """What everybody may do with the records of others."""
        if not self.written:
            return "write"
        return self.default.get(module) or self.default.get(ANY) or "private"


@dataclass(frozen=True, slots=True)
class Access:
    """Roles, profiles and sharing. Without any profile whoever has signed in may do everything."""

    roles: Mapping[str, Role] = fresh(default_factory=lambda: MappingProxyType({}))
    profiles: Mapping[str, Profile] = fresh(default_factory=lambda: MappingProxyType({}))
    sharing: Sharing = fresh(default_factory=Sharing)

    @property
    def is_asked(self) -> bool:
        """Whether rights are configured at all."""
        return bool(self.profiles)

    @property
    def has_calendars(self) -> bool:
        """Whether people share calendars: where there are rights at all, and modules that make them up."""
        return self.is_asked and bool(self.sharing.calendars)

    def held(self, role: str | None) -> tuple[Profile, ...]:
        """The profiles that a role holds; none for nobody's role, and for one that is not there."""
        known = self.roles.get(role or "")
        return tuple(self.profiles[key] for key in known.profiles if key in self.profiles) if known else ()

    def below(self, role: str | None) -> tuple[str, ...]:
        """The roles below one in the tree, at any depth."""
        return tuple(key for key in self.roles if key != role and role in tuple(self.above(key)))

    def above(self, role: str | None) -> Iterator[str]:
        """A role and those above it, one after another; roles in a circle are refused when they are read."""
        seen: set[str] = set()
        while role is not None and role in self.roles and role not in seen:
            seen.add(role)
            yield role
            role = self.roles[role].under
