"""Inviting: a link by which somebody chooses the first password, and users made after a template."""

from collections.abc import Mapping

from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.identity.mailed_links import INVITE
from runtime.identity.memberships import Memberships
from runtime.identity.security_log import Who, note
from runtime.identity.users import User
from runtime.records.change import Change, Refused
from runtime.records.reading import Linking
from runtime.sites.people import PersonError
from runtime.sites.site import Site

COPIED = (
    *("role", "country", "language", "timezone", "date_format", "number_format", "search_type"),
    *("alert_days", "daily_mail", "notice_mail", "note_alert", "manager"),
)
"""What a user has from their template; whether it is an administrator is said anew each time."""


def invite(site: Site, actor: Actor, user: User) -> str | None:
    """Mail a link to a user. A site that sends no mail gets its address to hand over, in place of it; nobody
    is handed the address of an administrator who has a password. Raises :class:`PersonError`.
    """
    identity = site.live.identity
    with site.database.write() as tx:
        if not user.active:
            raise PersonError((message("Nobody can sign in as this user: activate the user first."),))
        by_mail = identity.letters.can_send
        is_new = identity.credentials.of(tx.connection, user.id) is None
        if not by_mail and user.admin and not is_new and user.id != actor.user_id:
            raise PersonError((message("Only mail brings another administrator a link."),))
        if by_mail:
            identity.resets.mail(tx, user, INVITE)
            address = None
        else:
            address = identity.letters.address_of(identity.resets.link(tx, user, INVITE))
        about = f"users/{user.id}"
        note(tx.connection, site.clock.now(), "invited", Who.of(actor), about, by_mail=by_mail)
    return address


def copy_user(
    site: Site, actor: Actor, template_id: int, template: Mapping[str, object], name: str, email: str
) -> int:
    """Make a user who has what a template has: role, groups, language, formats. ``template`` are the values
    of the fields :data:`COPIED`. Raises :class:`PersonError`.
    """
    live = site.live
    parsing = live.parsing(actor, "rest")
    with site.database.write() as tx:
        groups = Memberships(live.tables).direct(tx.connection, template_id)
        given = {**template, "name": name, "email": email}
        made = live.writer.save(tx, [Change("users", given)], actor, parsing)[0]
        if isinstance(made, Refused):
            raise PersonError(tuple(reason for reasons in made.errors.values() for reason in reasons))
        joined = [
            Change("groups", {"members": Linking(add=({"id": made.id},))}, id=group) for group in groups
        ]
        for outcome in live.writer.save(tx, joined, actor, parsing) if joined else ():
            if isinstance(outcome, Refused):
                raise PersonError(tuple(reason for each in outcome.errors.values() for reason in each))
    return made.id
