"""Fields that come from other fields, by expressions over the record as it was."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from runtime.base.clock import FrozenClock
from runtime.change.apply import Applied, Refused
from runtime.change.plan import Plan, make_plan
from runtime.change.step import Safety
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Saved
from tests.support.crm import App, write_pack

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ACCOUNTS = """
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true, max: 40}
        code: {type: text}
"""
PEOPLE = """
    schemas/modules/people.yaml:
      title: name
      fields:
        name: {type: text}
"""


def people(*fields: str, more: str = ACCOUNTS, title: str = "name") -> str:
    """A pack whose people have these fields."""
    lines = "".join(f"        {each}\n" for each in fields)
    about = f"    schemas/modules/people.yaml:\n      title: {title}\n      fields:\n"
    return f"{more}{about}{lines}"


def opened(crm: Callable[..., App], text: str, module: str, *records: dict[str, Any]) -> App:
    app = crm(text, clock=FrozenClock(NOW))
    live = app.site.live
    with app.site.database.write() as tx:
        changes = [Change(module, each) for each in records]
        outcomes = live.writer.save(tx, changes, SYSTEM, live.parsing(SYSTEM, "rest"))
    assert all(isinstance(each, Saved) for each in outcomes), outcomes
    return app


def planned(app: App, text: str) -> Plan:
    assert app.site.pack is not None
    for old in app.site.pack.rglob("*.yaml"):
        old.unlink()
    write_pack(app.site.pack, text)
    loaded = app.site.load_pack()
    assert loaded.catalog is not None, loaded.diagnostics
    with app.site.database.read() as connection:
        return make_plan(connection, loaded.catalog, app.site.workshop.types, app.site.database.schema)


def changed(app: App, text: str) -> Plan:
    """Apply another text, which must do what its plan said."""
    plan = planned(app, text)
    outcome = app.site.apply_pack(accept_lossy=True)
    assert isinstance(outcome, Applied), outcome
    assert [step.what for step in outcome.plan.steps] == [step.what for step in plan.steps]
    return plan


def refused(app: App, text: str) -> list[tuple[str, int, str]]:
    """The codes, lines and messages of a text that is refused, when it is applied too."""
    plan = planned(app, text)
    outcome = app.site.apply_pack()
    assert isinstance(outcome, Refused)
    assert outcome.refusals == plan.refusals
    return [(each.code, each.span.line, each.message) for each in plan.refusals]


def held(app: App, module: str, key: str) -> list[object]:
    tables = app.site.live.tables
    table = tables.module(module)
    with app.site.database.read() as connection:
        column = table.columns[key][0]
        return list(connection.execute(select(column).order_by(table.columns["id"][0])).scalars())


def test_a_name_is_split_by_expressions_and_put_together_again(crm: Callable[..., App]):
    names = [{"name": "Anna Maria Virtanen"}, {"name": "Bo"}, {}]
    app = opened(crm, people("name: {type: text}"), "people", *names)
    first = "first: {type: text, search: true, split: name, convert: \"=before(name, ' ')\"}"
    last = "last: {type: text, split: name, convert: \"=after(name, ' ')\"}"
    shout = "shout: {type: text, formula: upper(first)}"
    plan = changed(app, people(first, last, shout, title='"{first} {last}"'))
    (step,) = [step for step in plan.steps if "Split" in step.what]
    assert "Split name of people into first by before(name, ' ')." in step.what
    assert "Split name of people into last by after(name, ' ')." in step.what
    assert (step.rows, step.safety) == (3, Safety.SAFE)
    assert held(app, "people", "first") == ["Anna", "Bo", None]
    assert held(app, "people", "last") == ["Maria Virtanen", None, None]
    assert held(app, "people", "shout") == ["ANNA", "BO", None]
    with app.site.database.read() as connection:
        found = connection.exec_driver_sql("SELECT search_text FROM people ORDER BY id").scalars().all()
    assert [each and each.splitlines()[0] for each in found] == ["anna", "bo", None]
    assert changed(app, people(first, last, title='"{first} {last}"')).steps  # the formula goes, and no more
    whole = "whole: {type: text, merge: [first, last]}"
    plan = changed(app, people(whole, title="whole"))
    assert "Put whole of people together from first and last." in [step.what for step in plan.steps]
    assert held(app, "people", "whole") == ["Anna Maria Virtanen", "Bo", None]


def test_an_expression_reads_what_the_type_alone_does_not(crm: Callable[..., App]):
    sizes = [{"size": "12"}, {"size": "7 cm"}, {"size": "about 3"}, {}]
    app = opened(crm, people("name: {type: text}", "size: {type: text}"), "people", *sizes)
    ((code, line, said),) = refused(app, people("name: {type: text}", "size: {type: integer}"))
    assert (code, line) == ("P101", 4)
    assert said.startswith("2 of 3 values of size are not converted to integer: id ")
    plan = changed(
        app,
        people("name: {type: text}", "size: {type: integer, convert: \"=number(replace(size, ' cm', ''))\"}"),
    )
    (step,) = [step for step in plan.steps if step.what.startswith("Convert")]
    assert step.what == "Convert size of people from text to integer by number(replace(size, ' cm', ''))."
    assert step.safety is Safety.LOSSY
    assert step.sample == (
        "1 of 3 values is given up",
        "of 2 that are no integer this convert handles 1",
        "id 3: about 3 → (empty)",
        "id 1: 12 → 12",
        "id 2: 7 cm → 7",
    )
    assert held(app, "people", "size") == [12, 7, None, None]


def test_what_is_wrong_with_an_expression_is_said_where_it_stands(crm: Callable[..., App]):
    app = opened(crm, people("name: {type: text}", "size: {type: text}"), "people", {"size": "1"})
    found = refused(
        app,
        people(
            "name: {type: text}",
            "size: {type: integer, convert: =number(sise)}",
            "first: {type: text, split: nome, convert: =name}",
            "more: {type: text, convert: =created_at.year}",
        ),
    )
    assert [(code, line) for code, line, _ in found] == [("E105", 4), ("P121", 5), ("E107", 6)]


def test_texts_become_links_to_the_records_that_are_called_so_and_make_those_that_are_not(
    crm: Callable[..., App],
):
    pack = people("name: {type: text}", "firm: {type: text}")
    firms = [{"firm": each} for each in ("Acme", "Beta", "Acme", None)]
    app = opened(crm, pack, "people", *firms)
    live = app.site.live
    with app.site.database.write() as tx:
        live.writer.save(tx, [Change("accounts", {"name": "Acme"})], SYSTEM, live.parsing(SYSTEM, "rest"))
    firm = "firm: {type: relation, module: accounts}"
    ((code, _, said),) = refused(app, people("name: {type: text}", firm))
    assert code == "P101"
    assert "1 of 3 values of firm is not converted to relation to accounts" in said
    made = "firm: {type: relation, module: accounts, convert: {create: true}}"
    plan = changed(app, people("name: {type: text}", made))
    (step,) = [step for step in plan.steps if step.what.startswith("Convert")]
    assert step.what.endswith("making the records of accounts that are not there.")
    assert "1 record of accounts is made" in step.sample
    assert held(app, "accounts", "name") == ["Acme", "Beta"]
    acme, beta = held(app, "accounts", "id")
    assert held(app, "people", "firm") == [acme, beta, acme, None]
    changed(app, people("name: {type: text}", "firm: {type: text}"))
    assert held(app, "people", "firm") == ["Acme", "Beta", "Acme", None]


def test_records_that_need_more_than_a_name_are_not_made(crm: Callable[..., App]):
    app = opened(crm, people("name: {type: text}", "firm: {type: text}"), "people", {"firm": "Acme"})
    needy = ACCOUNTS.replace("code: {type: text}", "code: {type: text, required: true}")
    made = "firm: {type: relation, module: accounts, convert: {create: true}}"
    ((code, _, said),) = refused(app, people("name: {type: text}", made, more=needy))
    assert code == "P122"
    assert said == "records of accounts cannot be made of their name alone: code is required"


def test_a_field_becomes_required_with_a_value_for_those_that_have_none(crm: Callable[..., App]):
    app = opened(
        crm, people("name: {type: text}", "nick: {type: text}"), "people", {"name": "Anna"}, {"nick": "B"}
    )
    required = "nick: {type: text, required: true}"
    ((code, _, _),) = refused(app, people("name: {type: text}", required))
    assert code == "P104"
    filled = "nick: {type: text, required: true, fill: \"=lower(default(name, 'nobody'))\"}"
    fresh = 'more: {type: text, required: true, fill: "=concat(name, nick)"}'
    plan = changed(app, people("name: {type: text}", filled, fresh))
    steps = [(step.what, step.rows) for step in plan.steps if step.what.startswith("Give")]
    assert steps == [
        ("Give the records of people as more concat(name, nick).", 2),
        ("Give the records of people that have no nick lower(default(name, 'nobody')).", 1),
    ]
    assert held(app, "people", "nick") == ["anna", "B"]
    assert held(app, "people", "more") == ["Anna", "B"]


def test_money_goes_into_another_currency(crm: Callable[..., App]):
    def pack(currency: str, rate: str, price: str = "") -> str:
        about = f"    pack.yaml:\n      title: T\n      version: 1.0.0\n      currency: {currency}\n"
        about += f"      rates: {{{rate}}}\n"
        return about + people("name: {type: text}", f"price: {{type: money{price}}}").lstrip("\n")

    app = opened(
        crm, pack("EUR", "USD: 2"), "people", {"price": {"amount": "5", "currency": "EUR"}},
        {"price": {"amount": "3", "currency": "USD"}},
    )  # fmt: skip
    changed(app, pack("USD", "EUR: 0.5", ", convert: \"=in_currency(price, 'USD')\""))
    assert [str(each) for each in held(app, "people", "price")] == ["10.00", "3.00"]
    with app.site.database.read() as connection:
        table = app.site.live.tables.module("people")
        found = connection.execute(select(table.columns["price"][1])).scalars().all()
    assert list(found) == ["USD", "USD"]
    again = planned(app, pack("USD", "EUR: 0.6", ", convert: \"=in_currency(price, 'USD')\""))
    assert not again.steps
