"""People of a site: adding a user with a password, and what users change of themselves."""

from collections.abc import Mapping
from dataclasses import replace

from runtime.base.messages import Message, message
from runtime.fields.countries import country_names
from runtime.identity.actor import Actor
from runtime.identity.credentials import Credentials
from runtime.identity.good_passwords import why_not_a_password
from runtime.identity.half_sign_ins import HalfSignIns
from runtime.identity.mailed_links import MailedLinks
from runtime.identity.security_log import Who, note
from runtime.records.access import SYSTEM
from runtime.records.change import Change, Refused, Saved
from runtime.records.stored import records_by_id
from runtime.sites.live import Live, is_zone
from runtime.sites.site import Site
from runtime.storage.transaction import Transaction


class PersonError(Exception):
    """A user who cannot be added, or a key that cannot be made; ``reasons`` are whole sentences."""

    def __init__(self, reasons: tuple[Message, ...]) -> None:
        super().__init__(" ".join(map(str, reasons)))
        self.reasons = reasons


def add_user(
    site: Site, email: str, name: str, password: str | None, *, admin: bool = False, role: str | None = None
) -> int:
    """Add a user and give the id; without a password nobody can sign in as them.

    Raises :class:`PersonError`.
    """
    live = site.live
    reason = why_not_a_password(password) if password is not None else None
    if reason is not None:
        raise PersonError((reason,))
    password_hash = site.workshop.passwords.hash(password) if password is not None else None
    values = {"email": email, "name": name, "admin": admin, "role": role}
    actor = SYSTEM.through("cli")
    with site.database.write() as tx:
        outcome = live.writer.save(tx, [Change("users", values)], actor, live.parsing(actor, "rest"))[0]
        if isinstance(outcome, Refused):
            raise PersonError(tuple(reason for reasons in outcome.errors.values() for reason in reasons))
        if password_hash is not None:
            Credentials(live.tables, site.clock).set(tx.connection, outcome.id, password_hash)
    return outcome.id


def set_password(site: Site, user_id: int, password: str) -> None:
    """Give a user another password; whoever is signed in as them is no longer. Raises
    :class:`PersonError`.
    """
    reason = why_not_a_password(password)
    if reason is not None:
        raise PersonError((reason,))
    password_hash = site.workshop.passwords.hash(password)
    with site.database.write() as tx:
        Credentials(site.live.tables, site.clock).set(tx.connection, user_id, password_hash)
        sign_out_everywhere(site, tx, user_id)
        note(tx.connection, site.clock.now(), "password_changed", Who.of(SYSTEM), f"users/{user_id}")


def sign_out_everywhere(site: Site, tx: Transaction, user_id: int) -> None:
    """End what somebody may come in by without the password: sessions, mailed links, half sign-ins."""
    site.live.identity.sessions.end_all(tx.connection, user_id)
    MailedLinks(site.live.tables, site.clock).end_all(tx.connection, user_id)
    HalfSignIns(site.clock).end_all(tx.connection, user_id)


PROFILE = (
    *("name", "phone", "mobile", "country", "language", "timezone"),
    *("date_format", "number_format", "search_type", "theme"),
    *("alert_days", "daily_mail", "notice_mail", "note_alert"),
)
"""What every user may change of their own record; the rest of it is the administrators'."""


def own_profile(site: Site, live: Live, user_id: int) -> Mapping[str, object]:
    """What a user has in their own record, by field, whatever rights their role has on users."""
    plans = live.writer.plans
    with site.database.read() as connection:
        return records_by_id(connection, plans["users"], {user_id}, plans.dialect, lock=False)[user_id]


def change_profile(site: Site, live: Live, actor: Actor, values: Mapping[str, object]) -> Saved | Refused:
    """Change what a user may change of their own record. It is written as the user: the log says so."""
    own = {key: value for key, value in values.items() if key in PROFILE}
    zone, language, country = own.get("timezone"), own.get("language"), own.get("country")
    if zone and not is_zone(str(zone)):
        return Refused({"timezone": (message('There is no time zone "{name}".', name=str(zone)[:64]),)})
    if language and language not in live.catalog.languages:
        return Refused(
            {"language": (message('The site has no language "{name}".', name=str(language)[:12]),)}
        )
    if country and country not in country_names("en"):
        return Refused({"country": (message('There is no country "{code}".', code=str(country)[:12]),)})
    # Users are written by administrators: what is let through here are the fields above, of one's own record.
    writer = replace(actor, admin=True)
    with site.database.write() as tx:
        change = Change("users", own, id=actor.user_id)
        return live.writer.save(tx, [change], writer, live.parsing(actor, "form"))[0]
