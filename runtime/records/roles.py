"""The judge of packs that have profiles: roles, profiles and sharing, made into conditions once for each
role.

What somebody may do depends on three things: the profiles of their role, the role's place in the tree, and
the sharing rules that name them. All who are alike in these are one *circle*: its rights are worked out when
the first of them comes, and a request only binds who asks (their id, their groups). Nothing in a condition
grows with the number of users.
"""

from collections.abc import Mapping
from threading import Lock

from runtime.base.messages import message
from runtime.expressions import Language
from runtime.identity.actor import Actor
from runtime.model.access import ANY, Access, SharingRule
from runtime.model.catalog import Catalog, Expression, Module
from runtime.records.access import Verdict, entering
from runtime.records.circles import Circle, Making
from runtime.records.owner_choice import ANYONE, Choice, choice
from runtime.storage.sight import FILES, NOTHING, Sight

CIRCLES = 1000
"""So many circles are kept; then all are forgotten, for those in use come back at once."""

WRITING = ("update", "delete", "mass_edit", "assign")
"""The rights on a record that stands which need it to be shared for writing; the others, for reading."""


class Roles:
    """Decides by roles. One for a snapshot; threads share it."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._catalog = catalog
        self.making = Making(catalog, language)
        self._circles: dict[tuple[str, tuple[int, ...], bool], Circle] = {}
        self._owners: dict[tuple[str, str], Choice] = {}
        self._lock = Lock()

    @property
    def roles(self) -> "Roles":
        """Itself."""
        return self

    def enters(self, actor: Actor) -> Verdict:
        """Yes to every user, even to one without a role, who has a page of their own."""
        return entering(actor)

    def conditions(self, actor: Actor, module: str, right: str) -> tuple[Expression, ...]:
        """What a record must fulfil: who owns it, or what was shared."""
        circle = self.circle(actor)
        if circle is None:
            return ()
        level = "write" if right in WRITING else "read"
        found = circle.conditions.get((module, level))
        return () if found is None else (found,)

    def may(
        self,
        actor: Actor,
        module: str,
        right: str,
        record: Mapping[str, object] | None = None,
        field: str | None = None,
    ) -> Verdict:
        """Whether the actor has a right on a module, or on a field of it. Of one record the conditions decide
        (:meth:`conditions`, :meth:`field_condition`): those are for the database to work out.
        """
        if actor.system or (actor.user_id is not None and actor.admin):
            return _YES
        circle = self.circle(actor)
        if circle is None:
            return entering(actor) if actor.user_id is None else _NO_ROLE
        own = self._catalog.modules.get(module)
        if own is None:
            return _NOTHING
        granted = circle.granted.get(module, frozenset())
        if right not in granted:
            return self._refused(own, right)
        if module == FILES and right in ("update", "delete") and record is not None:
            return _YES if record.get("created_by") == actor.user_id else _UPLOADER
        if field is not None:
            held = (circle.read if right != "update" else circle.update).get((module, field), True)
            if held is False:
                return Verdict(False, (message("Your role has no right to this field."),))
        return _YES

    def field_condition(self, actor: Actor, module: str, field: str, right: str) -> Expression | None:
        """Of which records the actor has a right on a field; None of all, where :meth:`may` has said yes."""
        circle = self.circle(actor)
        if circle is None:
            return None
        held = (circle.update if right == "update" else circle.read).get((module, field), True)
        return held if isinstance(held, Expression) else None

    def may_write_field(self, actor: Actor, module: str, field: str) -> bool:
        """Whether a profile lets the actor give the field a value at all."""
        circle = self.circle(actor)
        return circle is None or circle.update.get((module, field), True) is not False

    def limits_fields(self, actor: Actor) -> bool:
        """Whether the actor is not one who may do everything."""
        return not actor.system and not (actor.user_id is not None and actor.admin)

    def sight(self, actor: Actor) -> Sight | None:
        """What the actor may see; None for those who see everything."""
        if actor.system or (actor.user_id is not None and actor.admin):
            return None
        circle = self.circle(actor)
        return NOTHING if circle is None else circle.sight

    def owners(self, actor: Actor, module: str) -> Choice:
        """Whom the configuration lets the actor's role give records of the module to."""
        level = self._catalog.access.sharing.owners_of(module)
        circle = self.circle(actor)
        if circle is None or level == "anyone":
            return ANYONE
        key = (circle.role, level)
        if key not in self._owners:
            below = self._catalog.access.below(circle.role)
            self._owners[key] = choice(level, below, self.making.ways.parse)
        return self._owners[key]

    def menu(self, actor: Actor, profiles: tuple[str, ...]) -> bool:
        """Whether a group of the menu that is for these profiles is for the actor."""
        if not profiles or actor.admin:
            return actor.contact is None
        circle = self.circle(actor)
        return circle is not None and any(held.key in profiles for held in circle.profiles)

    def tool(self, actor: Actor, module: str, tool: str) -> bool:
        """Whether the actor may use a tool."""
        if actor.system or actor.admin:
            return True
        circle = self.circle(actor)
        if circle is None:
            return False
        names = (f"{module}.{tool}", f"{module}.{ANY}", ANY)
        return next((circle.tools[name] for name in names if name in circle.tools), False)

    def circle(self, actor: Actor) -> Circle | None:
        """The circle that the actor is in; None for one who has no rights at all, and for those who have
        all.
        """
        if actor.user_id is None or actor.admin or actor.system:
            return None
        access = self._catalog.access
        if actor.role is None or actor.role not in access.roles:
            return None
        rules = tuple(at for at, rule in enumerate(access.sharing.rules) if names(rule, actor, access))
        key = (actor.role, rules, actor.shared)
        found = self._circles.get(key)
        if found is None:
            with self._lock:
                found = self._circles.get(key)
                if found is None:
                    if len(self._circles) >= CIRCLES:
                        self._circles.clear()
                    found = self._circles[key] = self.making.circle(*key)
        return found

    def _refused(self, module: Module, right: str) -> Verdict:
        reason = message(
            "Your role has no right to this: {right} {modules}.", right=right, modules=module.plural
        )
        return Verdict(False, (reason,))


def names(rule: SharingRule, actor: Actor, access: Access) -> bool:
    """Whether a sharing rule is for somebody."""
    match rule.kind:
        case "role":
            return actor.role == rule.to
        case "role_and_below":
            return rule.to in access.above(actor.role)
        case "group":
            return rule.to in actor.group_names
        case "user":
            return bool(actor.email) and actor.email.casefold() == rule.to.casefold()
    return False


_YES = Verdict(True)
_NOTHING = Verdict(False, (message("There is nothing like that."),))
_NO_ROLE = Verdict(False, (message("You have no role yet: an administrator gives you one."),))
_UPLOADER = Verdict(False, (message("Only an admin, or the one who uploaded it, may change a file."),))
