"""Formulas as people write them elsewhere, in our language: each with what it gives for a record.

From the function lists of Salesforce, EspoCRM and Frappe, and from the reference product's examples and its
list of what goes wrong.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from runtime.expressions.evaluation import AGGREGATES
from runtime.model.values import Link, Money


def euros(amount):
    return Money(Decimal(amount), "EUR")


ACCOUNT = {
    "id": 21,
    "name": "Acme Oy",
    "industry": "it",
    "credit": euros("5000.00"),
    "rating": Decimal("4.5"),
    "founded": date(2001, 5, 17),
    "seen_at": None,
    "owner": {"id": 3, "name": "Maija", "email": "maija@example.com", "manager": None},
    "parent_account": None,
    "deals": [
        {"id": 31, "amount": euros("100.10"), "stage": "won", "count": 2, "close_date": date(2026, 1, 5)},
        {"id": 32, "amount": euros("200.25"), "stage": "lost", "count": 3, "close_date": date(2026, 2, 1)},
        {"id": 33, "amount": None, "stage": "won", "count": None, "close_date": None},
    ],
}
DEAL = {
    "id": 31,
    "name": "  Big deal ",
    "note": "FI12345678",
    "stage": "proposal",
    "old_stage": None,
    "interests": ("a", "b"),
    "favourite": "a",
    "amount": euros("1234.50"),
    "budget": euros("1000.0000"),
    "price": Decimal("19.9900"),
    "count": 3,
    "chance": Decimal("25.50"),
    "active": True,
    "urgent": None,
    "close_date": date(2026, 2, 15),
    "due_date": None,
    "met_at": datetime(2026, 1, 30, 22, 30, tzinfo=UTC),
    "created_at": datetime(2026, 1, 1, 10, 0, tzinfo=UTC),
    "account": ACCOUNT,
    "seller": 1,
    "members": [
        {"id": 1, "name": "Maija", "link": {"role": "a", "share": Decimal("0.60")}},
        {"id": 2, "name": "Pekka", "link": {"role": "b", "share": Decimal("0.40")}},
    ],
    "papers": (),
    "owner": {"id": 1, "name": "Liisa", "email": "liisa@example.com", "manager": 3},
    AGGREGATES: {"lookup(accounts, name == this.account.name, credit)": euros("5000.00")},
}

SALESFORCE = [
    ("if_(amount > 1000, 'Large', 'Small')", "Large"),  # IF(Amount > 1000, "Large", "Small")
    ("case(stage, 'won', 100, 'lost', 0, 'proposal', 50, 10)", 50),  # CASE(StageName, …)
    ("default(due_date, close_date)", date(2026, 2, 15)),  # BLANKVALUE
    ("is_empty(due_date)", True),  # ISBLANK
    ("active and not is_empty(name)", True),  # AND(…, NOT(…))
    ("amount * chance / 100", Money(Decimal("314.7975"), "EUR")),  # ExpectedRevenue
    ("round(amount * 1.255, 2)", Money(Decimal("1549.30"), "EUR")),  # ROUND
    ("ceil(price)", 20),  # CEILING
    ("floor(price)", 19),  # FLOOR
    ("mod(count, 2) == 1", True),  # MOD
    ("max(amount, budget) - min(amount, budget)", euros("234.50")),  # MAX, MIN
    ("abs(budget - amount)", euros("234.50")),  # ABS
    ("2 ** 10", 1024),  # 2 ^ 10
    ("close_date - today() > days(14)", True),  # CloseDate - TODAY() > 14
    ("days_between(today(), close_date)", 15),
    ("year(close_date)", 2026),  # YEAR
    ("add_months(date(2026, 1, 31), 1)", date(2026, 2, 28)),  # ADDMONTHS
    ("case(weekday(close_date), 6, 'weekend', 7, 'weekend', 'workday')", "weekend"),  # WEEKDAY
    ("date(created_at)", date(2026, 1, 1)),  # DATEVALUE
    ("concat(account.name, ' - ', trim(name))", "Acme Oy - Big deal"),  # Account.Name & " - " & TRIM(Name)
    ("left(account.name, 4)", "Acme"),  # LEFT
    ("replace(note, 'FI', '')", "12345678"),  # SUBSTITUTE
    ("pad(text(count), 5, '0')", "00003"),  # LPAD
    ("number('12.5') * 2", Decimal("25.0")),  # VALUE
    ("matches(note, 'FI[0-9]{8}')", True),  # REGEX
    ("contains(name, 'DEAL')", True),  # CONTAINS
    ("'a' in interests", True),  # INCLUDES
    ("text(stage)", "Proposal"),  # TEXT(StageName)
]
ESPOCRM = [
    ("sum(account.deals.amount, stage.kind == 'won')", euros("100.10")),  # record\sum
    ("count(account.deals, stage != 'won')", 1),  # entity\countRelated
    ("exists(members, name == 'Maija')", True),  # entity\isRelated
    ("first(account.deals.id, not is_empty(amount), -close_date)", 32),  # entity\getLink…
    ("add_workdays(date('2026-01-30'), 1)", date(2026, 2, 2)),
    ("close_date + weeks(1)", date(2026, 2, 22)),  # datetime\addDays
    ("met_at + hours(2)", datetime(2026, 1, 31, 0, 30, tzinfo=UTC)),  # datetime\addHours
    ("format_date(close_date, 'DD.MM.YYYY')", "15.02.2026"),  # datetime\format
    ("upper(left(trim(name), 1))", "B"),  # string\substring
    ("len(note)", 10),  # string\length
    ("'b' in split('a, b, c', ',')", True),  # array\includes
    ("format_number(1234567.891, 2, ',', ' ')", "1 234 567,89"),  # number\format
    ("number(text(floor(price)))", 19),
    ("lookup(accounts, name == this.account.name, credit)", euros("5000.00")),  # record\attribute
    ("any_of(interests, ['b', 'c_1'])", True),
    ("'lead' if is_empty(account) else 'customer'", "customer"),  # ifThenElse
]
FRAPPE = [
    ("price * count", Decimal("59.9700")),  # doc.qty * doc.rate
    ("round(price * count * (1 + 25.5 / 100), 2)", Decimal("75.26")),
    ("amount if stage != 'lost' else 0", euros("1234.50")),
    ("start_of(close_date, 'month')", date(2026, 2, 1)),  # get_first_day
    ("end_of(close_date, 'quarter')", date(2026, 3, 31)),  # get_quarter_ending
    ("count(members, link.role == 'a')", 1),
    ("sum(members.id, link.share >= 0.5)", 1),
    ("avg(account.deals.count)", Decimal("2.5")),
    ("min(account.deals.close_date)", date(2026, 1, 5)),
    ("slug(account.name)", "acme-oy"),  # scrub
]
REFERENCE = [  # the reference product's example catalogue
    ("is_empty(owner.email)", False),  # a notice that something is missing
    ("if_(is_empty(due_date), 'credit', 'normal')", "credit"),  # type on create by an empty id
    ("-1 * count", -3),  # negate the quantity of credit rows
    ("'customer' if active else none", "customer"),  # a flag that sets a type
    ("account.name", "Acme Oy"),  # copied from the account
    ("amount + budget", Money(Decimal("2234.5000"), "EUR")),
    ("amount - budget", Money(Decimal("234.5000"), "EUR")),
    ("concat(owner.name, ' ', account.owner.name)", "Liisa Maija"),  # full name
    ("close_date + days(count)", date(2026, 2, 18)),  # due date by terms
    ("stage.probability", 50),  # probability by stage
    ("count(account.deals)", 3),  # rows
    ("max(account.deals.close_date)", date(2026, 2, 1)),  # the last contact
    ("format_date(today(), 'YY')", "26"),  # a stamp of the year
    ("matches(owner.email, '[^@ ]+@[^@ ]+')", True),  # an address that can be one
]
WRONG = [  # its catalogue of documented errors: what each does here
    ("urgent and active", False),  # an empty operand of a condition counts as false
    ("amount + in_currency(none, 'EUR')", None),  # an empty operand makes the sum empty
    ("default(due_date - close_date, days(0)) == days(0)", True),
    ("trim('12.5 ')", "12.5"),  # trailing space of an earlier formula
    ("number('12.5 ')", Decimal("12.5")),
    ("amount / 0", None),  # division by zero needs no guard
    ("amount % 0", None),
    ("'x' if stage == 'won' else none", None),  # a missing else is nothing
]
ALL = [*SALESFORCE, *ESPOCRM, *FRAPPE, *REFERENCE, *WRONG]


@pytest.mark.parametrize("text, result", ALL, ids=[text for text, _ in ALL])
def test_a_formula_that_people_write_gives_what_they_mean(language, parse, moment, text, result):
    value = language.evaluate(parse(text, None), DEAL, moment)
    assert value == result
    assert isinstance(value, Money) == isinstance(result, Money)


@pytest.mark.parametrize(
    "text, code",
    [
        ("stage == 'Won'", "E111"),  # a picklist literal that does not match its stored value
        ("amout > 1", "E105"),  # another variant of a field's name
        ("name * 2 > 1", "E120"),  # an operand that is no number
        ("if_(active) == 1", "E109"),
        ("{$amount} > 1", "E101"),
        ("active && urgent", "E101"),
    ],
)
def test_what_goes_wrong_elsewhere_when_it_runs_is_told_here_when_it_is_read(refuse, text, code):
    assert code in [found.code for found in refuse(text)]


def test_what_a_save_changes_is_seen_in_its_formulas(language, scope, parse, moment):
    saving = replace(scope, saving=True)
    before = {**DEAL, "stage": "prospecting"}
    cases = (
        ("changed(stage) and old.stage == 'prospecting'", True),  # ISCHANGED, PRIORVALUE
        ("changed(amount, budget)", False),
        ("is_new", False),  # ISNEW
        ("old.stage.probability < stage.probability", True),
    )
    for text, result in cases:
        assert language.evaluate(parse(text, None, saving), DEAL, moment, old=before) is result, text
    for text, result in (("changed(stage)", False), ("is_new", True), ("old.stage == none", True)):
        assert language.evaluate(parse(text, None, saving), DEAL, moment) is result, text


def test_what_came_out_wrong_is_told_beside_the_empty_result(language, parse, moment):
    evaluator = language.evaluator(moment)
    assert evaluator.run(parse("(count + 10) ** 99", None).tree, DEAL) is None
    assert evaluator.trouble == "overflow"
    other = {**DEAL, "budget": Money(Decimal(1), "USD")}
    assert evaluator.run(parse("amount + budget", None).tree, other) is None
    assert evaluator.trouble == "currencies"
    assert evaluator.run(parse("amount / 0", None).tree, DEAL) is None
    assert evaluator.trouble == ""


LINKS = (Link(1), Link(2))


def test_links_alone_are_enough_to_ask_for_one_of_them(language, parse, moment):
    assert language.holds(parse("user in members"), {**DEAL, "members": LINKS}, moment)
