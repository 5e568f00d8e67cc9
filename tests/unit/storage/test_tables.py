"""Tables: real types, foreign keys and unique values in the database itself, and indexes that follow the
catalog.
"""

from decimal import Decimal

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from runtime.model.values import Money
from runtime.storage.ddl import UnknownFormatError, check_format
from runtime.storage.inspect import inspect
from runtime.storage.names import name_all
from runtime.storage.tables import build_tables
from tests.unit.storage.shop import MODULES, NOW, STAGES, TYPES, attach_shop
from tests.unit.storage.small import make_catalog


def live(shop):
    with shop.database.read() as connection:
        return inspect(connection, shop.database.schema)


def test_the_database_has_what_the_tables_say(shop):
    found = live(shop)
    assert found.is_trellis
    assert not found.is_empty
    for table in shop.tables.metadata.tables.values():
        assert set(found.tables[table.name].columns) == {column.name for column in table.c}
        assert found.tables[table.name].indexes >= {index.name for index in table.indexes}
    assert found.has("deals", "amount__currency")
    assert not found.has("deals", "nonsense")
    assert not found.has("nonsense")


def test_columns_have_real_types(shop):
    types = live(shop).tables["deals"].columns
    postgresql = {
        "amount": "numeric(18,2)",
        "close_date": "date",
        "hot": "boolean",
        "created_at": "timestamp with time zone",
    }
    sqlite = {
        "id": "INTEGER",
        "amount": "BIGINT",
        "close_date": "DATE",
        "hot": "BOOLEAN",
        "created_at": "TEXT",
    }
    for name, type_ in (sqlite if shop.database.dialect == "sqlite" else postgresql).items():
        assert types[name] == type_


def test_a_relation_to_nothing_is_refused_when_the_transaction_ends(shop):
    deals = shop.tables.module("deals").table
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), shop.database.write() as tx:
        tx.connection.execute(insert(deals).values(id=1, version=1, account=4711))


def test_records_that_point_at_each_other_are_written_in_any_order(shop):
    accounts = shop.tables.module("accounts").table
    with shop.database.write() as tx:
        tx.connection.execute(insert(accounts).values(id=1, version=1, parent=2))
        tx.connection.execute(insert(accounts).values(id=2, version=1, parent=1))


def test_unique_ignores_empties_and_deleted_records(shop):
    deals = shop.tables.module("deals").table
    shop.add("deals", {"name": None}, {"name": None}, {"name": "A", "deleted_at": NOW}, {"name": "A"})
    with pytest.raises(IntegrityError):
        shop.add("deals", {"name": "A"})
    assert len(shop.names("deals")) == 3
    with pytest.raises(IntegrityError), shop.database.write() as tx:
        tx.connection.execute(deals.update().values(deleted_at=None))


def test_a_number_is_given_once_even_to_deleted_records(shop):
    shop.add("accounts", {"name": "A", "number": "A-1", "deleted_at": NOW})
    with pytest.raises(IntegrityError):
        shop.add("accounts", {"name": "B", "number": "A-1"})


def test_a_record_is_linked_once(shop):
    [ada] = shop.add("contacts", {"first_name": "Ada"})
    with pytest.raises(IntegrityError):
        shop.add("deals", {"name": "A", "contacts": (ada, ada)})


def test_every_snapshot_has_tables_of_its_own(shop):
    other = attach_shop(shop.database)
    assert other.tables.metadata is not shop.tables.metadata
    assert other.tables.module("deals").table is not shop.tables.module("deals").table
    assert {str(each) for each in other.tables.metadata.tables} == {
        str(each) for each in shop.tables.metadata.tables
    }


def test_an_index_is_named_after_what_it_is():
    def names(filters=None, stages=STAGES):
        catalog = make_catalog(MODULES, {"stages": stages}, filters or {})
        table = build_tables(catalog, name_all(catalog, TYPES), TYPES, "sqlite").module("deals").table
        return {str(index.name) for index in table.indexes}

    plain = names()
    assert names() == plain
    sorted_by_stage = {"deals": {"all": {"sort": ["-stage"]}, "again": {"sort": ["stage", "name"]}}}
    [added] = names(sorted_by_stage) - plain
    more = {**STAGES, "paused": {"kind": "open"}}
    [moved] = names(sorted_by_stage, more) - plain
    assert added != moved  # a picklist with another order is another index
    assert all(len(name) <= 63 for name in plain)


def test_large_and_exact_values_come_back(shop):
    exact = Money(Decimal("9999999999999999.99"), "EUR")
    shop.add("deals", {"name": "max", "amount": exact})
    assert shop.page("deals", "amount").rows[0].values == (exact,)
    with shop.database.read() as connection:
        amount = shop.tables.module("deals").columns["amount"][0]
        assert connection.execute(select(amount)).scalar() == exact.amount


def test_a_database_of_another_format_is_not_touched(shop):
    counters = shop.tables.counters
    with shop.database.write() as tx:
        check_format(tx.connection, shop.tables)
        tx.connection.execute(counters.update().where(counters.c.key == "format").values(value=99))
    with shop.database.read() as connection, pytest.raises(UnknownFormatError, match="99"):
        check_format(connection, shop.tables)
