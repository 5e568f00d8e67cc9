"""The second step of one's own: set up, changed and taken away, always logged."""

from runtime.identity.actor import Actor
from runtime.identity.second_factor import APP, MAIL
from runtime.identity.security_log import Who, note
from runtime.sites.site import Site
from runtime.storage.transaction import Transaction


def begin_app(site: Site, actor: Actor) -> str | None:
    """Begin to set an app up and give its secret; None where a second step is there already."""
    factors, user_id = site.live.identity.factors, actor.user_id or 0
    with site.database.write() as tx:
        if factors.kind_of(tx.connection, user_id) is not None:
            return None
        return factors.begin_app(tx.connection, user_id)


def confirm_app(site: Site, actor: Actor, code: str) -> tuple[str, ...] | None:
    """Take the app's first code; gives the recovery codes, or None where the code is wrong."""
    with site.database.write() as tx:
        codes = site.live.identity.factors.confirm_app(tx.connection, actor.user_id or 0, code)
        if codes is not None:
            _note(site, tx, actor, actor.user_id or 0, APP)
        return codes


def use_mail(site: Site, actor: Actor) -> bool:
    """Have a code mailed at every sign-in; False where a second step is there already."""
    factors, user_id = site.live.identity.factors, actor.user_id or 0
    with site.database.write() as tx:
        if factors.kind_of(tx.connection, user_id) is not None:
            return False
        factors.use_mail(tx.connection, user_id)
        _note(site, tx, actor, user_id, MAIL)
    return True


def turn_off(site: Site, actor: Actor, user_id: int) -> bool:
    """Take a user's second step away: their own wish, or an administrator's for who has lost it."""
    with site.database.write() as tx:
        was_there = site.live.identity.factors.forget(tx.connection, user_id)
        if was_there:
            _note(site, tx, actor, user_id, "none")
    return was_there


def new_codes(site: Site, actor: Actor) -> tuple[str, ...] | None:
    """Fresh recovery codes in place of those before; None for one who has no app."""
    factors, user_id = site.live.identity.factors, actor.user_id or 0
    with site.database.write() as tx:
        if factors.kind_of(tx.connection, user_id) != APP:
            return None
        _note(site, tx, actor, user_id, APP, codes=True)
        return factors.new_codes(tx.connection, user_id)


def _note(site: Site, tx: Transaction, actor: Actor, user_id: int, kind: str, **said: bool) -> None:
    of = {"of": f"users/{user_id}"} if user_id != actor.user_id else {}
    note(tx.connection, site.clock.now(), "factor_changed", Who.of(actor), about=kind, **of, **said)
