"""The demo's potentials: what is for sale, and how a deal comes along from prospecting to won or lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from runtime.sites.world.agenda import Agenda, Step
from runtime.sites.world.catalogue import Catalogue, Product
from runtime.sites.world.chance import Chance, cents
from runtime.sites.world.customers import Customer, Customers
from runtime.sites.world.pen import Pen

# What it is called, its type, and what is bought: groups of products with the least and the most of each
# (none: one for each user).
THEMES: tuple[tuple[str, str, tuple[tuple[str, int, int], ...]], ...] = (
    ("CRM for {n} users", "new", (("software", 0, 0), ("service", 8, 60), ("training", 1, 3))),
    ("CRM for {n} users", "new", (("software", 0, 0), ("support", 12, 12), ("training", 1, 2))),
    (
        "Field service for {n} technicians",
        "new",
        (("software", 0, 0), ("hardware", 0, 0), ("service", 8, 40)),
    ),
    ("{n} more users", "existing", (("software", 0, 0),)),
    ("Support for {year}", "renewal", (("support", 12, 12),)),
    ("Integration with the ERP", "existing", (("service", 10, 80), ("software", 1, 2))),
    ("Data migration", "new", (("service", 16, 120),)),
    ("Training programme", "existing", (("training", 1, 6),)),
    ("New hardware for {n} people", "existing", (("hardware", 0, 0),)),
    ("Process audit", "new", (("service", 8, 60),)),
    ("Renewal of licences {year}", "renewal", (("software", 0, 0), ("support", 12, 12))),
)
NEXT = (
    "Call the decision maker",
    "Send the revised offer",
    "Agree on the scope in a workshop",
    "Wait for the board's meeting",
    "Show the mobile version",
    "Check the references with them",
    "Get the contract signed",
)
LOST = (
    "Too expensive compared with the other offer.",
    "They postponed the whole project to next year.",
    "Chose a local competitor.",
    "The decision maker left the company.",
    "Our integration did not cover their invoicing.",
    "No answer after three calls.",
)
SOURCES = ("referral", "website", "event", "existing", "existing", "partner", "cold_call", "campaign")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is bought."""

    product: Product
    qty: int
    discount: int

    @property
    def net(self) -> Decimal:
        """The price of all of it without tax."""
        return cents(self.product.price * self.qty * (100 - self.discount) / 100)


@dataclass(slots=True)
class Deal:
    """A potential on its way: what the documents, activities and projects that follow need of it."""

    name: str
    type: str
    customer: Customer
    lines: Sequence[Line]
    begin: date
    proposed: date | None
    close: date
    outcome: str
    id: int = 0
    quote: int | None = None
    order: int | None = None
    project: int | None = None
    moves: list[tuple[date, str]] = field(default_factory=list)

    @property
    def contact(self) -> int:
        """Whom one talks to."""
        return self.customer.people[0]

    @property
    def amount(self) -> Decimal:
        """What it is worth."""
        return sum((line.net for line in self.lines), Decimal(0))


class Deals:
    """Makes potentials, and moves them along from step to step where ``is_told`` (else they are made as they
    stand today).
    """

    def __init__(
        self,
        pen: Pen,
        chance: Chance,
        agenda: Agenda,
        customers: Customers,
        catalogue: Catalogue,
        *,
        is_told: bool,
    ) -> None:
        self.pen = pen
        self.chance = chance
        self.agenda = agenda
        self.customers = customers
        self.catalogue = catalogue
        self.is_told = is_told
        self.groups = {
            key: catalogue.of(key) for key in ("software", "service", "support", "training", "hardware")
        }

    def write(self, number: int, step: Step, with_lines: float, campaigns: Sequence[int]) -> list[Deal]:
        """Write a step's new potentials."""
        deals = [self._deal(step) for _ in range(number)]
        records = [self._record(deal, step, with_lines, campaigns) for deal in deals]
        for deal, id_ in zip(deals, self.pen.add("potentials", records), strict=True):
            deal.id = id_
            for day, stage in deal.moves:
                self.agenda.put("moves", day, (deal, stage))
        return deals

    def move(self) -> None:
        """Change the stages of those that come along in this step; the last stage of a step counts."""
        last = {deal.id: (deal, stage) for deal, stage in self.agenda.take("moves")}
        self.pen.change("potentials", [(id_, self._at(stage)) for id_, (_, stage) in last.items()])
        won = {
            deal.customer.id: {"type": "customer"}
            for deal, stage in last.values()
            if stage == "won" and deal.customer.type == "prospect"
        }
        self.pen.change("accounts", list(won.items()))

    def _deal(self, step: Step) -> Deal:
        chance, today = self.chance, self.agenda.today
        customer = chance.one(self.customers.buyers)
        theme, kind, groups = chance.one(THEMES)
        many = chance.one((5, 8, 10, 12, 15, 20, 25, 40, 60))
        begin = chance.between(step.first, step.last)
        length = chance.number(25, 160)
        name = theme.format(n=many, year=(begin + timedelta(length)).year)
        lines = [line for group in groups for line in self._lines(*group, many)]
        is_won = chance.holds(0.28 if customer.type == "prospect" else 0.5)
        stops = 1.0 if is_won else 0.35 + chance.share() * 0.75
        ways = ((0.2, "qualified"), (0.45, "proposal"), (0.7, "negotiation"))
        way = [(begin + timedelta(int(length * at)), stage) for at, stage in ways if at < stops]
        end = begin + timedelta(max(1, int(length * stops)))
        is_stuck = end < today and (today - end).days < 60 and chance.holds(0.4)
        if not is_stuck:
            way.append((end, "won" if is_won else "lost"))
        done = [move for move in way if move[0] <= today]
        outcome = done[-1][1] if done else "prospecting"
        proposed = next((day for day, stage in done if stage == "proposal"), None)
        close = end if end <= today or is_won else begin + timedelta(length)
        return Deal(name, kind, customer, lines, begin, proposed, max(close, begin), outcome, moves=done)

    def _lines(self, group: str, least: int, most: int, many: int) -> list[Line]:
        chance = self.chance
        discount = chance.one((0, 0, 0, 0, 5, 10, 15))
        products = chance.some(self.groups[group], 1, 2 if group != "support" else 1)
        return [
            Line(product, _packed(product, chance.number(least, most)) if most else many, discount)
            for product in products
        ]

    def _record(self, deal: Deal, step: Step, with_lines: float, campaigns: Sequence[int]) -> dict[str, Any]:
        chance = self.chance
        has_lines = with_lines >= 1 or chance.holds(with_lines)
        until = step.last if self.is_told else self.agenda.today
        stage = next((stage for day, stage in reversed(deal.moves) if day <= until), "prospecting")
        deal.moves = [move for move in deal.moves if move[0] > until]
        source = chance.one(SOURCES)
        record: dict[str, Any] = {
            "name": deal.name,
            "account": deal.customer.id,
            "contacts": self._contacts(deal),
            "type": deal.type,
            "amount": str(deal.amount),
            "close_date": deal.close,
            "source": source,
            "campaign": chance.one(campaigns) if source == "campaign" and campaigns else None,
            "owner": deal.customer.owner if chance.holds(0.8) else self.customers.owner(),
            **self._at(stage),
        }
        if has_lines:
            record["items"] = [_item(line) for line in deal.lines]
        return record

    def _contacts(self, deal: Deal) -> list[dict[str, object]]:
        people = deal.customer.people
        first: dict[str, object] = {"id": people[0], "role": "decision_maker"}
        if len(people) < 2 or self.chance.holds(0.5):
            return [first]
        return [first, {"id": people[1], "role": self.chance.one(("influencer", "buyer", "user"))}]

    def _at(self, stage: str) -> dict[str, Any]:
        """What changes with a potential's stage."""
        is_open = stage not in ("won", "lost")
        return {
            "stage": stage,
            "next_step": self.chance.one(NEXT) if is_open else None,
            "lost_reason": self.chance.one(LOST) if stage == "lost" else None,
        }


def _packed(product: Product, hours: int) -> int:
    """How many of what is sold by the day, or by the piece of work, are so many hours."""
    by_hour = product.category != "service" or product.unit == "hour"
    return hours if by_hour else max(1, hours // {"day": 8}.get(product.unit, 40))


def _item(line: Line) -> dict[str, object]:
    return {
        "product": line.product.id,
        "name": line.product.name,
        "qty": str(line.qty),
        "price": str(line.product.price),
        "discount": str(line.discount) if line.discount else None,
    }
