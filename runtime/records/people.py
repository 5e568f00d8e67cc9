"""People: what a save of a user or a group means for the site's doors.

It is noted in the security log, in the same transaction; whoever is deactivated or deleted is signed out;
what becomes of their records is decided before; one administrator who may sign in is always left; and groups
within groups, and managers of managers, go round in no circle.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from runtime.base.messages import message
from runtime.identity.half_sign_ins import HalfSignIns
from runtime.identity.mailed_links import MailedLinks
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Sessions
from runtime.records.change_log import Entry
from runtime.records.guards import GuardError
from runtime.records.owning import count_owned, owned_modules
from runtime.records.work import Batch

KINDS = {"users": "user_changed", "groups": "group_changed"}
TOLD = ("admin", "role", "active", "email")
"""Fields of a user whose old and new values are told, because they decide who may do what."""
NO_ADMIN = message("One administrator who may sign in must be left: make somebody else one first.")

ABOVE = {"groups": "parent", "users": "manager"}
"""The field that says which one stands above a group, or a user."""
ROUND = {
    "groups": message("A group cannot be part of itself, nor of one that is part of it."),
    "users": message("Nobody can be managed by themselves, nor by somebody whom they manage."),
}


def mind(batch: Batch, entries: Iterable[Entry]) -> None:
    """Do what follows from a save; raises :class:`GuardError` where no administrator would be left, or
    somebody would stand above themselves.
    """
    for entry in entries:
        if entry.module not in KINDS:
            continue
        _note(batch, entry)
        _keep_in_line(batch, entry)
        if entry.module == "users":
            _mind_user(batch, entry)


def _note(batch: Batch, entry: Entry) -> None:
    old, new = entry.old or {}, entry.new or {}
    data: dict[str, Any] = {"did": entry.action, "fields": sorted({*old, *new} if entry.old else new)}
    if entry.module == "users":
        data.update({key: [old.get(key), new[key]] for key in TOLD if key in new})
    about = f"{entry.module}/{entry.record_id}"
    note(batch.tx.connection, batch.now, KINDS[entry.module], Who.of(batch.actor), about, **data)


def _keep_in_line(batch: Batch, entry: Entry) -> None:
    columns = batch.plans.workplace.tables.module(entry.module).columns
    number, above = columns["id"][0], columns[ABOVE[entry.module]][0]
    seen: set[object] = set()
    at = (entry.new or {}).get(ABOVE[entry.module])
    while at is not None and at not in seen:
        if at == entry.record_id:
            raise GuardError(ROUND[entry.module])
        seen.add(at)
        at = batch.tx.connection.execute(select(above).where(number == at)).scalar()


def _mind_user(batch: Batch, entry: Entry) -> None:
    old, new = entry.old or {}, entry.new or {}
    is_gone = entry.action == "deleted" or _lost("active", new)
    tables, clock = batch.plans.workplace.tables, batch.plans.workplace.clock
    connection = batch.tx.connection
    if is_gone:
        Sessions(tables, clock).end_all(connection, entry.record_id)
        HalfSignIns(clock).end_all(connection, entry.record_id)
    if is_gone or "email" in old:
        MailedLinks(tables, clock).end_all(connection, entry.record_id)
    if is_gone or _lost("admin", new):
        _keep_an_admin(batch, entry)
    if entry.action == "updated" and _lost("active", new):
        _hand_over_first(batch, entry.record_id)


def _lost(field: str, new: Mapping[str, object]) -> bool:
    return field in new and not new[field]


def _hand_over_first(batch: Batch, user_id: int) -> None:
    """By whichever way somebody deactivates a user: what becomes of the user's records is said before."""
    changes = (asked.change for asked in batch.asked)
    if batch.actor.system or any(each.settled and each.id == user_id for each in changes):
        return
    workplace, connection = batch.plans.workplace, batch.tx.connection
    owned = count_owned(connection, workplace.tables, owned_modules(workplace.catalog), user_id)
    if owned:
        name = workplace.tables.module("users").columns["name"][0]
        number = workplace.tables.module("users").columns["id"][0]
        called = connection.execute(select(name).where(number == user_id)).scalar_one()
        raise GuardError(
            message(
                "{name} owns records: {count}. Say under Sign-in, on the user's card, who gets them, or that "
                "they stay.",
                name=called,
                count=sum(owned.values()),
            )
        )


def _keep_an_admin(batch: Batch, entry: Entry) -> None:
    users, old = batch.plans.workplace.tables.module("users").columns, entry.old or {}
    number, admin, active, deleted_at = (users[key][0] for key in ("id", "admin", "active", "deleted_at"))
    connection = batch.tx.connection
    stands = connection.execute(select(admin, active).where(number == entry.record_id)).one()
    if entry.action == "created" or not (old.get("admin", stands[0]) and old.get("active", stands[1])):
        return
    left = select(number).where(admin.is_(True), active.is_(True), deleted_at.is_(None)).limit(1)
    # Locked, so that two administrators do not take each other's place away in one moment.
    if connection.execute(left.with_for_update()).first() is None:
        raise GuardError(NO_ADMIN)
