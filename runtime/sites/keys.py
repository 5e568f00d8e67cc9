"""Keys of a user's programs: made, locked and revoked by the user or an administrator, and always logged."""

from collections.abc import Callable

from runtime.base.messages import message
from runtime.identity.actor import SYSTEM, Actor
from runtime.identity.api_keys import ApiKey, KeyLimits
from runtime.identity.security_log import Who, note
from runtime.sites.people import PersonError
from runtime.sites.site import Site
from runtime.storage.transaction import Transaction

LONGEST = 120
MOST = 50
"""Keys that a user may have at one time; more of them are a mistake of some program."""


def make_key(site: Site, actor: Actor, label: str, limits: KeyLimits) -> str:
    """Make a key of the actor and give it; nobody can read it again. Raises :class:`PersonError`."""
    keys, user_id = site.live.identity.api_keys, actor.user_id or 0
    if not label.strip():
        raise PersonError((message("Say what the key is for."),))
    if limits.until is not None and limits.until <= site.clock.now():
        raise PersonError((message("The last day of a key lies ahead."),))
    if limits.modules == ():
        raise PersonError((message("Choose at least one module."),))
    with site.database.write() as tx:
        if sum(key.revoked_at is None for key in keys.of(tx.connection, user_id)) >= MOST:
            raise PersonError((message("You have {most} keys already. Revoke one first.", most=MOST),))
        return _make(site, tx, actor, user_id, label, limits)


def add_key(site: Site, user_id: int, label: str) -> str:
    """Make a key of a user on the command line and give it; nobody can read it again."""
    with site.database.write() as tx:
        return _make(site, tx, SYSTEM.through("cli"), user_id, label, KeyLimits())


def _make(site: Site, tx: Transaction, actor: Actor, user_id: int, label: str, limits: KeyLimits) -> str:
    key_id = tx.allocate_ids(1)[0]
    keys = site.live.identity.api_keys
    made = keys.create(tx.connection, key_id, user_id, label.strip()[:LONGEST], limits)
    _note(site, tx, actor, "key_made", _find(site, tx, user_id, key_id))
    return made


def lock_key(site: Site, actor: Actor, user_id: int, key_id: int, *, locked: bool) -> bool:
    """Stop a user's key for a while, or let it work again; False when there is no such key."""
    keys = site.live.identity.api_keys
    return _change(
        site,
        actor,
        user_id,
        key_id,
        lambda tx: keys.lock(tx.connection, user_id, key_id, locked=locked),
        locked=locked,
    )


def revoke_key(site: Site, actor: Actor, user_id: int, key_id: int) -> bool:
    """Make a user's key worth nothing for good; False when there is no such key."""
    keys = site.live.identity.api_keys
    return _change(site, actor, user_id, key_id, lambda tx: keys.revoke(tx.connection, key_id), revoked=True)


def _change(
    site: Site,
    actor: Actor,
    user_id: int,
    key_id: int,
    do: Callable[[Transaction], bool],
    **said: bool,
) -> bool:
    with site.database.write() as tx:
        found = _find(site, tx, user_id, key_id)
        if found is None or not do(tx):
            return False
        _note(site, tx, actor, "key_changed", found, **said)
    return True


def _find(site: Site, tx: Transaction, user_id: int, key_id: int) -> ApiKey | None:
    keys = site.live.identity.api_keys.of(tx.connection, user_id)
    return next((key for key in keys if key.id == key_id), None)


def _note(site: Site, tx: Transaction, actor: Actor, kind: str, key: ApiKey | None, **said: bool) -> None:
    if key is not None:
        about = f"{key.label} ({key.begins}…)"
        note(tx.connection, site.clock.now(), kind, Who.of(actor), about, of=f"users/{key.user_id}", **said)
