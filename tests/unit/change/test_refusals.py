"""Refusals: what the data does not allow is refused with a code, at its line, and nothing is changed."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from runtime.change.apply import Refused
from runtime.change.codes import CODES
from tests.unit.change.site import ACCOUNTS, deals
from tests.unit.storage.small import make_catalog


@pytest.mark.parametrize(
    "before, after, stored",
    [
        ({"type": "text"}, {"type": "integer"}, "five"),
        ({"type": "text"}, {"type": "secret"}, "five"),
        ({"type": "text"}, {"type": "relations", "module": "accounts"}, "five"),
        ({"type": "relation", "module": "accounts"}, {"type": "user"}, None),
    ],
)
def test_a_field_whose_values_are_none_of_the_new_type_stays_what_it_is(running, before, after, stored):
    running.applied(deals({"size": before}))
    (account,) = running.add("accounts", {"name": "Acme"})
    running.add("deals", {"size": account if stored is None else stored, "deleted_at": running.clock.now()})
    ((found, message),) = running.refused(deals({"size": after}))
    assert found == "P101"
    assert "size" in message


def test_a_refusal_points_at_the_line(running):
    running.applied(deals({"size": {"type": "text"}}))
    running.add("deals", {"size": "five"})
    (refusal,) = running.plan(deals({"size": {"type": "integer"}})).refusals
    assert (refusal.span.file, refusal.span.line) == ("schemas/modules/deals.yaml", 3)
    assert refusal.path == "deals.fields.size"
    assert refusal.help


def test_links_stay_of_their_kind(running):
    friends = {"type": "relations", "module": "deals", "link": {"price": {"type": "integer"}}}
    running.applied(deals({"friends": friends}))
    (one,) = running.add("deals", {"name": "One"})
    with running.database.write() as tx:
        link = running.tables.link("deals", "friends")
        tx.connection.execute(insert(link).values(source_id=one, target_id=one, price=7))
    for other, code in [
        ({"type": "relations", "module": "accounts"}, "P101"),
        ({"type": "integer"}, "P101"),
        ({**friends, "link": {"price": {"type": "decimal"}}}, "P109"),
    ]:
        assert [found for found, _ in running.refused(deals({"friends": other}))] == [code]


def test_required_without_a_default_names_the_records_that_are_empty(running):
    running.applied(deals({"size": {"type": "integer"}}))
    ids = running.add("deals", *({"name": f"{number}"} for number in range(7)), {"name": "8", "size": 8})
    running.add("deals", {"name": "gone", "deleted_at": running.clock.now()})
    ((code, message),) = running.refused(deals({"size": {"type": "integer", "required": True}}))
    assert code == "P104"
    assert message == (
        f"size is required, and 7 records of deals have none (id {', '.join(map(str, ids[:5]))}, …)"
    )


def test_a_new_required_field_without_a_default_is_refused_when_there_are_records(running):
    running.add("deals", {"name": "One"})
    assert running.refused(deals({"size": {"type": "integer", "required": True}}))[0][0] == "P104"


def test_required_links_are_asked_for_too(running):
    (one,) = running.add("deals", {"name": "One"})
    friends = {"type": "relations", "module": "deals", "required": True}
    assert running.refused(deals({"friends": friends}))[0][0] == "P104"
    running.applied(deals({"friends": {**friends, "required": False}}))
    with running.database.write() as tx:
        link = running.tables.link("deals", "friends")
        tx.connection.execute(insert(link).values(source_id=one, target_id=one))
    running.applied(deals({"friends": friends}))


def test_what_was_required_already_is_not_asked_again(running):
    required = {"size": {"type": "integer", "required": True}}
    running.applied(deals(required))
    running.add("deals", {"name": "One"})  # written before the field was required, say
    running.applied(deals({**required, "price": {"type": "money"}}))


def test_unique_lists_what_is_shared(running):
    ids = running.add("deals", {"name": "A"}, {"name": "A"}, {"name": "B"}, {"name": "B"}, {"name": "C"})
    running.add("deals", {"name": "C", "deleted_at": running.clock.now()})
    ((code, message),) = running.refused(deals({"name": {"type": "text", "unique": True}}))
    assert code == "P105"
    assert message == (
        "no two records of deals may be alike in name, and some are: "
        f"“A” in 2 (ids {ids[0]} and {ids[1]}); “B” in 2 (ids {ids[2]} and {ids[3]})"
    )


def test_shared_numbers_are_shown_as_they_are(running):
    price = {"type": "money"}
    running.applied(deals({"price": price}))
    running.add("deals", *[{"price": Decimal("12.50"), "price__currency": "EUR"}] * 3)
    running.add("deals", {"price": Decimal("12.50"), "price__currency": "USD"})
    ((code, message),) = running.refused(deals({"price": {**price, "unique": True}}))
    assert code == "P105"
    assert "“12.50, EUR” in 3 (ids 1 … 3)" in message


def test_unique_together_looks_at_all_of_them(running):
    running.applied(deals({"size": {"type": "integer"}}))
    running.add("deals", {"name": "A", "size": 1}, {"name": "A", "size": 2}, {"name": "A"}, {"name": "A"})
    together = deals({"size": {"type": "integer"}}, unique=[["name", "size"]])
    running.applied(together)
    running.applied(deals({"size": {"type": "integer"}}))
    running.add("deals", {"name": "A", "size": 2})
    ((code, message),) = running.refused(together)
    assert code == "P105"
    assert "alike in name and size" in message


def test_records_stay_what_they_are_rows_of(running):
    rows = make_catalog(
        {
            "deals": {"fields": {"name": {"type": "text"}}, "rows": {"items": {"module": "accounts"}}},
            "accounts": ACCOUNTS,
        },
        {"stages": {}},
    )
    assert [code for code, _ in running.refused(rows)] == ["P106"]


@pytest.mark.parametrize("kind, stored", [("picklist", "won"), ("multi_picklist", "|open|won|")])
def test_a_value_in_use_does_not_leave_its_picklist(running, kind, stored):
    stage = {"stage": {"type": kind, "picklist": "stages"}}
    running.applied(deals(stage))
    running.add("deals", {"stage": stored}, {"stage": stored, "deleted_at": running.clock.now()})
    without_lost = deals(stage, {"stages": {"open": {}, "won": {}}})
    running.applied(without_lost)
    ((code, message),) = running.refused(deals(stage, {"stages": {"open": {}}}))
    assert code == "P107"
    assert (
        "the value won is gone from the picklist stages, and 2 records of deals have it in stage" in message
    )


def test_a_field_that_returns_may_hold_a_value_that_left_meanwhile(running):
    stage = {"stage": {"type": "picklist", "picklist": "stages"}}
    running.applied(deals(stage))
    running.add("deals", {"stage": "won"})
    running.applied(deals())
    fewer: dict[str, Any] = {"stages": {"open": {}}}
    running.applied(deals({}, fewer))
    assert [code for code, _ in running.refused(deals(stage, fewer))] == ["P107"]


def test_another_picklist_must_have_the_values_in_use(running):
    running.applied(deals({"stage": {"type": "picklist", "picklist": "stages"}}))
    running.add("deals", {"stage": "won"})
    other = {"stage": {"type": "picklist", "picklist": "others"}}
    lists: dict[str, Any] = {"stages": {"open": {}, "won": {}, "lost": {}}, "others": {"lost": {}}}
    assert [code for code, _ in running.refused(deals(other, lists))] == ["P107"]
    running.applied(deals(other, {**lists, "others": {"won": {}}}))


def test_a_column_that_somebody_took_away_is_noticed(running):
    running.applied(deals({"size": {"type": "integer"}}))
    with running.database.write() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE deals DROP COLUMN size")
    ((code, message),) = running.refused(deals({"size": {"type": "integer"}, "price": {"type": "money"}}))
    assert (code, message) == (
        "P110",
        "the column size of deals was made by an earlier revision, and is missing",
    )


def test_a_table_in_the_way_is_noticed(running):
    with running.database.write() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE visits (id INTEGER)")
    more = make_catalog(
        {"deals": {"fields": {"name": {"type": "text"}}}, "accounts": ACCOUNTS, "visits": ACCOUNTS},
        {"stages": {}},
    )
    assert [code for code, _ in running.refused(more)] == ["P110"]


def test_a_database_of_something_else_is_left_alone(site):
    with site.database.write() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    assert [code for code, _ in site.refused(deals())] == ["P111"]


def test_all_refusals_come_at_once(running):
    running.applied(deals({"size": {"type": "text"}, "stage": {"type": "picklist", "picklist": "stages"}}))
    running.add("deals", {"name": "A", "size": "x", "stage": "won"}, {"name": "A"})
    wrong = deals(
        {
            "name": {"type": "text", "unique": True},
            "size": {"type": "integer"},
            "stage": {"type": "picklist", "picklist": "stages", "required": True},
        },
        {"stages": {"open": {}}},
    )
    outcome = running.apply(wrong)
    assert isinstance(outcome, Refused)
    assert sorted(each.code for each in outcome.refusals) == ["P101", "P104", "P105", "P107"]
    assert not outcome.plan.steps


def test_every_code_has_its_page():
    assert [code.name for code in CODES] == sorted({code.name for code in CODES})
    assert all(code.title and len(code.explanation) > 100 for code in CODES)
