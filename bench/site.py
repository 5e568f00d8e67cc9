"""The site that is measured: its pack on a database, filled by the one writer, and somebody signed in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from bench import data
from runtime.assembly import House
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.sites.people import add_user
from runtime.sites.site import Site

PACK = Path(__file__).parent / "pack"
BATCH = 5000


@contextmanager
def opened(url: str, pack: Path = PACK) -> Iterator[Site]:
    """The pack's site on this database."""
    house = House({"TRELLIS_DATABASE": url}, folder=Path("/tmp"), cheap_passwords=True)
    site = house.open_site(pack)
    try:
        yield site
    finally:
        site.close()


def fill(site: Site, accounts: int, deals: int, contacts: int = 0) -> list[int]:
    """Add users, accounts, contacts and deals; the accounts' ids."""
    owners = [add_user(site, email, email.split("@")[0].title(), None) for email in data.OWNERS]
    account_ids = write(site, "accounts", data.accounts(accounts), owners)
    write(site, "contacts", data.contacts(contacts, account_ids), owners)
    write(site, "deals", data.deals(deals, account_ids), owners)
    site.database.optimize()
    return account_ids


def write(site: Site, module: str, records: Iterable[data.Values], owners: list[int]) -> list[int]:
    """Save records through the writer, thousands in a transaction; their ids, in order."""
    live, ids, rest = site.live, list[int](), iter(enumerate(records))
    actor = Actor(user_id=owners[0], name="Bench", admin=True, door="import")
    while batch := list(islice(rest, BATCH)):
        changes = [Change(module, {**values, "owner": owners[n % len(owners)]}) for n, values in batch]
        with site.database.write() as tx:
            saved = live.writer.save(tx, changes, actor, live.parsing(actor, "rest"))
        for outcome in saved:
            if isinstance(outcome, Refused):
                raise ValueError(f"A record of {module} was refused: {dict(outcome.errors)}")
            ids.append(outcome.id)
    return ids


def signed_in(site: Site) -> str:
    """The cookie of a browser that an administrator has signed in with."""
    user = add_user(site, "admin@example.com", "Ada Admin", None, admin=True)
    with site.database.write() as tx:
        session = site.live.identity.sessions.open(tx.connection, user)
    return f"trellis_session={session.token}"
