"""Circles: what all may do who are alike in their role and in the sharing rules that name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from runtime.base.diagnostic import Span
from runtime.expressions import Language
from runtime.expressions.either import either
from runtime.expressions.inlining import led
from runtime.expressions.tree import Read
from runtime.model.access import Profile, SharingRule
from runtime.model.catalog import Catalog, Expression, Module, Path
from runtime.model.types import BOOLEAN
from runtime.records.calendars import mask
from runtime.records.files_seen import files_seen
from runtime.records.held_fields import Held, held, together
from runtime.records.ways_to_records import Ways
from runtime.storage.sight import FILES, Sight

PEOPLE = ("users", "groups")
"""Everybody with a role sees who there is, so that records have owners with names."""


@dataclass(frozen=True, slots=True)
class Circle:
    """What those may do who are alike in role and in the sharing rules that name them.

    ``granted`` are the rights on each module; ``read`` and ``update`` those on fields that are not simply
    those of the module, by (module, field); ``conditions`` are by module and level (``read``, ``write``), and
    missing where every record is meant.
    """

    role: str
    profiles: tuple[Profile, ...]
    granted: Mapping[str, frozenset[str]]
    read: Mapping[tuple[str, str], Held]
    update: Mapping[tuple[str, str], Held]
    conditions: Mapping[tuple[str, str], Expression]
    tools: Mapping[str, bool]
    sight: Sight
    rules: tuple[SharingRule, ...] = field(default=())
    by_hand: bool = True


class Making:
    """Makes circles of a configuration."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._catalog = catalog
        self.ways = Ways(catalog, language)

    def circle(self, role: str, rules: tuple[int, ...], by_hand: bool) -> Circle:
        """The circle of a role and of the sharing rules that name its members, by their places; ``by_hand``
        where records may have been shared with them one by one.
        """
        access = self._catalog.access
        profiles = access.held(role)
        shared = tuple(access.sharing.rules[at] for at in rules)
        granted = {module.key: self._granted(module, profiles) for module in self._catalog.modules.values()}
        read, update = self._fields(profiles, granted, "read"), self._fields(profiles, granted, "update")
        conditions: dict[tuple[str, str], Expression] = {}
        for level in ("read", "write"):
            for key, module in self._catalog.modules.items():
                found = self._condition(module, role, granted[key], shared, level, by_hand)
                if found is not None:
                    conditions[key, level] = found
        whole: dict[str, Expression] = {}
        for key, calendar in access.sharing.calendars.items() if by_hand else ():
            module = self._catalog.modules[key]
            found = self._condition(module, role, granted[key], shared, "read", by_hand, busy=False)
            if found is not None:
                whole[key] = found
                mask(read, module, calendar, found)
        hidden = frozenset(name for name, held in read.items() if held is False)
        masks = {name: held for name, held in read.items() if isinstance(held, Expression)}
        sight = Sight(
            modules=frozenset(key for key, rights in granted.items() if "read" in rights),
            hidden=hidden,
            masks=MappingProxyType(masks),
            rows=MappingProxyType(
                {key: each for (key, level), each in conditions.items() if level == "read"}
            ),
            bins=frozenset(key for key, rights in granted.items() if rights & {"delete", "see_deleted"}),
        )
        rows = files_seen(self._catalog, self.ways, sight, whole)
        if rows is not None:
            conditions[FILES, "read"] = rows
            sight = replace(sight, rows=MappingProxyType({**sight.rows, FILES: rows}))
        return Circle(
            role,
            profiles,
            MappingProxyType(granted),
            MappingProxyType(read),
            MappingProxyType(update),
            MappingProxyType(conditions),
            MappingProxyType(_tools(profiles)),
            sight,
            shared,
            by_hand,
        )

    def _granted(self, module: Module, profiles: tuple[Profile, ...]) -> frozenset[str]:
        if module.parent is not None:
            return _of_rows(self._granted(self._catalog.modules[module.parent], profiles))
        if module.key == FILES:
            # Whoever may be here may upload; what they may see of the files, the records decide.
            return frozenset(("read", "create", "update", "delete"))
        if module.key in PEOPLE:
            return frozenset(("read",))
        return frozenset(
            right
            for profile in profiles
            if (own := profile.on(module.key)) is not None
            for right in own.granted
        )

    def _fields(
        self, profiles: tuple[Profile, ...], granted: Mapping[str, frozenset[str]], right: str
    ) -> dict[tuple[str, str], Held]:
        # The rights on fields that differ from those on their module.
        found: dict[tuple[str, str], Held] = {}
        for module in self._catalog.modules.values():
            owner = module.parent or module.key
            givers = [each for each in profiles if _gives(each, owner, right)]
            if owner in PEOPLE or owner == FILES:
                givers = list(profiles)
            for each in module.all_fields():
                rights = together(held(profile.of_field(module.key, each.key), right) for profile in givers)
                if rights is not True:
                    found[module.key, each.key] = rights
        return found

    def _condition(
        self,
        module: Module,
        role: str,
        granted: frozenset[str],
        rules: tuple[SharingRule, ...],
        level: str,
        by_hand: bool,
        *,
        busy: bool = True,
    ) -> Expression | None:
        # Which records of the module the circle may read, or write; None where all. ``busy``: those, too, of
        # which they see no more than the times. Of these no row is seen.
        if module.parent is not None:
            parent = self._catalog.modules[module.parent]
            found = self._condition(parent, role, granted, rules, level, by_hand, busy=False)
            return None if found is None else _over_parent(module, parent, found)
        ways = [
            each
            for each in self.ways.to(module, role, granted, rules, level, by_hand)
            if busy or not each.busy
        ]
        clauses = [each.condition for each in ways]
        conditions = [each for each in clauses if each is not None]
        if len(conditions) < len(clauses):
            return None
        tree = either([each.tree for each in conditions])
        text = " or ".join(f"({each.text})" for each in conditions)
        return Expression(text, Span.point("rights"), BOOLEAN, tree, tree)


def _over_parent(module: Module, parent: Module, condition: Expression) -> Expression:
    via, own_id = (
        module.record_fields.get("parent") or module.fields["parent"],
        parent.record_fields["id"],
    )
    read = Read(own_id.value_type, 0, 0, (Path("parent.id", (via, own_id)),), ("parent", "id"))
    tree = led(condition.tree, read)
    return Expression(f"parent: {condition.text}", condition.span, BOOLEAN, tree, tree)


def _gives(profile: Profile, module: str, right: str) -> bool:
    rights = profile.on(module)
    asked = {right} if right == "read" else {"create", "update"}
    return rights is not None and not rights.granted.isdisjoint(asked)


def _of_rows(granted: frozenset[str]) -> frozenset[str]:
    # Rows take their parent's rights: whoever may write the record may add rows, and take them away.
    found = set(granted & {"read", "export", "import", "see_deleted", "see_all"})
    if granted & {"create", "update"}:
        found |= {"create", "update", "delete", "mass_edit"}
    return frozenset(found)


def _tools(profiles: tuple[Profile, ...]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for profile in profiles:
        for name, may in profile.tools.items():
            found[name] = found.get(name, False) or may
    return found
