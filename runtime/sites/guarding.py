"""Guarding: the rules of signing in and the hold on mail, as administrators set them."""

from runtime.base.messages import Message, message
from runtime.identity.actor import Actor
from runtime.identity.policy import Policy
from runtime.identity.second_factor import MAIL
from runtime.identity.security_log import Who, note
from runtime.sites.site import Site


def why_not(policy: Policy, address: str) -> Message | None:
    """Why rules may not be set by somebody who comes from an address: they would keep that very one out."""
    if policy.lets_in(address):
        return None
    return message(
        "These lists would keep you out yourself: you come from {address}. Let that in first.",
        address=address,
    )


def set_rules(site: Site, actor: Actor, policy: Policy) -> bool:
    """Have other rules hold from now on; False where nothing is another."""
    before = site.rules.refresh().to_json()
    changed = {key: [before[key], value] for key, value in policy.to_json().items() if before[key] != value}
    if not changed:
        return False
    with site.database.write() as tx:
        now = site.clock.now()
        site.rules.change(tx.connection, policy, now, actor.user_id)
        told = {key: [_told(old), _told(new)] for key, (old, new) in changed.items()}
        note(tx.connection, now, "settings_changed", Who.of(actor), "sign_in", **told)
    site.rules.refresh()
    return True


def hold_mail(site: Site, actor: Actor, *, held: bool) -> Message | None:
    """Send no mail for the moment, or again; gives why not. Who signs in with codes by mail may not hold
    them up.
    """
    with site.database.write() as tx:
        own = site.live.identity.factors.kind_of(tx.connection, actor.user_id or 0)
        if held and own == MAIL:
            return message("Your own codes come by mail: set up an authenticator app first.")
        site.post.hold(tx, actor.user_id, held=held)
        about = "mail held" if held else "mail let go"
        note(tx.connection, site.clock.now(), "settings_changed", Who.of(actor), about)
    return None


def _told(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
