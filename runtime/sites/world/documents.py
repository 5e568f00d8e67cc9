"""The demo's quotes, orders and invoices: what a deal leaves behind on paper."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from runtime.sites.world.agenda import Agenda
from runtime.sites.world.chance import Chance, cents
from runtime.sites.world.deals import Deal, Line
from runtime.sites.world.pen import Pen

TERMS = "Prices without value added tax. Work is billed monthly as it is done."
TERM_DAYS = {"net_14": 14, "net_30": 30}
VAT = Decimal("25.5")


class Documents:
    """Puts what follows a deal on the agenda, and writes it when its day has come."""

    def __init__(self, pen: Pen, chance: Chance, agenda: Agenda) -> None:
        self.pen = pen
        self.chance = chance
        self.agenda = agenda

    def follow(self, deal: Deal) -> None:
        """See what documents a deal will have."""
        chance = self.chance
        if deal.proposed is not None and chance.holds(0.8):
            self.agenda.put("quotes", deal.proposed + timedelta(chance.number(0, 4)), deal)
        if deal.outcome == "won" and chance.holds(0.9):
            self.agenda.put("orders", deal.close, deal)

    def write(self) -> None:
        """Write the documents of this step."""
        quotes: list[Deal] = self.agenda.take("quotes")
        for deal, id_ in zip(
            quotes, self.pen.add("quotes", [self._quote(deal) for deal in quotes]), strict=True
        ):
            deal.quote = id_
        orders: list[Deal] = self.agenda.take("orders")
        for deal, id_ in zip(
            orders, self.pen.add("sales_orders", [self._order(deal) for deal in orders]), strict=True
        ):
            deal.order = id_
        invoices: list[tuple[Deal, date]] = self.agenda.take("invoices")
        records = [self._invoice(deal, day) for deal, day in invoices]
        for deal, record, id_ in zip(
            (deal for deal, _ in invoices), records, self.pen.add("invoices", records), strict=True
        ):
            if record["status"] == "paid" and self.chance.holds(0.04):
                day = record["paid_on"] + timedelta(self.chance.number(2, 20))
                self.agenda.put("credits", day, (deal, day, id_))
        credits: list[tuple[Deal, date, int]] = self.agenda.take("credits")
        self.pen.add("invoices", [self._credit(*one) for one in credits])
        self.pen.change("invoices", [(original, {"status": "credited"}) for _, _, original in credits])

    def _quote(self, deal: Deal) -> dict[str, Any]:
        day = deal.proposed or deal.begin
        ended = {"won": "accepted", "lost": "rejected"}.get(deal.outcome)
        age = (self.agenda.today - day).days
        return {
            **self._head(deal),
            "stage": ended
            or ("created" if age < 2 else self.chance.one(("delivered", "delivered", "reviewed"))),
            "quote_date": day,
            "valid_until": day + timedelta(30 if ended or self.chance.holds(0.5) else 60),
            "items": _items(deal),
            "terms": TERMS,
        }

    def _order(self, deal: Deal) -> dict[str, Any]:
        chance, today = self.chance, self.agenda.today
        day = deal.close
        due = day + timedelta(chance.number(10, 40))
        late = (today - due).days
        status = "approved" if (today - day).days > 3 else "created"
        if late > 0:
            status = "delivered" if chance.holds(0.85) else status
        if status == "delivered" and late > 3 and chance.holds(0.92):
            status = "invoiced"
            self.agenda.put("invoices", due + timedelta(chance.number(1, 4)), (deal, due + timedelta(2)))
        if chance.holds(0.03):
            status = "cancelled"
        record: dict[str, Any] = {
            **self._head(deal),
            "quote": deal.quote,
            "status": status,
            "order_date": day,
            "due_date": due,
            "customer_reference": f"PO {chance.number(10_000, 99_999)}",
            "items": _items(deal),
            "terms": TERMS,
        }
        if any(line.product.billed == "month" for line in deal.lines) and status != "cancelled":
            start = (due + timedelta(31)).replace(day=1)
            record |= {
                "recurring": True,
                "interval": "month",
                "period_start": start,
                "period_end": start.replace(year=start.year + 1),
                "last_invoiced": today.replace(day=1) if start < today.replace(day=1) else None,
            }
        return record

    def _invoice(self, deal: Deal, day: date) -> dict[str, Any]:
        chance, today = self.chance, self.agenda.today
        term = chance.one(("net_14", "net_14", "net_30"))
        due = day + timedelta(TERM_DAYS[term])
        paid = due + timedelta(chance.one((-6, -3, 0, 0, 0, 1, 2, 5, 12, 30)))
        is_paid = paid <= today and chance.holds(0.9)
        status = (
            "paid" if is_paid else ("sent" if (today - day).days > 2 else chance.one(("created", "approved")))
        )
        head = self._head(deal)
        delivery = chance.one(("einvoice", "einvoice", "email", "post"))
        return {
            **head,
            "sales_order": deal.order,
            "project": deal.project,
            "status": status,
            "invoice_date": day,
            "payment_term": term,
            "due_date": due,
            "reference": _reference(deal.id),
            "delivery": delivery,
            "einvoice_state": "delivered"
            if delivery == "einvoice" and status in ("paid", "sent")
            else "not_sent",
            "paid_on": paid if is_paid else None,
            "paid_amount": str(_total(deal)) if is_paid else None,
            "items": _items(deal),
        }

    def _credit(self, deal: Deal, day: date, original: int) -> dict[str, Any]:
        head = self._head(deal)
        return {
            **head,
            "subject": f"Credit: {deal.name}",
            "type": "credit_note",
            "original_invoice": original,
            "sales_order": deal.order,
            "status": "paid" if (self.agenda.today - day).days > 14 else "sent",
            "invoice_date": day,
            "due_date": day + timedelta(14),
            "items": _items(deal, sign=-1),
            "description": self.chance.one(("Delivered in part only.", "Billed twice.", "Returned goods.")),
        }

    def _head(self, deal: Deal) -> dict[str, Any]:
        return {
            "subject": deal.name,
            "account": deal.customer.id,
            "contact": deal.contact,
            "potential": deal.id,
            "owner": deal.customer.owner,
            "billing_address": deal.customer.address,
        }


def _rate(deal: Deal) -> Decimal:
    return VAT if deal.customer.address["country"] == "FI" else Decimal(0)


def _total(deal: Deal) -> Decimal:
    return sum((line.net + _tax(line, _rate(deal)) for line in deal.lines), Decimal(0))


def _tax(line: Line, rate: Decimal) -> Decimal:
    return cents(line.net * rate / 100)


def _items(deal: Deal, sign: int = 1) -> Sequence[Mapping[str, object]]:
    rate = _rate(deal)
    return [
        {
            "product": line.product.id,
            "name": line.product.name,
            "qty": str(line.qty * sign),
            "unit": line.product.unit,
            "price": str(line.product.price),
            "discount": str(line.discount) if line.discount else None,
            "tax_rate": "vat_25_5" if rate else "reverse_charge",
        }
        for line in deal.lines
    ]


def _reference(number: int) -> str:
    # A Finnish reference number: the weights 7, 3 and 1 from the right give its check digit.
    digits = f"{number:04}"
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"
