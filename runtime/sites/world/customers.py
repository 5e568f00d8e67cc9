"""The demo's customers: companies with their people, and leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runtime.sites.world.catalogue import Catalogue
from runtime.sites.world.chance import Chance
from runtime.sites.world.names import FINNISH, JOBS, TRADES, Names, word
from runtime.sites.world.pen import Pen
from runtime.sites.world.people import Crew

TYPES = (
    "customer",
    "customer",
    "customer",
    "customer",
    "prospect",
    "prospect",
    "prospect",
    "partner",
    "vendor",
    "former",
)
SOURCES = ("referral", "website", "campaign", "event", "cold_call", "partner", "existing", "social_media")
INTERESTS = ("newsletter", "events", "products", "training")
WANTS = (
    "Wants to replace spreadsheets in sales.",
    "Asked for a price for 25 users.",
    "Downloaded the buyer's guide.",
    "Met at the fair, call in two weeks.",
    "Needs an integration with their invoicing.",
    "Their present system's contract ends this year.",
)


@dataclass(frozen=True, slots=True)
class Customer:
    """An account as the other parts need it. ``people`` are the ids of its contacts."""

    id: int
    name: str
    type: str
    owner: int
    people: tuple[int, ...]
    address: dict[str, str]


class Customers:
    """Makes companies and their people; keeps those who may buy."""

    def __init__(self, pen: Pen, chance: Chance, who: Crew, catalogue: Catalogue) -> None:
        self.pen = pen
        self.chance = chance
        self.names = Names(chance)
        self.who = who
        self.catalogue = catalogue
        self.all: list[Customer] = []
        self.buyers: list[Customer] = []
        self.groups: list[int] = []
        self.industries = tuple(TRADES)

    def owner(self) -> int:
        """The id of somebody who sells, or of a group that does."""
        return self.chance.one(self.who.sellers)

    def write(self, companies: int, people: int) -> None:
        """Write companies, and people spread over them."""
        if not companies:
            return
        chance = self.chance
        locales = [self.names.locale() for _ in range(companies)]
        records = [self._account(locale) for locale in locales]
        ids = self.pen.add("accounts", records)
        self.groups += [id_ for id_, record in zip(ids, records, strict=True) if "parent" not in record][:2]
        at = [chance.number(0, companies - 1) for _ in range(max(0, people - companies))]
        at = sorted([*range(min(companies, people)), *at])
        contacts = self.pen.add(
            "contacts", [self._contact(locales[place], ids[place], records[place]) for place in at]
        )
        of: list[list[int]] = [[] for _ in ids]
        for place, contact in zip(at, contacts, strict=True):
            of[place].append(contact)
        for id_, record, own in zip(ids, records, of, strict=True):
            made = Customer(
                id_, record["name"], record["type"], record["owner"], tuple(own), record["billing_address"]
            )
            self.all.append(made)
            if made.type in ("customer", "prospect", "former") and own:
                self.buyers.append(made)

    def write_leads(self, number: int, status: str | None, campaigns: Sequence[int]) -> None:
        """Write leads; ``status`` is that of old ones, None draws one for a fresh lead."""
        self.pen.add("leads", [self._lead(status, campaigns) for _ in range(number)])

    def _account(self, locale: str) -> dict[str, Any]:
        chance = self.chance
        industry = chance.one(self.industries)
        name = self.names.company(locale, industry)
        kind = chance.one(TYPES)
        employees = int(3 * 1.9 ** chance.number(0, 9) * (0.7 + chance.share() * 0.6))
        host = f"{word(name.rpartition(' ')[0])[:24].strip('-')}.example"
        record: dict[str, Any] = {
            "name": name,
            "type": kind,
            "status": "closed" if kind == "former" and chance.holds(0.3) else "active",
            "industry": industry,
            "source": chance.one(SOURCES),
            "rank": chance.one("aabbbcccc") if kind in ("customer", "prospect") else None,
            "business_id": _business_id(chance) if locale == FINNISH else None,
            "phone": self.names.phone(locale),
            "email": f"info@{host}",
            "website": f"https://www.{host}",
            "employees": employees,
            "revenue": f"{employees * chance.number(90, 240) * 1000}.00",
            "payment_term": chance.one(("net_14", "net_14", "net_14", "net_30", "net_30", "net_21")),
            "invoice_delivery": chance.one(("einvoice", "einvoice", "email", "email", "post")),
            "price_book": self.catalogue.books[2] if kind == "partner" else None,
            "owner": self.owner(),
            "billing_address": self.names.address(locale),
        }
        if chance.holds(0.25):
            record["categories"] = chance.some(self.catalogue.account_categories, 1, 2)
        if self.groups and chance.holds(0.12):
            record["parent"] = chance.one(self.groups)
        return record

    def _contact(self, locale: str, account: int, company: dict[str, Any]) -> dict[str, Any]:
        chance = self.chance
        first, last = self.names.person(locale)
        job, role = chance.one(JOBS)
        host = company["email"].partition("@")[2]
        companies: list[dict[str, Any]] = [{"id": account, "role": role, "main": True}]
        if self.all and chance.holds(0.08):
            companies.append({"id": chance.one(self.all).id, "role": "board", "main": False})
        return {
            "first_name": first,
            "last_name": last,
            "account": account,
            "companies": companies,
            "roles": [role],
            "job_title": job,
            "email": f"{word(first)}.{word(last)}@{host}",
            "phone": [
                {"value": self.names.phone(locale, mobile=True), "kind": "mobile", "primary": True},
                {"value": self.names.phone(locale), "kind": "work"},
            ],
            "language": "fi" if locale == FINNISH else "en",
            "interests": chance.some(INTERESTS, 0, 2),
            "source": company["source"],
            "email_opt_out": chance.holds(0.06),
            "do_not_call": chance.holds(0.03),
            "categories": chance.some(self.catalogue.contact_categories, 1, 1) if chance.holds(0.1) else [],
            "owner": company["owner"],
        }

    def _lead(self, status: str | None, campaigns: Sequence[int]) -> dict[str, Any]:
        chance = self.chance
        locale = self.names.locale()
        first, last = self.names.person(locale)
        company = self.names.company(locale, chance.one(self.industries))
        source = chance.one(SOURCES)
        status = status or chance.one(("new", "new", "contacted", "contacted", "qualified"))
        record: dict[str, Any] = {
            "first_name": first,
            "last_name": last,
            "company": company,
            "job_title": chance.one(JOBS)[0],
            "status": status,
            "rating": chance.one(("hot", "warm", "warm", "cold", "cold")),
            "source": source,
            "industry": chance.one(self.industries),
            "employees": chance.number(2, 400),
            "amount": chance.amount(1_000, 40_000, 500),
            "email": f"{word(first)}.{word(last)}@{word(company.rpartition(' ')[0])[:24].strip('-')}.example",
            "phone": self.names.phone(locale, mobile=True),
            "campaign": chance.one(campaigns) if source == "campaign" and campaigns else None,
            "description": chance.one(WANTS),
            "owner": self.owner(),
            "address": self.names.address(locale),
        }
        if status == "converted" and self.buyers:
            customer = chance.one(self.buyers)
            record |= {"account": customer.id, "contact": customer.people[0], "company": customer.name}
        return record


def _business_id(chance: Chance) -> str:
    # Of a range that the register has not reached, with its check digit.
    while True:
        digits = f"9{chance.number(0, 999_999):06}"
        rest = (
            sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True))
            % 11
        )
        if rest != 1:
            return f"{digits}-{11 - rest if rest else 0}"
