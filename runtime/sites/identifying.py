"""Identity over one snapshot's tables, with the rules, the letters and the secret of its site."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.identity.acting import Acting
from runtime.identity.api_keys import ApiKeys
from runtime.identity.changing import PasswordChange
from runtime.identity.credentials import Credentials
from runtime.identity.resetting import Resets
from runtime.identity.second_factor import SecondFactors
from runtime.identity.second_step import SecondStep
from runtime.identity.sessions import Sessions
from runtime.identity.sign_in import SignIn
from runtime.identity.users import Users
from runtime.identity.visitors import Visitors
from runtime.sites.letters import SiteLetters
from runtime.storage.tables import Tables

if TYPE_CHECKING:
    from runtime.model.catalog import Catalog
    from runtime.sites.site import Site


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is."""

    users: Users
    sessions: Sessions
    visitors: Visitors
    sign_in: SignIn
    second_step: SecondStep
    factors: SecondFactors
    api_keys: ApiKeys
    credentials: Credentials
    password_change: PasswordChange
    resets: Resets
    acting: Acting
    letters: SiteLetters


def make_identity(site: "Site", tables: Tables, catalog: "Catalog") -> Identity:
    """The parts, made for a snapshot."""
    shop, clock, rules = site.workshop, site.clock, site.rules
    passwords, providers = shop.passwords, shop.providers
    language = catalog.languages[0]
    letters = SiteLetters(site, catalog.title.in_language(language), language)
    sessions, keys = Sessions(tables, clock, rules), ApiKeys(tables, clock)

    def profiles(role: str | None) -> tuple[str, ...]:
        return tuple(profile.key for profile in catalog.access.held(role))

    factors = SecondFactors(clock, site.sealer.seal, site.sealer.open)
    sign_in = SignIn(tables, clock, passwords, factors, rules, letters, providers, profiles)
    return Identity(
        Users(tables),
        sessions,
        Visitors(tables, sessions, keys, clock),
        sign_in,
        SecondStep(tables, clock, sign_in, factors, rules),
        factors,
        keys,
        Credentials(tables, clock),
        PasswordChange(tables, clock, passwords, rules, letters),
        Resets(tables, clock, passwords, rules, letters, providers),
        Acting(tables, clock, rules),
        letters,
    )
