"""Rules that find duplicates are made ready for the records that are there, when they come or change."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, text

from runtime.change.apply import Applied
from tests.support.crm import App, write_pack

PACK = """
    schemas/modules/firms.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        city: {type: text}
      RULE
"""


def pack(rule: str = "") -> str:
    return PACK.replace("RULE", f"duplicates: {rule}" if rule else "label: Firm")


def change(app: App, rule: str) -> None:
    assert app.site.pack is not None
    write_pack(app.site.pack, pack(rule))
    outcome = app.site.apply_pack()
    assert isinstance(outcome, Applied), outcome
    app.site.refresh()


def post(app: App, **values: Any) -> int:
    return int(app.program()("POST", "/firms", json=values).status_code)


def keys(app: App) -> int:
    table = app.site.live.tables.duplicate_keys
    with app.site.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_records_from_before_a_rule_are_found_by_it(crm: Callable[..., App]):
    app = crm(pack())
    assert post(app, name="Acme Trading", city="Turku") == 201
    assert (post(app, name="Acme Trading"), keys(app)) == (201, 0)
    change(app, "{match: [name, city], fuzzy: 0.9}")
    assert post(app, name="Acme Tradin", city="Turku") == 409
    assert post(app, name="Acme Tradin", city="Oulu") == 201
    change(app, "{match: [name]}")
    assert post(app, name="ACME tradin", city="Helsinki") == 409
    change(app, "")
    assert (post(app, name="Acme Trading"), keys(app)) == (201, 0)


def test_a_database_of_an_older_version_gets_the_table(crm: Callable[..., App]):
    app = crm(pack())
    post(app, name="Acme")
    with app.site.database.write() as tx:
        tx.connection.execute(text("DROP TABLE trellis_duplicate_keys"))
    change(app, "{match: [name]}")
    assert post(app, name="acme") == 409
