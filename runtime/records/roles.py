"""The judge of packs that have profiles: roles, profiles and sharing, made into conditions once for each
role.

What somebody may do depends on three things: the profiles of their role, the role's place in the tree, and
the sharing rules that name them. All who are alike in these are one *circle*: its rights are worked out when
the first of them comes, and a request only binds who asks (their id, their groups). Nothing in a condition
grows with the number of users.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from types import MappingProxyType

from runtime.base.diagnostic import Span
from runtime.base.messages import Message, message
from runtime.expressions import Language, Scope
from runtime.expressions.either import either
from runtime.expressions.inlining import led, rebuilt
from runtime.expressions.tree import Aggregate, Node, Operation, Read, Shared, Step
from runtime.identity.actor import Actor
from runtime.model.access import ANY, Access, Calendar, FieldRights, Profile, SharingRule
from runtime.model.catalog import Catalog, Expression, Field, Module, Path
from runtime.model.types import BOOLEAN
from runtime.records.access import Verdict, entering
from runtime.records.calendars import mask, of_owner, public
from runtime.records.owner_choice import ANYONE, Choice, choice
from runtime.storage.sight import FILES, NOTHING, Sight

PEOPLE = ("users", "groups")
"""Everybody with a role sees who there is, so that records have owners with names."""

CIRCLES = 1000
"""So many circles are kept; then all are forgotten, for those in use come back at once."""

WRITING = ("update", "delete", "mass_edit", "assign")
"""The rights on a record that stands which need it to be shared for writing; the others, for reading."""

Held = bool | Expression
"""A right on a field: always, never, or of the records where an expression holds."""


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


@dataclass(frozen=True, slots=True)
class Clause:
    """One way to records: what is said of it, which records those are (all of them without a condition), and
    the line that says so. ``busy``: it shows when somebody is busy, and nothing else of the record.
    """

    reason: Message
    condition: Expression | None = None
    span: Span | None = None
    busy: bool = False


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
            self._owners[key] = choice(level, below, self.making.parse)
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


class Making:
    """Makes circles of a configuration."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._catalog = catalog
        self._language = language

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
        rows = self._files(sight, whole)
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
                held = _any(_held(profile.of_field(module.key, each.key), right) for profile in givers)
                if held is not True:
                    found[module.key, each.key] = held
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
            return None if found is None else self._over_parent(module, parent, found)
        ways = [
            each
            for each in self.clauses(module, role, granted, rules, level, by_hand)
            if busy or not each.busy
        ]
        clauses = [each.condition for each in ways]
        conditions = [each for each in clauses if each is not None]
        if len(conditions) < len(clauses):
            return None
        tree = either([each.tree for each in conditions])
        text = " or ".join(f"({each.text})" for each in conditions)
        return Expression(text, Span.point("rights"), BOOLEAN, tree, tree)

    def clauses(
        self,
        module: Module,
        role: str,
        granted: frozenset[str],
        rules: Iterable[SharingRule],
        level: str,
        by_hand: bool,
    ) -> list[Clause]:
        """Everything by which a circle comes to a record of a module, to read it or to write it."""
        access = self._catalog.access
        least = access.sharing.level(module.key)
        if module.system or not access.sharing.written:
            return [Clause(message("Everybody may see and change these records."))]
        calendar = access.sharing.calendars.get(module.key)
        found: list[Clause] = []
        if least in ("write", level):
            place = access.sharing.places.get(module.key) or access.sharing.places.get(ANY)
            told = message("The records of others are shared with everybody: {level}.", level=least)
            found.append(Clause(told, public(calendar, None), place.span if place else None))
        if "see_all" in granted and level == "read":
            found.append(Clause(message("A profile lets the role see every record.")))
        found.append(Clause(message("They own it."), self.parse(module.key, "owner == user")))
        found.append(
            Clause(message("A group of theirs owns it."), self.parse(module.key, "owner in user.groups"))
        )
        if below := access.below(role):
            listed = ", ".join(f"'{key}'" for key in below)
            told = message("Its owner has a role below theirs.")
            span = access.roles[role].origin.span
            found.append(Clause(told, self.parse(module.key, f"owner.role in [{listed}]"), span))
        found.extend(
            Clause(_told(rule), public(calendar, rule.where), rule.origin.span)
            for rule in rules
            if rule.module == module.key and (level == "read" or rule.grant == "write")
        )
        if by_hand:
            found.append(Clause(message("It was shared with them by hand."), _by_hand(module, level)))
            found += self._calendar(module, calendar, level)
        return found

    def _calendar(self, module: Module, calendar: Calendar | None, level: str) -> Iterator[Clause]:
        if calendar is None:
            return
        told, span = message("Its owner shares the calendar with them."), calendar.origin.span
        yield Clause(told, public(calendar, of_owner(module, level)), span)
        if level == "read":
            told = message("Its owner shows them when they are busy: the times, and nothing else.")
            yield Clause(told, of_owner(module, "busy"), span, busy=True)

    def _over_parent(self, module: Module, parent: Module, condition: Expression) -> Expression:
        via, own_id = (
            module.record_fields.get("parent") or module.fields["parent"],
            parent.record_fields["id"],
        )
        read = Read(own_id.value_type, 0, 0, (Path("parent.id", (via, own_id)),), ("parent", "id"))
        tree = led(condition.tree, read)
        return Expression(f"parent: {condition.text}", condition.span, BOOLEAN, tree, tree)

    def _files(self, sight: Sight, whole: Mapping[str, Expression]) -> Expression | None:
        # The files that one has uploaded, and those of the records of which one sees more than the times.
        if FILES not in self._catalog.modules:
            return None
        trees: list[Node] = [self.parse(FILES, "created_by == user").tree]
        for module in self._catalog.modules.values():
            if module.key not in sight.modules or module.key == FILES:
                continue
            rows = whole.get(module.key) or sight.rows.get(module.key)
            for each in module.fields.values():
                if each.targets == (FILES,) and sight.sees(each):
                    mask = sight.masks.get((module.key, each.key))
                    trees.append(_holding(module.key, each, [c.tree for c in (rows, mask) if c is not None]))
            trees.append(self._attached(module.key, rows))
        tree = Operation(BOOLEAN, 0, 0, "or", tuple(trees))
        return Expression("files of what one sees", Span.point("rights"), BOOLEAN, tree, tree)

    def _attached(self, module: str, rows: Expression | None) -> Node:
        # The files that hang on a record of the module by themselves.
        text = f"module == '{module}'"
        if rows is None:
            return self.parse(FILES, text).tree  # type: ignore[no-any-return]
        found = self.parse(FILES, f"{text} and not is_empty(lookup({module}, id == this.record, id))").tree

        def narrowed(node: Node) -> Node:
            return Operation(BOOLEAN, 0, 0, "and", (node, rows.tree))

        return _in_lookup(found, narrowed)

    def parse(self, module: str, text: str) -> Expression:
        """A condition on a module's records that is not of the configuration."""
        scope = Scope(self._catalog.modules, self._catalog.picklists, module, database=True)
        found, wrong = self._language.parse(text, Span.point("rights"), scope, expect=BOOLEAN)
        if found is None:
            raise LookupError(f"{module}: {text}: {wrong[0].message}")
        return found


def _told(rule: SharingRule) -> Message:
    match rule.kind:
        case "role_and_below":
            return message("A rule shares it with the role {name} and those below it.", name=rule.to)
        case "group":
            return message("A rule shares it with the group {name}.", name=rule.to)
        case "user":
            return message("A rule shares it with the user {name}.", name=rule.to)
    return message("A rule shares it with the role {name}.", name=rule.to)


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


def _by_hand(module: Module, level: str) -> Expression:
    own = module.record_fields["id"]
    tree = Shared(BOOLEAN, 0, 0, Read(own.value_type, 0, 0, (Path("id", (own,)),), ("id",)), level)
    return Expression(f"shared by hand to {level}", Span.point("rights"), BOOLEAN, tree, tree)


def _gives(profile: Profile, module: str, right: str) -> bool:
    rights = profile.on(module)
    asked = {right} if right == "read" else {"create", "update"}
    return rights is not None and not rights.granted.isdisjoint(asked)


def _held(rights: FieldRights | None, right: str) -> Held:
    # What a profile that gives the right on the module says of one field. Who may not read it may not change
    # it either.
    if rights is None:
        return True
    read = True if rights.read is None else rights.read
    if right == "read":
        return read
    update = True if rights.update is None else rights.update
    if read is False or update is False:
        return False
    if read is True or update is True:
        return update if read is True else read
    tree = Operation(BOOLEAN, 0, 0, "and", (read.tree, update.tree))
    return Expression(f"({read.text}) and ({update.text})", update.span, BOOLEAN, tree, tree)


def _any(held: Iterable[Held]) -> Held:
    # Several profiles add up: the most permissive wins, record by record.
    some = list(held)
    if any(each is True for each in some):
        return True
    conditions = {each.text: each for each in some if isinstance(each, Expression)}
    if len(conditions) < 2:
        return next(iter(conditions.values()), False)
    tree = Operation(BOOLEAN, 0, 0, "or", tuple(each.tree for each in conditions.values()))
    text = " or ".join(f"({text})" for text in conditions)
    return Expression(text, next(iter(conditions.values())).span, BOOLEAN, tree, tree)


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


def _holding(module: str, via: Field, conditions: list[Node]) -> Node:
    kind = "linked" if via.settings.get("many") or via.type == "files" else "inverse"
    step = Step((), FILES, kind, module, via, f"{module}.{via.key}")
    condition = None
    if conditions:
        condition = (
            conditions[0] if len(conditions) == 1 else Operation(BOOLEAN, 0, 0, "and", tuple(conditions))
        )
    return Aggregate(BOOLEAN, 0, 0, "exists", (step,), condition=condition, key=f"{module}.{via.key}")


def _in_lookup(node: Node, narrowed: Callable[[Node], Node]) -> Node:
    def change(each: Node, depth: int) -> Node | None:
        if isinstance(each, Aggregate) and each.condition is not None:
            return replace(each, condition=narrowed(each.condition))
        return None

    return rebuilt(node, change)


_YES = Verdict(True)
_NOTHING = Verdict(False, (message("There is nothing like that."),))
_NO_ROLE = Verdict(False, (message("You have no role yet: an administrator gives you one."),))
_UPLOADER = Verdict(False, (message("Only an admin, or the one who uploaded it, may change a file."),))
