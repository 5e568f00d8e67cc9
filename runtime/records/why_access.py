"""Why somebody may see a record, or change it: every way that leads them there, and the line behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from runtime.base.diagnostic import Span
from runtime.base.messages import Message, message
from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.access import Profile
from runtime.model.catalog import Catalog, Expression, Module
from runtime.records.access import Judge
from runtime.records.circles import Circle
from runtime.records.held_fields import Held
from runtime.records.roles import WRITING, Roles
from runtime.records.ways_to_records import Clause
from runtime.storage.query import Query
from runtime.storage.reader import Reader

ASKED = ("read", "update", "delete")
"""The rights on a record that are told of."""


@dataclass(frozen=True, slots=True)
class Because:
    """One reason, and where it was written."""

    reason: Message
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a right is there, and all that speaks for it; or what is missing."""

    right: str
    allowed: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """A field that is not simply seen and changed with its record: ``seen`` and ``changed`` in this one. What
    is not seen is never changed.
    """

    key: str
    seen: bool
    changed: bool
    span: Span | None


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do with one record."""

    answers: tuple[Answer, ...]
    fields: tuple[FieldAnswer, ...]


class WhyAccess:
    """Asks about one actor, with a reader that sees everything."""

    def __init__(
        self, catalog: Catalog, judge: Judge, reader: Reader, connection: Connection, moment: Moment
    ) -> None:
        """``moment`` is the actor's."""
        self._catalog = catalog
        self._judge = judge
        self._reader = reader
        self._connection = connection
        self._moment = moment

    def of(self, actor: Actor, module: Module, record_id: int) -> Access:
        """The rights on a record that is there, deleted or not."""
        roles = self._judge.roles
        circle = None if roles is None else roles.circle(actor)
        if roles is None or circle is None:
            return Access(tuple(self._simply(actor, module, right) for right in ASKED), ())
        answers = [self._answer(roles, circle, module, record_id, right) for right in ASKED]
        if not answers[0].allowed:
            answers = [
                replace(each, allowed=False, because=_UNREAD) if each.allowed else each for each in answers
            ]
        reads, updates = answers[0].allowed, answers[1].allowed
        return Access(tuple(answers), tuple(self._fields(circle, module, record_id, reads, updates)))

    def _simply(self, actor: Actor, module: Module, right: str) -> Answer:
        verdict = self._judge.may(actor, module.key, right)
        told = message("They are an administrator.") if actor.admin else message("The pack has no profiles.")
        reasons = verdict.reasons or (told,)
        return Answer(right, verdict.allowed, tuple(Because(reason) for reason in reasons))

    def _answer(self, roles: Roles, circle: Circle, module: Module, record_id: int, right: str) -> Answer:
        granting = [profile for profile in circle.profiles if _grants(profile, module, right)]
        if not granting:
            told = message("No profile of the role {role} grants it.", role=circle.role)
            return Answer(right, False, (Because(told, self._catalog.access.roles[circle.role].origin.span),))
        level = "write" if right in WRITING else "read"
        granted = circle.granted[module.key]
        ways = roles.making.ways.to(module, circle.role, granted, circle.rules, level, circle.by_hand)
        leading = [each for each in ways if self._leads(module, record_id, each)]
        if not leading:
            return Answer(right, False, (Because(message("Nothing shares this record with them.")),))
        because = [*map(_of_profile, granting, [module] * len(granting))]
        because += [Because(each.reason, each.span) for each in leading]
        return Answer(right, True, tuple(because))

    def _leads(self, module: Module, record_id: int, clause: Clause) -> bool:
        return clause.condition is None or self._holds(module, record_id, clause.condition)

    def _holds(self, module: Module, record_id: int, condition: Expression) -> bool:
        query = Query(module.key, rights=(condition,), ids=(record_id,), deleted="any")
        return bool(self._reader.meeting(self._connection, query, self._moment))

    def _fields(
        self, circle: Circle, module: Module, record_id: int, reads: bool, updates: bool
    ) -> Iterator[FieldAnswer]:
        for field in module.all_fields():
            name = (module.key, field.key)
            if name not in circle.read and name not in circle.update:
                continue
            rights = (profile.of_field(*name) for profile in circle.profiles)
            span = next((each.origin.span for each in rights if each is not None), None)
            seen = reads and self._held(module, record_id, circle.read.get(name, True))
            changed = seen and updates and self._held(module, record_id, circle.update.get(name, True))
            yield FieldAnswer(field.key, seen, changed, span)

    def _held(self, module: Module, record_id: int, held: Held) -> bool:
        return held if isinstance(held, bool) else self._holds(module, record_id, held)


def _grants(profile: Profile, module: Module, right: str) -> bool:
    rights = profile.on(module.key)
    return rights is not None and right in rights.granted


def _of_profile(profile: Profile, module: Module) -> Because:
    rights = profile.on(module.key)
    told = message("The profile {profile} grants it.", profile=profile.label)
    return Because(told, rights.origin.span if rights is not None else None)


_UNREAD = (Because(message("Nobody changes or deletes a record that they may not read.")),)
