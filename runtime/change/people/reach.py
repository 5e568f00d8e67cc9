"""How many users gain or lose how many records by what a plan changes of sharing: counted in the database, a
statement for the users and one for the records of each change, with the configuration that is applied.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from runtime.base.diagnostic import Span
from runtime.change.before import Before, UnreadableRevisionError
from runtime.model.access import LEVELS, Access, SharingRule
from runtime.model.catalog import Catalog, Expression
from runtime.model.renames import Renames
from runtime.model.types import BOOLEAN
from runtime.storage.query import Query

CAP = 100_000
"""Records are counted so far."""
MOST = 20
"""So many changes are counted; of more, only the sentences tell."""
DEPTH = 5
"""How deep groups in groups are looked into."""
RIGHT = {"read": "read", "write": "update"}
"""The right on a module without which a level of sharing means nothing."""


@dataclass(frozen=True, slots=True)
class _Change:
    """Sharing that comes or goes: the condition that users fulfil, the records that are meant, of a module as
    it is called before, and what is said of it.
    """

    gains: bool
    level: str
    users: str
    module: str
    where: str | None
    label: str


def tell_reach(connection: Connection, before: Before, after: Catalog, renames: Renames) -> Iterator[str]:
    """Sentences such as "12 users gain read on up to 3,401 records: Deals."; none where a side has no
    profiles, or the applied revision cannot be read.
    """
    try:
        was = before.catalog
    except UnreadableRevisionError:
        return
    if not (was.access.is_asked and after.access.is_asked):
        return
    back = renames.inverted()
    for number, change in enumerate(_changes(was, after, back)):
        if number == MOST:
            return
        users = _count(connection, before, "users", f"active and not admin and ({change.users})")
        records = None if not users else _count(connection, before, change.module, change.where)
        if users and records:
            yield _sentence(change, users, records)


def _sentence(change: _Change, users: int, records: int) -> str:
    people = f"{users:,} user{'' if users == 1 else 's'}"
    does = ("gain" if change.gains else "lose") + ("s" if users == 1 else "")
    many = f"{records:,}{'+' if records >= CAP else ''} record{'' if records == 1 else 's'}"
    return f"{people} {does} {change.level} on up to {many}: {change.label}."


def _changes(was: Catalog, now: Catalog, back: Renames) -> Iterator[_Change]:
    for key, module in now.modules.items():
        former = back.module(key)
        if module.system or module.parent is not None or former not in was.modules:
            continue
        old, new = was.access.sharing.level(former), now.access.sharing.level(key)
        for level in LEVELS[1:]:
            reached = [LEVELS.index(each) >= LEVELS.index(level) for each in (old, new)]
            if reached[0] != reached[1]:
                access = now.access if reached[1] else was.access
                users = _holding(access, key if reached[1] else former, level, access.roles)
                yield _Change(reached[1], level, users, former, None, f"{module.plural} of others")
    theirs = {_said(rule) for rule in was.access.sharing.rules}
    mine = {_said(rule) for rule in now.access.sharing.rules}
    for gains, catalog, others in ((True, now, theirs), (False, was, mine)):
        for rule in catalog.access.sharing.rules:
            if _said(rule) not in others:
                yield from _of_rule(gains, catalog, rule, back.module(rule.module) if gains else rule.module)


def _said(rule: SharingRule) -> tuple[object, ...]:
    return rule.module, rule.kind, rule.to, rule.grant, rule.where.text if rule.where is not None else None


def _of_rule(gains: bool, catalog: Catalog, rule: SharingRule, former: str) -> Iterator[_Change]:
    access, where = catalog.access, rule.where.text if rule.where is not None else None
    held = _holding(access, rule.module, rule.grant, access.roles)
    match rule.kind:
        case "role":
            users = _holding(access, rule.module, rule.grant, (rule.to,))
        case "role_and_below":
            users = _holding(access, rule.module, rule.grant, (rule.to, *access.below(rule.to)))
        case "group":
            names = (".".join(["parent"] * depth + ["name"]) for depth in range(DEPTH))
            inside = " or ".join(f"{name} == {_quoted(rule.to)}" for name in names)
            users = f"({held}) and exists(groups, {inside})"
        case _:
            users = f"({held}) and email == {_quoted(rule.to)}"
    label = f"{catalog.modules[rule.module].plural} shared with the {rule.kind} {rule.to}"
    yield _Change(gains, rule.grant, users, former, where, label)


def _holding(access: Access, module: str, level: str, roles: Iterable[str]) -> str:
    # The users whose role gives them the right on the module that this level of sharing goes with.
    named = [
        key
        for key in roles
        if any(
            RIGHT[level] in rights.granted
            for profile in access.held(key)
            if (rights := profile.on(module)) is not None
        )
    ]
    return f"role in [{', '.join(map(_quoted, named))}]" if named else "false"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _count(connection: Connection, before: Before, module: str, where: str | None) -> int | None:
    """How many undeleted records fulfil a condition; None where it cannot be asked of what is applied."""
    conditions: tuple[Expression, ...] = ()
    if module not in before.catalog.modules:
        return None
    if where is not None:
        span = Span.point("rights")
        found, _ = before.language.parse(where, span, before.scope(module), expect=BOOLEAN)
        if found is None:
            return None
        conditions = (found,)
    query = Query(module, where=conditions)
    return before.reader.count(connection, query, before.moment, cap=CAP).n
