"""Filling a site of the standard pack with a few plausible records, the same ones each time."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.sites.site import Site

COMPANIES = (
    "Äyräpää Oy",
    "Nordic Pumps AB",
    "Kuusamo Timber",
    "Helsinki Harbour",
    "Rautaruukki Trade",
    "Savo Motors",
    "Turku Ferries",
    "City of Oulu",
    "Lapland Mining",
    "Baltic Foods",
    "Vaasa Energy",
    "Åland Shipping",
    "Tampere Textiles",
    "Porvoo Bakery",
    "Kemi Paper",
    "Saimaa Logistics",
    "Espoo Robotics",
    "Pori Jazz Events",
    "Kotka Freight",
    "Hanko Marina",
    "Joensuu Forest Tools",
    "Rovaniemi Travel",
    "Lahti Furniture",
    "Kuopio Health",
)
CITIES = (
    ("00100", "Helsinki"),
    ("33100", "Tampere"),
    ("20100", "Turku"),
    ("90100", "Oulu"),
    ("70100", "Kuopio"),
)
FIRST = (
    "Aino",
    "Eero",
    "Helmi",
    "Ilmari",
    "Johanna",
    "Kalle",
    "Liisa",
    "Mikko",
    "Noora",
    "Olli",
    "Petra",
    "Sari",
)
LAST = ("Aalto", "Heikkinen", "Järvinen", "Korhonen", "Lindström", "Mäkinen", "Nieminen", "Virtanen", "Öhman")
JOBS = ("CEO", "CFO", "Buyer", "Head of sales", "IT manager", "Project manager", "Office manager")
THINGS = (
    "ERP rollout",
    "Support renewal",
    "Data migration",
    "Field service",
    "Training",
    "Portal redesign",
    "Audit",
)
PRODUCTS = (
    ("Licence", "120.00"),
    ("Consulting day", "1150.00"),
    ("Training", "980.00"),
    ("Support, a year", "24490.00"),
)
STAGES = ("prospecting", "qualified", "proposal", "proposal", "negotiation", "won", "won", "lost")
INDUSTRIES = (
    "manufacturing",
    "technology",
    "retail",
    "construction",
    "energy",
    "services",
    "public",
    "other",
)
SUBJECTS = (
    ("call", "Call about the offer"),
    ("meeting", "Steering meeting"),
    ("task", "Send the revised offer"),
)


def fill(site: Site, users: Sequence[int]) -> int:
    """Add the demo's records to a site that has no account yet; says how many were added."""
    filler = _Filler(site, users)
    if filler.has_accounts():
        return 0
    accounts = filler.add("accounts", filler.accounts())
    contacts = filler.add("contacts", filler.contacts(accounts))
    potentials = filler.add("potentials", filler.potentials(accounts, contacts))
    activities = filler.add("activities", filler.activities(accounts, contacts, potentials))
    return sum(map(len, (accounts, contacts, potentials, activities)))


class _Filler:
    def __init__(self, site: Site, users: Sequence[int]) -> None:
        self.site = site
        self.live = site.live
        self.users = users
        self.random = random.Random(2026)
        self.today = self.live.moment(_actor(users[0])).today

    def has_accounts(self) -> bool:
        table = self.live.tables.module("accounts").table
        with self.site.database.read() as connection:
            return connection.execute(table.select().limit(1)).first() is not None

    def add(self, module: str, records: list[dict[str, Any]]) -> list[int]:
        """Save records through the writer; gives their ids in order."""
        actor = _actor(self.users[0])
        changes = [Change(module, {"owner": self.random.choice(self.users), **record}) for record in records]
        with self.site.database.write() as tx:
            saved = self.live.writer.save(tx, changes, actor, self.live.parsing(actor, "rest"))
        refused = next((outcome for outcome in saved if isinstance(outcome, Refused)), None)
        if refused is not None:
            raise ValueError(f"The demo's {module} do not fit the standard pack: {dict(refused.errors)}")
        return [outcome.id for outcome in saved if not isinstance(outcome, Refused)]

    def accounts(self) -> list[dict[str, Any]]:
        pick = self.random
        found: list[dict[str, Any]] = []
        for name in COMPANIES:
            postal_code, city = pick.choice(CITIES)
            word = "".join(letter for letter in name.lower().split()[0] if letter.isascii())
            found.append(
                {
                    "name": name,
                    "type": pick.choice(("prospect", "customer", "customer", "partner")),
                    "industry": pick.choice(INDUSTRIES),
                    "phone": f"+358 9 {pick.randint(1_000_000, 9_999_999)}",
                    "email": f"info@{word}.example",
                    "website": f"https://www.{word}.example",
                    "employees": pick.randint(3, 4000),
                    "revenue": f"{pick.randint(200, 90_000) * 1000}.00",
                    "street": f"Teollisuuskatu {pick.randint(1, 90)}",
                    "postal_code": postal_code,
                    "city": city,
                    "country": "Finland",
                }
            )
        return found

    def contacts(self, accounts: Sequence[int]) -> list[dict[str, Any]]:
        pick = self.random
        found: list[dict[str, Any]] = []
        for account in accounts:
            for _ in range(pick.randint(1, 4)):
                first, last = pick.choice(FIRST), pick.choice(LAST)
                found.append(
                    {
                        "first_name": first,
                        "last_name": last,
                        "account": account,
                        "job_title": pick.choice(JOBS),
                        "email": f"contact{len(found) + 1}@example.com",
                        "phone": f"+358 40 {pick.randint(1_000_000, 9_999_999)}",
                        "interests": pick.sample(
                            ["newsletter", "events", "products", "training"], pick.randint(0, 2)
                        ),
                    }
                )
        return found

    def potentials(self, accounts: Sequence[int], contacts: Sequence[int]) -> list[dict[str, Any]]:
        pick = self.random
        found: list[dict[str, Any]] = []
        for number in range(90):
            stage = pick.choice(STAGES)
            closed = stage in ("won", "lost")
            days = -pick.randint(1, 360) if closed else pick.randint(1, 150)
            items = pick.sample(PRODUCTS, pick.randint(1, 3))
            found.append(
                {
                    "name": f"{pick.choice(THINGS)}, phase {number % 3 + 1}",
                    "account": pick.choice(accounts),
                    "contacts": [{"id": pick.choice(contacts), "role": "decision_maker"}],
                    "stage": stage,
                    "amount": f"{pick.randint(4, 190) * 500}.00",
                    "probability": {"won": "100", "lost": "0"}.get(stage, str(pick.randint(1, 9) * 10)),
                    "close_date": (self.today + timedelta(days)).isoformat(),
                    "next_step": None if closed else "Call the decision maker",
                    "items": [
                        {"name": name, "quantity": str(pick.randint(1, 20)), "price": price}
                        for name, price in items
                    ],
                }
            )
        return found

    def activities(
        self, accounts: Sequence[int], contacts: Sequence[int], potentials: Sequence[int]
    ) -> list[dict[str, Any]]:
        pick = self.random
        found: list[dict[str, Any]] = []
        for _ in range(120):
            kind, subject = pick.choice(SUBJECTS)
            days = pick.randint(-60, 40)
            hour = pick.randint(6, 14)
            start = f"{(self.today + timedelta(days)).isoformat()}T{hour:02}:00:00Z"
            found.append(
                {
                    "subject": subject,
                    "type": kind,
                    "status": "planned" if days > 0 else "done",
                    "start": start,
                    "account": pick.choice(accounts),
                    "contact": pick.choice(contacts),
                    "potential": pick.choice(potentials),
                }
            )
        return found


def _actor(user: int) -> Actor:
    return Actor(user_id=user, name="Demo", admin=True, door="cli")
