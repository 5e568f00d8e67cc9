"""What the demo's company sells: its products, a bundle of them, price books and categories."""

from dataclasses import dataclass
from decimal import Decimal

from runtime.sites.world.chance import Chance, cents
from runtime.sites.world.pen import Pen

# code, name, category, unit, price, cost, billed, stock or None
PRODUCTS = (
    ("CRM-BAS", "CRM Basic, a user", "software", "month", "39.00", "9.00", "month", None),
    ("CRM-PRO", "CRM Professional, a user", "software", "month", "69.00", "14.00", "month", None),
    ("CRM-ENT", "CRM Enterprise, a user", "software", "month", "99.00", "21.00", "month", None),
    ("CRM-API", "Integration package", "software", "month", "240.00", "40.00", "month", None),
    ("CRM-BI", "Reporting package", "software", "month", "180.00", "35.00", "month", None),
    ("CRM-MOB", "Mobile field service, a user", "software", "month", "25.00", "6.00", "month", None),
    ("CRM-EVT", "Event management", "software", "year", "1900.00", "300.00", "year", None),
    ("CRM-SUR", "Surveys", "software", "year", "890.00", "120.00", "year", None),
    ("CRM-SGN", "Electronic signing, 100 documents", "software", "package", "190.00", "95.00", "once", None),
    ("SRV-CON", "Consulting", "service", "hour", "135.00", "70.00", "once", None),
    ("SRV-SEN", "Senior consulting", "service", "hour", "165.00", "85.00", "once", None),
    ("SRV-PM", "Project management", "service", "hour", "145.00", "75.00", "once", None),
    ("SRV-DEV", "Development", "service", "hour", "125.00", "65.00", "once", None),
    ("SRV-MIG", "Data migration", "service", "day", "1150.00", "560.00", "once", None),
    ("SRV-INT", "Integration work", "service", "day", "1250.00", "600.00", "once", None),
    ("SRV-AUD", "Process audit", "service", "piece", "2900.00", "1400.00", "once", None),
    ("SUP-BRZ", "Support, bronze", "support", "month", "190.00", "80.00", "month", None),
    ("SUP-SLV", "Support, silver", "support", "month", "390.00", "160.00", "month", None),
    ("SUP-GLD", "Support, gold", "support", "month", "790.00", "330.00", "month", None),
    ("SUP-ADM", "Administration as a service", "support", "month", "650.00", "310.00", "month", None),
    ("TRN-USR", "User training, half a day", "training", "piece", "690.00", "320.00", "once", None),
    ("TRN-ADM", "Administrator training, a day", "training", "piece", "1290.00", "580.00", "once", None),
    ("TRN-WEB", "Web training, two hours", "training", "piece", "290.00", "110.00", "once", None),
    ("TRN-COU", "Sales coaching, a day", "training", "day", "1450.00", "700.00", "once", None),
    ("HW-TAB", 'Rugged tablet 10"', "hardware", "piece", "749.00", "520.00", "once", 64),
    ("HW-PHN", "Rugged phone", "hardware", "piece", "489.00", "340.00", "once", 112),
    ("HW-SCN", "Barcode scanner", "hardware", "piece", "219.00", "130.00", "once", 38),
    ("HW-PRT", "Label printer", "hardware", "piece", "349.00", "215.00", "once", 9),
    ("HW-HDS", "Headset", "hardware", "piece", "119.00", "62.00", "once", 240),
    ("HW-CAM", "Conference camera", "hardware", "piece", "899.00", "610.00", "once", 4),
    ("HW-DCK", "Docking station", "hardware", "piece", "189.00", "110.00", "once", 51),
    ("HW-LBL", "Labels, a box of 1,000", "hardware", "package", "24.50", "11.00", "once", 18),
    ("EXP-KM", "Travel, a kilometre", "expense", "piece", "0.59", "0.59", "once", None),
    ("EXP-DAY", "Daily allowance", "expense", "day", "53.00", "53.00", "once", None),
    ("EXP-HTL", "Accommodation", "expense", "piece", "139.00", "139.00", "once", None),
    ("KIT-FLD", "Field service kit", "hardware", "piece", "1290.00", "860.00", "once", None),
)
KIT = (("HW-TAB", 1), ("HW-SCN", 1), ("HW-HDS", 1))
LOW = {"HW-PRT": 10, "HW-CAM": 5, "HW-LBL": 20}
BOOKS = (
    ("List prices", "1.00"),
    ("Public sector", "0.92"),
    ("Partners", "0.80"),
    ("Campaign prices", "0.90"),
)
CATEGORIES = (
    ("Key account", "accounts", "Looked after by a named person, visited every quarter."),
    ("Reference", "accounts", "May be named to others."),
    ("Reseller", "accounts", "Sells on to customers of its own."),
    ("Local business", "accounts", "Within an hour's drive."),
    ("Speaker", "contacts", "Speaks at our events."),
    ("Beta tester", "contacts", "Tries new versions first."),
    ("Christmas card", "contacts", "Gets a card every year."),
    ("Interested in events", "both", "Is told of events first."),
)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the documents need it."""

    id: int
    name: str
    category: str
    unit: str
    price: Decimal
    billed: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to sell, and how: ``books`` are the ids of the price books."""

    products: tuple[Product, ...]
    books: tuple[int, ...]
    account_categories: tuple[int, ...]
    contact_categories: tuple[int, ...]

    def of(self, *categories: str) -> list[Product]:
        """The products of these groups."""
        return [product for product in self.products if product.category in categories]


def write_catalogue(pen: Pen, chance: Chance) -> Catalogue:
    """Write the products, price books and categories."""
    categories = pen.add(
        "categories",
        [{"name": name, "applies_to": use, "description": told} for name, use, told in CATEGORIES],
    )
    ids = pen.add("products", [_product(chance, *row) for row in PRODUCTS])
    by_code = dict(zip((row[0] for row in PRODUCTS), ids, strict=True))
    parts = [{"product": by_code[code], "qty": qty} for code, qty in KIT]
    pen.change("products", [(by_code["KIT-FLD"], {"parts": parts})])
    products = tuple(
        Product(id_, row[1], row[2], row[3], Decimal(row[4]), row[6])
        for id_, row in zip(ids, PRODUCTS, strict=True)
    )
    uses = dict(zip(categories, (use for _, use, _ in CATEGORIES), strict=True))
    return Catalogue(
        products,
        tuple(pen.add("price_books", [_book(chance, products, *book) for book in BOOKS])),
        tuple(id_ for id_, use in uses.items() if use != "contacts"),
        tuple(id_ for id_, use in uses.items() if use != "accounts"),
    )


def _product(
    chance: Chance,
    code: str,
    name: str,
    category: str,
    unit: str,
    price: str,
    cost: str,
    billed: str,
    stock: int | None,
) -> dict[str, object]:
    record: dict[str, object] = {
        "name": name,
        "code": code,
        "category": category,
        "unit": unit,
        "price": price,
        "cost": cost,
        "value_period": billed,
        "recurring_invoicing": billed != "once",
        "internal": category == "expense",
        "tax_rate": "vat_0" if category == "expense" else "vat_25_5",
        "commission": "5" if category in ("software", "support") else "3",
    }
    if stock is not None:
        record |= {
            "stock_tracked": True,
            "qty_in_stock": stock,
            "qty_in_demand": chance.number(0, 12),
            "reorder_level": LOW.get(code, stock // 4),
            "manufacturer": chance.one(("Nordtek", "Fieldline", "Brightwell")),
        }
    return record


def _book(chance: Chance, products: tuple[Product, ...], name: str, share: str) -> dict[str, object]:
    prices = [
        {"product": product.id, "price": str(cents(product.price * Decimal(share)))}
        for product in products
        if product.category != "expense"
    ]
    is_generic = name in ("List prices", "Campaign prices")
    return {
        "name": name,
        "type": "generic" if is_generic else "accounts",
        "active": name != "Campaign prices",
        "start_date": chance.today.replace(month=1, day=1).isoformat(),
        "end_date": chance.today.replace(month=12, day=31).isoformat() if name == "Campaign prices" else None,
        "prices": prices,
    }
