"""Tests of what an aggregate looks over: the records of the one that asks, and no others."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from tests.support.crm import App
from tests.support.screens import make

PACK = """
    schemas/modules/accounts.yaml:
      fields:
        name: {type: text}
        won: {type: money, formula: "sum(deals.amount, stage == 'won')"}
    schemas/modules/deals.yaml:
      fields:
        account: {type: relation, module: accounts, inverse: deals}
        stage: {type: picklist, picklist: stage, index: true}
        amount: {type: money, index: true}
    schemas/filters/deals.yaml:
      won: {where: stage == 'won', columns: [account, amount], sort: [-amount]}
    schemas/picklists/stage.yaml:
      values: {open: {}, won: {}}
"""


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_sum_over_related_records_finds_them_by_what_they_hang_on(crm: Callable[..., App]):
    app = crm(PACK)
    account = make(app, "accounts", name="Acme")
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, sql: str, given: Any, *_: object) -> None:
        if "sum(" in sql:
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {sql}", given).fetchall()
            plans.append("\n".join(row[-1] for row in rows))

    engine = app.site.database._writing
    event.listen(engine, "before_cursor_execute", explain)
    make(app, "deals", account=account, stage="won", amount=5)
    event.remove(engine, "before_cursor_execute", explain)
    searched = [line for plan in plans for line in plan.splitlines() if " t_1 " in line]
    assert searched
    assert all("(account=?" in line for line in searched), plans
