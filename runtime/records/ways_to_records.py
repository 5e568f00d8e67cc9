"""Ways to records: by which of them those who are alike in their rights come to the records of a module."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runtime.base.diagnostic import Span
from runtime.base.messages import Message, message
from runtime.expressions import Language, Scope
from runtime.expressions.tree import Read, Shared
from runtime.model.access import ANY, Calendar, SharingRule
from runtime.model.catalog import Catalog, Expression, Module, Path
from runtime.model.types import BOOLEAN
from runtime.records.calendars import of_owner, public


@dataclass(frozen=True, slots=True)
class Clause:
    """One way to records: what is said of it, which records those are (all of them without a condition), and
    the line that says so. ``busy``: it shows when somebody is busy, and nothing else of the record.
    """

    reason: Message
    condition: Expression | None = None
    span: Span | None = None
    busy: bool = False


class Ways:
    """Finds the ways of a configuration."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._catalog = catalog
        self._language = language

    def to(
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


def _by_hand(module: Module, level: str) -> Expression:
    own = module.record_fields["id"]
    tree = Shared(BOOLEAN, 0, 0, Read(own.value_type, 0, 0, (Path("id", (own,)),), ("id",)), level)
    return Expression(f"shared by hand to {level}", Span.point("rights"), BOOLEAN, tree, tree)
