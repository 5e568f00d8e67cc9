"""The demo's daily work: activities, tickets, campaigns, projects with phases and hours."""

from datetime import date, timedelta
from typing import Any

from runtime.sites.world.agenda import Agenda, Step
from runtime.sites.world.catalogue import Catalogue
from runtime.sites.world.chance import Chance, workday
from runtime.sites.world.customers import Customers
from runtime.sites.world.deals import Deal
from runtime.sites.world.pen import Pen

EVENTS = (
    ("call", "Call about {name}", 30),
    ("call", "Follow-up call", 15),
    ("meeting", "Meeting on {name}", 60),
    ("meeting", "Workshop: {name}", 180),
    ("online_meeting", "Demo of the product", 60),
    ("online_meeting", "Review of the offer", 45),
    ("training", "Training for key users", 240),
)
TASKS = (
    "Send the offer",
    "Prepare the contract",
    "Ask for a reference",
    "Write the minutes",
    "Check the credit rating",
    "Order the demo environment",
)
PLACES = ("At the customer's", "Our office, room Saimaa", "Teams", "Our office, room Inari")
ROOM = {"online_meeting": "Teams"}
SUBJECTS = (
    ("Cannot sign in after the password change", "problem"),
    ("Invoice has the wrong reference", "complaint"),
    ("How do I import contacts from a spreadsheet?", "question"),
    ("Report shows last year's figures", "defect"),
    ("Add two users", "change"),
    ("E-mail to customers is not sent", "problem"),
    ("Calendar does not show holidays", "defect"),
    ("Could the list show the industry?", "wish"),
    ("Printer prints empty labels", "problem"),
    ("Tablet does not charge", "defect"),
    ("Training material for new users", "question"),
    ("Integration stopped last night", "problem"),
    ("Change the delivery address of an order", "change"),
    ("Duplicate customers after the import", "problem"),
)
SOLUTIONS = (
    "Explained on the phone.",
    "Fixed in the settings.",
    "A new version solved it.",
    "Sent instructions.",
)
CAMPAIGNS = (
    ("Newsletter", "email"),
    ("Breakfast seminar", "event"),
    ("Call round to old offers", "telephone"),
    ("Trade fair", "event"),
    ("Year-end offer", "email"),
    ("Customer survey", "email"),
    ("Partner day", "event"),
)
PHASES = (
    ("Definition", 20),
    ("Configuration", 45),
    ("Integration and testing", 30),
    ("Training and go-live", 15),
)
DONE = (
    "Workshop with the customer",
    "Configuration",
    "Testing",
    "Documentation",
    "Training",
    "Planning",
    "Data check",
)


class Work:
    """Writes what people of the demo's company do all day."""

    def __init__(
        self, pen: Pen, chance: Chance, agenda: Agenda, customers: Customers, catalogue: Catalogue
    ) -> None:
        self.pen = pen
        self.chance = chance
        self.agenda = agenda
        self.customers = customers
        self.hourly = [product for product in catalogue.of("service") if product.unit == "hour"]
        self.products = catalogue.of("software", "hardware")
        self.campaigns: list[int] = []

    def follow(self, deal: Deal, activities: float) -> None:
        """Put a deal's activities and, when it is won, its project on the agenda."""
        chance, today = self.chance, self.agenda.today
        is_open = deal.outcome not in ("won", "lost")
        last = today if is_open else deal.close
        for _ in range(chance.number(1, 3)):
            if chance.holds(activities):
                day = chance.between(deal.begin, last)
                self.agenda.put("activities", min(day, today), self._activity(deal, day))
        if is_open and chance.holds(activities):
            day = workday(today + timedelta(chance.number(1, 35)))
            self.agenda.put("activities", today, self._event(deal, day))
        if is_open and chance.holds(activities * 0.6):
            day = workday(today + timedelta(chance.number(-6, 20)))
            self.agenda.put("activities", min(day, today), self._task(deal, day))
        if deal.outcome == "won" and chance.holds(0.35 * activities):
            self.agenda.put("projects", deal.close + timedelta(3), deal)

    def write(self, step: Step, tickets: int, campaigns: int) -> None:
        """Write the work of this step."""
        self.pen.add("activities", self.agenda.take("activities"))
        self.pen.add("tickets", [self._ticket(step) for _ in range(tickets)])
        self.campaigns += self.pen.add("campaigns", [self._campaign(step) for _ in range(campaigns)])
        self._write_projects()
        self.pen.add("time_entries", self.agenda.take("time_entries"))
        ended = [(phase, {"active": False}) for phase in self.agenda.take("ended_phases")]
        self.pen.change("project_phases", ended)

    def _activity(self, deal: Deal, day: date) -> dict[str, Any]:
        return self._task(deal, day) if self.chance.holds(0.35) else self._event(deal, day)

    def _about(self, deal: Deal) -> dict[str, Any]:
        chance = self.chance
        return {
            "account": deal.customer.id,
            "contact": deal.contact,
            "potential": deal.id,
            "owner": deal.customer.owner if chance.holds(0.8) else self.customers.owner(),
            "priority": chance.one(("low", "normal", "normal", "normal", "high", "urgent")),
        }

    def _task(self, deal: Deal, day: date) -> dict[str, Any]:
        chance = self.chance
        age = (self.agenda.today - day).days
        is_done = age > 40 or (age > 0 and chance.holds(0.9))
        status = "done" if is_done else chance.one(("planned", "planned", "in_progress"))
        task = {"subject": chance.one(TASKS), "type": "task", "due_date": day, "status": status}
        return {**self._about(deal), **task}

    def _event(self, deal: Deal, day: date) -> dict[str, Any]:
        chance, today = self.chance, self.agenda.today
        kind, subject, minutes = chance.one(EVENTS)
        start = chance.hour(day)
        past = chance.one(("done",) * 12 + ("not_held", "canceled"))
        record: dict[str, Any] = {
            **self._about(deal),
            "subject": subject.format(name=deal.name)[:120],
            "type": kind,
            "start": start,
            "end": start + timedelta(minutes=minutes),
            "status": past if day < today else "planned",
            "location": ROOM.get(kind) or (chance.one(PLACES) if kind != "call" else None),
            "reminder": "PT15M" if kind != "call" else None,
        }
        if kind != "call":
            record["participants"] = [
                {"id": person, "answer": "accepted" if day < today else chance.one(("invited", "accepted"))}
                for person in deal.customer.people[:3]
            ]
        return record

    def _ticket(self, step: Step) -> dict[str, Any]:
        chance, today = self.chance, self.agenda.today
        customer = chance.one(self.customers.buyers)
        day = chance.between(step.first, step.last)
        age = (today - day).days
        subject, category = chance.one(SUBJECTS)
        if age > 30:
            status = "closed" if chance.holds(0.97) else "waiting"
        elif age > 5:
            status = chance.one(("closed", "closed", "resolved", "resolved", "waiting", "in_progress"))
        else:
            status = chance.one(("new", "new", "in_progress", "waiting"))
        opened = chance.hour(day)
        is_closed = status in ("closed", "resolved")
        closed = min(
            opened + timedelta(hours=chance.number(1, 120)), chance.hour(max(day, today - timedelta(1)))
        )
        return {
            "subject": subject,
            "category": category,
            "account": customer.id,
            "contact": chance.one(customer.people),
            "status": status,
            "priority": chance.one(("low", "normal", "normal", "normal", "high", "urgent")),
            "severity": chance.one(("minor", "minor", "major", "critical")),
            "source": chance.one(("mail", "mail", "mail", "phone", "portal", "manual")),
            "product": chance.one(self.products).id,
            "due_at": opened + timedelta(days=chance.one((1, 2, 5))),
            "closed_at": max(closed, opened) if is_closed else None,
            "work_hours": f"{chance.number(1, 16) * 0.25:.2f}" if is_closed else None,
            "description": f"{subject}. Please get back to us as soon as you can.",
            "solution": chance.one(SOLUTIONS) if is_closed else None,
            "owner": chance.one(self.customers.who.desk),
        }

    def _campaign(self, step: Step) -> dict[str, Any]:
        chance, today = self.chance, self.agenda.today
        name, kind = CAMPAIGNS[len(self.campaigns) % len(CAMPAIGNS)]
        begin = workday(step.first)
        end = begin + timedelta(chance.number(10, 50))
        status = "completed" if end < today else "active"
        cost, sold = chance.number(4, 60) * 100, chance.number(10, 400) * 100
        chosen = chance.some(self.customers.buyers, 8, 60)
        members = dict.fromkeys(person for customer in chosen for person in customer.people[:2])
        return {
            "name": f"{name} {begin:%m/%Y}",
            "type": kind,
            "status": status,
            "start_date": begin,
            "end_date": end,
            "expected_cost": f"{cost}.00",
            "actual_cost": f"{cost + chance.number(-3, 8) * 50}.00" if status == "completed" else None,
            "expected_revenue": f"{sold}.00",
            "expected_response": str(chance.number(5, 20)),
            "actual_response": str(chance.number(2, 24)) if status == "completed" else None,
            "members": [self._member(person, begin) for person in members],
            "owner": self.customers.owner(),
        }

    def _member(self, person: int, day: date) -> dict[str, object]:
        chance = self.chance
        status = chance.one(("added", "contacted", "contacted", "contacted", "interested", "not_interested"))
        if chance.holds(0.02):
            return {
                "id": person,
                "status": "unsubscribed",
                "added_by": "filter",
                "unsubscribed": day.isoformat(),
            }
        return {
            "id": person,
            "status": status,
            "added_by": chance.one(("filter", "filter", "target_group", "manual")),
            "last_sent": None if status == "added" else day.isoformat(),
        }

    def _write_projects(self) -> None:
        deals: list[Deal] = self.agenda.take("projects")
        if not deals:
            return
        plans = [_Project(self, deal) for deal in deals]
        ids = self.pen.add("projects", [plan.record() for plan in plans])
        for plan, id_ in zip(plans, ids, strict=True):
            plan.deal.project = id_
        phases = [phase for plan in plans for phase in plan.phase_records()]
        made = iter(self.pen.add("project_phases", phases))
        for plan in plans:
            for (_, end), entries in zip(plan.days, plan.entries, strict=True):
                phase = next(made)
                self.agenda.put("ended_phases", end + timedelta(14), phase)
                for entry in entries:
                    self.agenda.put(
                        "time_entries",
                        entry["worked_on"],
                        {**entry, "project": plan.deal.project, "phase": phase},
                    )


class _Project:
    """A project of a won deal: its phases one after another, and the hours that were logged until today."""

    def __init__(self, work: Work, deal: Deal) -> None:
        self.work = work
        self.deal = deal
        chance = work.chance
        self.begin = workday(deal.close + timedelta(chance.number(5, 20)))
        self.product = chance.one(work.hourly)
        self.staff = chance.some(work.customers.who.staff, 2, 3)
        factor = chance.number(3, 12) / 10
        self.hours = [max(4, int(hours * factor)) for _, hours in PHASES]
        self.days: list[tuple[date, date]] = []
        day = self.begin
        for hours in self.hours:
            self.days.append((day, workday(day + timedelta(max(7, hours)))))
            day = self.days[-1][1]
        self.entries = [self._entries(at) for at in range(len(PHASES))]

    @property
    def is_done(self) -> bool:
        """Whether its end has passed."""
        return self.days[-1][1] < self.work.agenda.today

    def record(self) -> dict[str, Any]:
        """The project."""
        deal, today = self.deal, self.work.agenda.today
        agreed = sum(self.hours)
        status = "completed" if self.is_done else ("active" if self.begin <= today else "planned")
        if status == "active" and self.work.chance.holds(0.1):
            status = "on_hold"
        return {
            "name": f"{deal.name}, {deal.customer.name}"[:120],
            "account": deal.customer.id,
            "contact": deal.contact,
            "potential": deal.id,
            "status": status,
            "start_date": self.begin,
            "end_date": self.days[-1][1],
            "budget": str(self.product.price * agreed),
            "agreed_hours": str(agreed),
            "owner": self.staff[0],
            "staff": [
                {"member": user, "role": "expert" if at else "manager"} for at, user in enumerate(self.staff)
            ],
        }

    def phase_records(self) -> list[dict[str, Any]]:
        """Its phases in order."""
        return [
            {
                "name": name,
                "project": self.deal.project,
                "sequence": at + 1,
                "start_date": self.days[at][0],
                "end_date": self.days[at][1],
                "product": self.product.id,
                "price": str(self.product.price),
                "agreed_hours": str(self.hours[at]),
                "owner": self.staff[0],
            }
            for at, (name, _) in enumerate(PHASES)
        ]

    def _entries(self, at: int) -> list[dict[str, Any]]:
        chance, today = self.work.chance, self.work.agenda.today
        first, last = self.days[at]
        found: list[dict[str, Any]] = []
        for _ in range(max(1, self.hours[at] // 6)):
            day = chance.between(first, last)
            if day > today:
                continue
            age = (today - day).days
            found.append(
                {
                    "description": chance.one(DONE),
                    "product": self.product.id,
                    "worked_on": day,
                    "hours": f"{chance.number(4, 15) * 0.5:.2f}",
                    "billable": chance.holds(0.9),
                    "state": "billed" if age > 40 else ("approved" if age > 10 else "open"),
                    "owner": chance.one(self.staff),
                }
            )
        return found
