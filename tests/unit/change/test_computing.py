"""A formula that is new, or another one, is worked out for the records that are there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.change import computing
from runtime.change.apply import Applied
from runtime.change.plan import make_plan
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Saved
from tests.support.crm import App, write_pack

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

PACK = """
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        WON
    schemas/modules/deals.yaml:
      title: name
      search: [name, said]
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts, inverse: deals}
        amount: {type: integer}
        said: {type: text, formula: SAID}
        plain: {type: integer}
"""


def pack(said: str = "upper(name)", won: str = "") -> str:
    field = f"won: {{type: integer, formula: {won}}}" if won else "more: {type: text}"
    return PACK.replace("SAID", said).replace("WON", field)


def filled(crm: Callable[..., App]) -> App:
    app = crm(pack(), clock=FrozenClock(NOW))
    live = app.site.live
    parsing = live.parsing(SYSTEM, "rest")
    with app.site.database.write() as tx:
        (account,) = live.writer.save(tx, [Change("accounts", {"name": "One"})], SYSTEM, parsing)
        assert isinstance(account, Saved)
        deals = [{"name": f"deal {n}", "account": account.id, "amount": n} for n in range(4)]
        outcomes = live.writer.save(tx, [Change("deals", each) for each in deals], SYSTEM, parsing)
        assert isinstance(outcomes[3], Saved)
        live.writer.save(tx, [Change("deals", id=outcomes[3].id, action="delete")], SYSTEM, parsing)
    return app


def change(app: App, text: str) -> list[tuple[str, int]]:
    """Apply another text; gives what the plan said, and of how many records."""
    assert app.site.pack is not None
    write_pack(app.site.pack, text)
    loaded = app.site.load_pack()
    assert loaded.catalog is not None, loaded.diagnostics
    with app.site.database.read() as connection:
        plan = make_plan(connection, loaded.catalog, app.site.workshop.types, app.site.database.schema)
    outcome = app.site.apply_pack()
    assert isinstance(outcome, Applied), outcome
    return [(step.what, step.rows) for step in plan.steps]


def column(app: App, module: str, key: str) -> list[object]:
    table = app.site.live.tables.module(module)
    with app.site.database.read() as connection:
        return list(connection.execute(select(table.table.c[key]).order_by(table.table.c.id)).scalars())


def logged(app: App) -> int:
    log = app.site.live.tables.change_log
    with app.site.database.read() as connection:
        return len(connection.execute(select(log.c.id)).all())


def test_a_new_formula_is_worked_out_for_the_records_that_are_there(crm: Callable[..., App]):
    app = filled(crm)
    before = logged(app)
    steps = change(app, pack(won="sum(deals.amount)"))
    assert ("Work out won of accounts.", 1) in steps
    assert column(app, "accounts", "won") == [3]
    assert column(app, "accounts", "version") == [1]
    assert logged(app) == before


def test_another_formula_is_worked_out_anew_with_what_is_found_by_it(crm: Callable[..., App]):
    app = filled(crm)
    assert column(app, "deals", "said") == [f"DEAL {n}" for n in range(4)]
    steps = change(app, pack(said="\"concat(name, '!')\""))
    assert ("Work out said of deals.", 4) in steps
    assert column(app, "deals", "said") == [f"deal {n}!" for n in range(4)]
    assert column(app, "deals", "search_text") == [f"deal {n}\ndeal {n}!" for n in range(4)]


def test_the_same_formula_in_other_words_is_no_step(crm: Callable[..., App]):
    app = filled(crm)
    assert change(app, pack(said="upper( name )")) == []


def test_what_reads_a_changed_formula_is_worked_out_after_it(crm: Callable[..., App]):
    app = filled(crm)
    change(app, pack(won="\"count(deals, said == 'DEAL 1')\""))
    assert column(app, "accounts", "won") == [1]
    steps = change(app, pack(said="lower(name)", won="\"count(deals, said == 'DEAL 1')\""))
    assert [what for what, _ in steps if what.startswith("Work out")] == [
        "Work out said of deals.",
        "Work out won of accounts.",
    ]
    assert column(app, "accounts", "won") == [0]


def test_many_records_are_worked_out_in_the_background(
    crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch
):
    app = filled(crm)
    monkeypatch.setattr(computing, "MANY", 3)
    steps = change(app, pack(said="lower(name)"))
    assert ("Work out said of deals, in the background after the apply.", 4) in steps
    assert column(app, "deals", "said")[0] == "DEAL 0"
    with app.site.database.read() as connection:
        assert [each.field for each in app.site.live.stale.of(connection, "deals")] == ["said"]
    before = logged(app)
    Worker(app.site, app.site.background, "one", timedelta(seconds=30)).drain()
    assert column(app, "deals", "said") == [f"deal {n}" for n in range(4)]
    assert column(app, "deals", "search_text")[0] == "deal 0\ndeal 0"
    assert logged(app) == before
