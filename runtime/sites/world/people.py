"""The demo's people: who works at the company in which role, and the groups they are in.

What their roles may do is in the pack beside this file, ``demo``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.records.access import SYSTEM
from runtime.records.change import Change, Refused
from runtime.sites.people import PersonError, add_user
from runtime.sites.site import Site

PACK = Path(__file__).parent / "demo"
"""The pack of the demo: the rights of its people, on top of the standard pack."""
PASSWORD = "trellis-demo"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works there; who does not sign in has no password, and only owns records."""

    email: str
    name: str
    role: str | None
    signs_in: bool = False
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A group: its members by their addresses, each with what they are in it, and what they are to sell in a
    year.
    """

    name: str
    type: str
    manager: str
    members: Mapping[str, str]
    budget: str = ""


ADMIN, SELLER, SUPPORT, AUDITOR = (
    f"{name}@example.com" for name in ("admin", "seller", "support", "auditor")
)
PEOPLE = (
    Person(ADMIN, "Alma Admin", None, signs_in=True, admin=True),
    Person(SELLER, "Sanna Seller", "seller", signs_in=True),
    Person(SUPPORT, "Sami Support", "support", signs_in=True),
    Person(AUDITOR, "Aino Auditor", "auditor", signs_in=True),
    Person("pekka@example.com", "Pekka Mäkelä", "sales_manager"),
    Person("emma@example.com", "Emma Clarke", "seller"),
    Person("olli@example.com", "Olli Saarinen", "seller"),
    Person("hanna@example.com", "Hanna Niemi", "support_lead"),
)
FIELD_SALES, SUPPORT_DESK = "Field sales", "Support desk"
TEAMS = (
    Team(
        FIELD_SALES,
        "sales",
        "pekka@example.com",
        {SELLER: "Key accounts", "emma@example.com": "New business", "pekka@example.com": "Manager"},
        "1200000",
    ),
    Team(SUPPORT_DESK, "standard", "hanna@example.com", {SUPPORT: "First line", "hanna@example.com": "Lead"}),
)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who owns what, by their ids: ``sellers`` what is sold, ``desk`` what comes in afterwards. Whoever is
    named twice has twice as much; groups own, too. ``staff`` are the users who work on projects.
    """

    sellers: tuple[int, ...]
    desk: tuple[int, ...]
    staff: tuple[int, ...]

    def to_json(self) -> dict[str, list[int]]:
        """As the arguments of an operation keep it."""
        return {"sellers": list(self.sellers), "desk": list(self.desk), "staff": list(self.staff)}

    @staticmethod
    def read(kept: Mapping[str, Sequence[int]]) -> "Crew":
        """What :meth:`to_json` gave."""
        return Crew(tuple(kept["sellers"]), tuple(kept["desk"]), tuple(kept["staff"]))


def add_people(site: Site) -> dict[str, int]:
    """The ids of the demo's people and groups by address and by name; those that are missing are added."""
    ids = {person.email: _person(site, person) for person in PEOPLE}
    return ids | {team.name: _team(site, team, ids) for team in TEAMS}


def crew(ids: Mapping[str, int]) -> Crew:
    """Who owns what. An auditor owns nothing."""
    sellers = (ADMIN, SELLER, SELLER, "pekka@example.com", "emma@example.com", "olli@example.com")
    desk = (SUPPORT, SUPPORT, "hanna@example.com", SUPPORT_DESK)
    staff = (*dict.fromkeys(sellers), SUPPORT, "hanna@example.com")
    return Crew(
        tuple(ids[each] for each in (*sellers, "emma@example.com", FIELD_SALES)),
        tuple(ids[each] for each in desk),
        tuple(ids[each] for each in staff),
    )


def _person(site: Site, person: Person) -> int:
    with site.database.read() as connection:
        known = site.live.identity.users.by_email(connection, person.email)
    if known is not None:
        return known.id
    password = PASSWORD if person.signs_in else None
    return add_user(site, person.email, person.name, password, admin=person.admin, role=person.role)


def _team(site: Site, team: Team, ids: Mapping[str, int]) -> int:
    groups = site.live.tables.module("groups").columns
    number, name, deleted_at = (groups[key][0] for key in ("id", "name", "deleted_at"))
    with site.database.read() as connection:
        known = connection.execute(
            number.table.select().with_only_columns(number).where(name == team.name, deleted_at.is_(None))
        ).scalar()
    if known is not None:
        return int(known)
    members = [{"id": ids[email], "role": role} for email, role in team.members.items()]
    year = f"{site.clock.now().year}-01-01"
    budget = [{"starts": year, "period": "year", "amount": team.budget}] if team.budget else []
    values = {"name": team.name, "type": team.type, "manager": ids[team.manager], "members": members}
    values |= {"budgets": budget}
    actor, live = SYSTEM.through("cli"), site.live
    with site.database.write() as tx:
        outcome = live.writer.save(tx, [Change("groups", values)], actor, live.parsing(actor, "rest"))[0]
        if isinstance(outcome, Refused):
            raise PersonError(tuple(reason for reasons in outcome.errors.values() for reason in reasons))
    return outcome.id
