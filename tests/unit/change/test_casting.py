"""A field that becomes another type takes its values along, as the new type reads them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select

from runtime.change.step import Safety
from tests.unit.change.site import Site, deals

STAGE = {"type": "picklist", "picklist": "stages"}
NOON = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 3, 3, 22, 0, tzinfo=dt.UTC)

Case = tuple[Mapping[str, Any], object, Mapping[str, Any], Any]

KEPT: Mapping[str, Case] = {
    "text to integer": ({"type": "text"}, " 1200 ", {"type": "integer"}, 1200),
    "text to decimal": ({"type": "text"}, "-12.5", {"type": "decimal"}, Decimal("-12.50")),
    "text to money": ({"type": "text"}, "12.50", {"type": "money"}, Decimal("12.50")),
    "text to date": ({"type": "text"}, "2026-01-31", {"type": "date"}, dt.date(2026, 1, 31)),
    "text to datetime": ({"type": "text"}, "2026-03-04 00:00", {"type": "datetime"}, MIDNIGHT),
    "text to boolean": ({"type": "text"}, "Yes", {"type": "boolean"}, True),
    "text to email": ({"type": "text"}, "Ada@Example.com", {"type": "email"}, "Ada@example.com"),
    "text to picklist by key": ({"type": "text"}, "won", STAGE, "won"),
    "text to picklist by label": ({"type": "text"}, "WON", STAGE, "won"),
    "text to tags": ({"type": "text"}, "vip; fair", {"type": "tags"}, "|fair|vip|"),
    "text to long text": ({"type": "text"}, "a", {"type": "long_text"}, "a"),
    "text to rich text": ({"type": "text"}, "a & b", {"type": "rich_text"}, "a & b"),
    "long text to text": ({"type": "long_text"}, "one line", {"type": "text"}, "one line"),
    "integer to decimal": ({"type": "integer"}, 7, {"type": "decimal"}, Decimal("7.00")),
    "integer to text": ({"type": "integer"}, 1200, {"type": "text"}, "1200"),
    "integer to boolean": ({"type": "integer"}, 1, {"type": "boolean"}, True),
    "decimal to integer": ({"type": "decimal"}, Decimal("7.00"), {"type": "integer"}, 7),
    "decimal to text": ({"type": "decimal"}, Decimal("7.50"), {"type": "text"}, "7.50"),
    "decimal to money": ({"type": "decimal"}, Decimal("7.50"), {"type": "money"}, Decimal("7.50")),
    "more decimals": (
        {"type": "decimal"},
        Decimal("7.50"),
        {"type": "decimal", "scale": 4},
        Decimal("7.5000"),
    ),
    "fewer decimals": ({"type": "decimal"}, Decimal("7.50"), {"type": "decimal", "scale": 1}, Decimal("7.5")),
    "percent to decimal": ({"type": "percent"}, Decimal("25.50"), {"type": "decimal"}, Decimal("25.50")),
    "date to datetime": ({"type": "date"}, dt.date(2026, 3, 4), {"type": "datetime"}, MIDNIGHT),
    "date to text": ({"type": "date"}, dt.date(2026, 3, 4), {"type": "text"}, "2026-03-04"),
    "datetime to date": ({"type": "datetime"}, MIDNIGHT, {"type": "date"}, dt.date(2026, 3, 4)),
    "boolean to text": ({"type": "boolean"}, True, {"type": "text"}, "Yes"),
    "boolean to integer": ({"type": "boolean"}, False, {"type": "integer"}, 0),
    "picklist to text": (STAGE, "won", {"type": "text"}, "Won"),
    "picklist to several": (STAGE, "won", {"type": "multi_picklist", "picklist": "stages"}, "|won|"),
    "several to one": ({"type": "multi_picklist", "picklist": "stages"}, "|won|", STAGE, "won"),
    "tags to text": ({"type": "tags"}, "|a|b|", {"type": "text"}, "a, b"),
    "email to several": ({"type": "email"}, "a@b.fi", {"type": "email", "many": True}, "|a@b.fi|"),
}
"""By what is shown: the field as it was, what its column held, the field as it is, what its column holds."""

BENT: Mapping[str, Case] = {
    "fractions go": ({"type": "decimal"}, Decimal("7.50"), {"type": "integer"}, 8),
    "decimals go": ({"type": "decimal"}, Decimal("7.25"), {"type": "decimal", "scale": 1}, Decimal("7.3")),
    "the time goes": ({"type": "datetime"}, NOON, {"type": "date"}, dt.date(2026, 3, 4)),
}

REFUSED: Mapping[str, Case] = {
    "no number": ({"type": "text"}, "five", {"type": "integer"}, "Size must be a whole number"),
    "a fraction": ({"type": "text"}, "5.5", {"type": "integer"}, "Size must be a whole number"),
    "no value of the picklist": ({"type": "text"}, "gone", STAGE, "has no value"),
    "too long": ({"type": "long_text"}, "x" * 300, {"type": "text"}, "255"),
    "several lines": ({"type": "long_text"}, "a\nb", {"type": "text"}, "one line"),
    "out of bounds": ({"type": "integer"}, 7, {"type": "decimal", "max": 5}, "at most 5"),
    "several values": ({"type": "tags"}, "|1|2|", {"type": "integer"}, "there are 2"),
    "neither yes nor no": ({"type": "integer"}, 7, {"type": "boolean"}, "yes or no"),
}


def converted(cases: Mapping[str, Case], which: int) -> dict[str, Any]:
    return {f"f{place}": case[which] for place, case in enumerate(cases.values())}


def given(cases: Mapping[str, Case]) -> dict[str, object]:
    found: dict[str, object] = {}
    for place, (old, value, _, _) in enumerate(cases.values()):
        found[f"f{place}"] = value
        if old["type"] == "money":
            found[f"f{place}__currency"] = "EUR"
    return found


@pytest.fixture
def holding(running: Site) -> Site:
    running.applied(deals(converted(KEPT, 0)))
    running.add("deals", {"name": "A", **given(KEPT)}, {"name": "empty"})
    running.add("deals", {"name": "gone", **given(KEPT), "deleted_at": NOON})
    return running


def test_values_go_over_to_the_new_type_those_of_deleted_records_too(holding: Site):
    outcome = holding.applied(deals(converted(KEPT, 2)))
    assert [step.what for step in outcome.plan.steps if step.safety is Safety.LOSSY] == []
    for place, (name, (_, _, _, expected)) in enumerate(KEPT.items()):
        column = holding.tables.module("deals").columns[f"f{place}"][0].name
        assert holding.column("deals", column) == [expected, None, expected], name


def test_what_was_stays_in_its_own_column(holding: Site):
    revision = holding.revision()
    holding.applied(deals(converted(KEPT, 2)))
    now = holding.revision()
    for place in range(len(KEPT)):
        old = revision.names.columns["deals", f"f{place}"]
        assert now.names.columns["deals", f"f{place}@1"] == old
        assert now.names.columns["deals", f"f{place}"] != old
    assert holding.column("deals", "name") == ["A", "empty", "gone"]
    with holding.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT f0 FROM deals ORDER BY id").scalars().all()
    assert kept == [" 1200 ", None, " 1200 "]


@pytest.mark.parametrize("name", BENT)
def test_what_loses_something_says_so(running: Site, name: str):
    old, value, new, expected = BENT[name]
    running.applied(deals({"size": old}))
    running.add("deals", {"size": value})
    outcome = running.applied(deals({"size": new}))
    assert outcome.plan.safety == Safety.LOSSY
    column = running.tables.module("deals").columns["size"][0].name
    assert running.column("deals", column) == [expected]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_value_of_the_new_type_is_refused_and_named(running: Site, name: str):
    old, value, new, said = REFUSED[name]
    running.applied(deals({"size": old}))
    ids = running.add("deals", {"size": value})
    ((code, message),) = running.refused(deals({"size": new}))
    assert code == "P101"
    assert f"id {ids[0]} " in message
    assert said in message


def test_a_refusal_counts_all_and_names_ten(running: Site):
    running.applied(deals({"size": {"type": "text"}}))
    running.add("deals", *({"size": f"{n}" if n % 2 else f"x{n}"} for n in range(30)), {"name": "empty"})
    ((_, message),) = running.refused(deals({"size": {"type": "integer"}}))
    assert message.startswith("15 of 30 values of size are not converted to integer: id 1 “x0” (")
    assert message.count("id ") == 10
    assert message.endswith("; …")


def test_links_become_the_titles_of_their_records_and_titles_links(running: Site):
    running.applied(deals({"friends": {"type": "relations", "module": "accounts"}}))
    acme, beta = running.add("accounts", {"name": "Acme"}, {"name": "Beta"})
    one, two, three = running.add("deals", {"name": "1"}, {"name": "2"}, {"name": "3"})
    link = running.tables.link("deals", "friends")
    rows = [
        {"source_id": source, "target_id": target, "position": position}
        for source, target, position in ((one, beta, 0), (one, acme, 1), (two, acme, 0))
    ]
    with running.database.write() as tx:
        tx.connection.execute(insert(link), rows)
    running.applied(deals({"friends": {"type": "text"}}))
    assert running.column("deals", "friends") == ["Beta, Acme", "Acme", None]
    ((code, message),) = running.refused(deals({"friends": {"type": "relation", "module": "accounts"}}))
    assert code == "P101"
    assert message.startswith("1 of 2 values of friends is not converted to relation to accounts: ")
    assert f"id {one} “Beta, Acme” (No record is called so)" in message
    with running.database.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE deals SET friends = 'Beta' WHERE id = {one}")
    running.applied(deals({"friends": {"type": "relation", "module": "accounts"}}))
    column = running.tables.module("deals").columns["friends"][0].name
    assert running.column("deals", column) == [beta, acme, None]
    running.applied(deals({"friends": {"type": "relations", "module": "accounts"}}))
    with running.database.read() as connection:
        link = running.tables.link("deals", "friends")
        found = connection.execute(
            select(link.c.source_id, link.c.target_id).order_by(link.c.source_id)
        ).all()
    assert [tuple(row) for row in found] == [(one, beta), (two, acme)]
    assert three


def test_a_converted_field_is_unique_only_when_its_values_are(running: Site):
    running.applied(deals({"size": {"type": "text"}}))
    ids = running.add("deals", {"size": "1"}, {"size": "01"}, {"size": "2"})
    ((code, message),) = running.refused(deals({"size": {"type": "integer", "unique": True}}))
    assert code == "P105"
    assert f"“1” in 2 (ids {ids[0]} and {ids[1]})" in message
