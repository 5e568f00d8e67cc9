"""Adding to a database that has data: modules, fields, defaults, links, indexes; what is there stays."""

from decimal import Decimal

from sqlalchemy import func, insert, select
from sqlalchemy import inspect as look

from tests.unit.change.site import ACCOUNTS, deals
from tests.unit.storage.small import make_catalog


def test_a_field_is_added_and_the_records_stay(running):
    running.add("deals", {"name": "One"}, {"name": "Two"})
    grown = deals({"size": {"type": "integer"}, "price": {"type": "money"}})
    assert running.whats(grown) == [
        "Add the field size to deals: the column size.",
        "Add the field price to deals: the columns price and price__currency.",
    ]
    running.applied(grown)
    assert running.column("deals", "name") == ["One", "Two"]
    assert running.column("deals", "price__currency") == [None, None]
    assert running.plan(grown).is_empty


def test_a_default_is_only_for_new_records(running):
    running.add("deals", {"name": "One"})
    running.applied(deals({"size": {"type": "integer", "default": 5}}))
    assert running.column("deals", "size") == [None]


def test_a_required_field_gives_its_default_to_the_records_that_are_there(running):
    running.add("deals", {"name": "One"}, {"name": "Two", "deleted_at": running.clock.now()})
    grown = deals({"size": {"type": "decimal", "required": True, "default": Decimal("2.50")}})
    plan = running.plan(grown)
    assert [(step.what, step.rows) for step in plan.steps][1] == (
        "Give the records of deals that have no size its default, 2.50.",
        2,
    )
    running.applied(grown)
    assert running.column("deals", "size") == [Decimal("2.50")] * 2


def test_requiring_a_field_with_a_default_fills_only_the_empty_ones(running):
    running.applied(deals({"stage": {"type": "picklist", "picklist": "stages"}}))
    running.add("deals", {"name": "One", "stage": "won"}, {"name": "Two"})
    required = {"type": "picklist", "picklist": "stages", "required": True, "default": "open"}
    assert running.whats(deals({"stage": required})) == [
        "Give the records of deals that have no stage its default, open."
    ]
    running.applied(deals({"stage": required}))
    assert running.column("deals", "stage") == ["won", "open"]


def test_a_required_field_without_a_default_is_no_question_while_there_are_no_records(running):
    running.applied(deals({"size": {"type": "integer", "required": True}}))


def test_a_relation_is_added_with_its_foreign_key_to_a_module_that_is_new_too(running):
    running.add("deals", {"name": "One"})
    grown = make_catalog(
        {
            "deals": {
                "fields": {
                    "name": {"type": "text"},
                    "product": {"type": "relation", "module": "products"},
                    "contacts": {
                        "type": "relations",
                        "module": "products",
                        "link": {"role": {"type": "text"}},
                    },
                }
            },
            "accounts": ACCOUNTS,
            "products": {
                "fields": {"name": {"type": "text"}, "deal": {"type": "relation", "module": "deals"}}
            },
        }
    )
    running.applied(grown)
    with running.database.read() as connection:
        connection.exec_driver_sql("SELECT id FROM deals")  # lest a pragma tells of the tables as they were
        keys = look(connection).get_foreign_keys("deals")
        links = look(connection).get_foreign_keys("deals__contacts")
    assert ("products", ["product"]) in [(key["referred_table"], key["constrained_columns"]) for key in keys]
    assert {key["referred_table"] for key in links} == {"products", "deals"}
    assert running.plan(grown).is_empty


def test_an_attribute_is_added_to_links_that_are_there(running):
    friends = {"type": "relations", "module": "deals"}
    running.applied(deals({"friends": friends}))
    one, two = running.add("deals", {"name": "One"}, {"name": "Two"})
    with running.database.write() as tx:
        link = running.tables.link("deals", "friends")
        tx.connection.execute(insert(link).values(source_id=one, target_id=two))
    grown = deals({"friends": {**friends, "link": {"price": {"type": "money"}}}})
    assert running.whats(grown) == [
        "Add the attribute price to the links deals.friends: the columns price and price__currency."
    ]
    running.applied(grown)
    link = running.tables.link("deals", "friends")
    with running.database.read() as connection:
        assert connection.execute(select(link.c.target_id, link.c.price)).all() == [(two, None)]


def test_indexes_come_and_go_with_what_asks_for_them(running):
    running.add("deals", {"name": "One"})
    before = running.live.tables["deals"].indexes
    running.applied(deals({"size": {"type": "integer", "index": True}}))
    (index,) = running.live.tables["deals"].indexes - before
    plain = deals({"size": {"type": "integer"}})
    assert running.whats(plain) == [f"Drop the index {index} of deals, which nothing asks for any more."]
    running.applied(plain)
    assert index not in running.live.tables["deals"].indexes


def test_an_index_that_somebody_made_by_hand_stays(running):
    with running.database.write() as tx:
        tx.connection.exec_driver_sql("CREATE INDEX mine ON deals (updated_at)")
    running.applied(deals({"size": {"type": "integer"}}))
    assert "mine" in running.live.tables["deals"].indexes


def test_the_order_of_a_picklist_is_in_its_index_and_a_new_value_renews_it(running):
    stage = {"stage": {"type": "picklist", "picklist": "stages", "index": True}}
    running.applied(deals(stage))
    more = deals(stage, {"stages": {"new": {}, "open": {}, "won": {}, "lost": {}}})
    whats = running.whats(more)
    assert [what.split()[0] for what in whats] == ["Drop", "Create"]
    running.applied(more)
    assert running.plan(more).is_empty


def test_a_unique_field_is_enforced_from_then_on(running):
    running.add("deals", {"name": "One"}, {"name": "Two"}, {"name": None}, {"name": None})
    running.applied(deals({"name": {"type": "text", "unique": True}}))
    deal = running.table("deals")
    with running.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(deal)).scalar() == 4
    assert any(name.startswith("ux_") for name in running.live.tables["deals"].indexes)


def test_what_is_searched_is_written_for_the_records_that_are_there(running):
    running.applied(deals({"code": {"type": "text"}, "stage": {"type": "picklist", "picklist": "stages"}}))
    running.add(
        "deals", {"name": "Åland", "code": "X-1", "stage": "won", "search_text": "åland"}, {"name": None}
    )
    fields = {"code": {"type": "text"}, "stage": {"type": "picklist", "picklist": "stages"}}
    more = deals(fields, search=["name", "code", "stage"])
    assert running.whats(more) == ["Write what the records of deals are found by."]
    running.applied(more)
    assert running.column("deals", "search_text") == ["åland\nx-1\nwon", None]
    assert running.plan(more).is_empty


def test_a_module_that_was_not_searched_gets_its_column_its_text_and_its_index(site):
    site.applied(make_catalog({"deals": {"title": "account", "fields": RELATED}, "accounts": ACCOUNTS}))
    (account,) = site.add("accounts", {"name": "Acme", "search_text": "acme"})
    site.add("deals", {"account": account, "code": "Grün"}, {"account": account})
    searched = make_catalog(
        {"deals": {"title": "account", "fields": RELATED, "search": ["code"]}, "accounts": ACCOUNTS}
    )
    site.applied(searched)
    assert site.column("deals", "search_text") == ["grün", None]
    if site.database.dialect == "sqlite":
        with site.database.read() as connection:
            found = connection.exec_driver_sql(
                "SELECT count(*) FROM deals__search WHERE deals__search MATCH '\"grün\"'"
            )
            assert found.scalar() == 1
    assert site.plan(searched).is_empty


RELATED = {"account": {"type": "relation", "module": "accounts"}, "code": {"type": "text"}}
