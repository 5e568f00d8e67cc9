"""Leaving: a user is deactivated, and what they own gets another owner or stays theirs, in the archive."""

from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.identity.security_log import Who, note
from runtime.records.change import Change, Refused
from runtime.records.owning import count_owned, owned_modules
from runtime.sites.people import PersonError
from runtime.sites.site import Site

OWNERS = ("users", "groups")


def owned(site: Site, user_id: int) -> dict[str, int]:
    """How many records a user owns, by module."""
    live = site.live
    with site.database.read() as connection:
        return count_owned(connection, live.tables, owned_modules(live.catalog), user_id)


def deactivate(site: Site, actor: Actor, user_id: int, to: int | None, *, archive: bool) -> int | None:
    """Have a user sign in no more. Their records go to ``to``, in the background, whose operation's id is
    given; or they stay theirs (``archive``). Raises :class:`PersonError`.
    """
    live, has_records = site.live, bool(owned(site, user_id))
    if has_records and to is None and not archive:
        raise PersonError((message("Choose who gets the records, or leave them to the archived user."),))
    if to == user_id:
        raise PersonError((message("Choose somebody else, who gets the records."),))
    if to is not None and not archive:
        _need_active(site, to)
    started = None
    with site.database.write() as tx:
        change = Change("users", {"active": False}, id=user_id, settled=True)
        outcome = live.writer.save(tx, [change], actor, live.parsing(actor, "rest"))[0]
        if isinstance(outcome, Refused):
            raise PersonError(tuple(reason for reasons in outcome.errors.values() for reason in reasons))
        if to is not None and not archive:
            user = live.identity.users.by_id(tx.connection, user_id)
            name = user.name if user is not None else ""
            asked = {"owner": user_id, "to": to}
            started = site.background.start(tx, "hand_over", asked, actor, name, live.revision)
        said = {"records": "kept" if started is None else "handed over", "to": to}
        note(tx.connection, site.clock.now(), "user_left", Who.of(actor), f"users/{user_id}", **said)
    return started


def _need_active(site: Site, owner: int) -> None:
    with site.database.read() as connection:
        user = site.live.identity.users.by_id(connection, owner)
    if user is not None and not user.active:  # a group is no user, and always there
        raise PersonError((message("{name} is archived: choose an owner who may sign in.", name=user.name),))


def activate(site: Site, actor: Actor, user_id: int) -> None:
    """Let a user in again. Raises :class:`PersonError`."""
    live = site.live
    with site.database.write() as tx:
        change = Change("users", {"active": True}, id=user_id)
        outcome = live.writer.save(tx, [change], actor, live.parsing(actor, "rest"))[0]
        if isinstance(outcome, Refused):
            raise PersonError(tuple(reason for reasons in outcome.errors.values() for reason in reasons))
