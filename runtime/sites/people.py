"""People of a site: adding a user with a password, and a key for a program of theirs."""

from runtime.base.messages import Message
from runtime.identity.credentials import Credentials
from runtime.identity.passwords import why_not_a_password
from runtime.records.access import SYSTEM
from runtime.records.change import Change, Refused
from runtime.sites.site import Site


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


def add_key(site: Site, user_id: int, label: str) -> str:
    """Make an API key of a user and give it; nobody can read it again."""
    with site.database.write() as tx:
        return site.live.identity.api_keys.create(tx.connection, tx.allocate_ids(1)[0], user_id, label)
