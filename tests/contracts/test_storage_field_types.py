"""Every field type there is can be stored, read back, sorted, paged, grouped and found, on both databases."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from runtime.fields.base import Match
from runtime.model.values import Link, Pointer, Ref
from runtime.storage.database import Database
from runtime.storage.query import Aggregate
from tests.support.databases import Databases
from tests.unit.storage.shop import NOW, TYPES, Shop, moment, open_shop

ANY_RECORD = {"title": "name", "fields": {"name": {"type": "text"}}}


def storable(name: str) -> list[tuple[Mapping[str, Any], list[Any]]]:
    """A type's settings as its examples have them, with the canonical values that are stored under each."""
    found: list[tuple[Mapping[str, Any], list[Any]]] = []
    for example in TYPES[name].examples:
        value = example.value
        parts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(part, Match) for part in parts):
            continue  # not yet a value: the writer finds the record first
        values = next((values for settings, values in found if settings == example.settings), None)
        if values is None:
            values = []
            found.append((example.settings, values))
        if value not in values:
            values.append(value)
    return found


EVERY = sorted(TYPES)
SORTABLE = [name for name in EVERY if TYPES[name].sortable]
SINGLE = [
    name for name in EVERY if not TYPES[name].linked and not TYPES[name].hidden and name != "any_relation"
]
MODULES: Mapping[str, Any] = dict.fromkeys(("accounts", "contacts"), ANY_RECORD) | {
    f"{name}_{number}": {
        "title": "name",
        "fields": {"name": {"type": "text"}, "value": {"type": name, **settings}},
    }
    for name in EVERY
    for number, (settings, _) in enumerate(storable(name))
}
"""A module for each type and each of the settings that its examples have."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def whole_shop(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Shop]:
    with databases.fresh(request.param) as url, closing(Database.open(url, pool=2)) as database:
        yield open_shop(database, MODULES)


@pytest.fixture
def shop(whole_shop: Shop, field_type: str) -> Shop:
    """The shop, with no record of this type's modules."""
    with whole_shop.database.write() as tx:
        for number, _ in enumerate(storable(field_type)):
            module = f"{field_type}_{number}"
            for name in ("link", "module") if TYPES[field_type].linked else ("module",):
                kept = whole_shop.tables
                table = kept.link(module, "value") if name == "link" else kept.module(module).table
                tx.connection.execute(table.delete())
    return whole_shop


def fill(shop: Shop, module: str, values: list[Any]) -> list[int]:
    """A record for each value. The records that relations point at are made first, with the ids they ask
    for.
    """
    field = shop.catalog.modules[module].fields["value"]
    if field.targets:
        wanted = {id_ for value in values for id_ in _ids(value)}
        with shop.database.read() as connection:
            wanted -= shop.loader.existing(connection, field.targets[0], wanted)
        shop.add(field.targets[0], *({"id": id_, "name": f"record {id_}"} for id_ in wanted))
    for value in values:
        if isinstance(value, Pointer):
            with shop.database.read() as connection:
                known = shop.loader.existing(connection, value.module, [value.id])
            if not known:
                shop.add(value.module, {"id": value.id, "name": f"record {value.id}"})
    linked = TYPES[field.type].linked
    stored = [tuple(_ids(value)) if linked else value for value in values]
    with shop.database.write() as tx:
        tx.allocate_ids(1000)
    return shop.add(module, *({"name": f"{n}", "value": value} for n, value in enumerate(stored)))


def _ids(value: Any) -> list[int]:
    parts = value if isinstance(value, tuple) else (value,)
    return [part.id if isinstance(part, Link) else part for part in parts if part is not None]


def as_read(shop: Shop, module: str, value: Any) -> Any:
    if isinstance(value, Pointer):
        return Ref(value.module, value.id, f"record {value.id}")
    field = shop.catalog.modules[module].fields["value"]
    refs = tuple(Ref(field.targets[0], id_, f"record {id_}") for id_ in _ids(value)) if field.targets else ()
    if TYPES[field.type].linked:
        return refs
    return (refs[0] if refs else None) if field.targets else value


@pytest.mark.parametrize("field_type", EVERY)
def test_a_value_is_read_as_it_was_stored(shop, field_type):
    for number, (_, values) in enumerate(storable(field_type)):
        module = f"{field_type}_{number}"
        ids = fill(shop, module, values)
        page = shop.page(module, "value", sort="id", limit=1000)
        assert [row.values[0] for row in page.rows] == [as_read(shop, module, value) for value in values]
        with shop.database.read() as connection:
            loaded = shop.loader.load(connection, module, ids, ("value",))
        if TYPES[field_type].linked:
            assert [_ids(loaded[id_]["value"]) for id_ in ids] == [_ids(value) for value in values]
        else:
            assert [loaded[id_]["value"] for id_ in ids] == values


@pytest.mark.parametrize("field_type", SORTABLE)
def test_a_list_is_sorted_and_paged_by_it_both_ways_empties_last(shop, field_type):
    for number, (_, values) in enumerate(storable(field_type)):
        module = f"{field_type}_{number}"
        fill(shop, module, [*values, None])
        for sort in ("value", "-value", "value -name"):
            whole = shop.page(module, "value", sort=sort, limit=1000)
            assert whole.rows[-1].values[0] in (None, ())
            seen, after = [], None
            while True:
                page = shop.page(module, "value", sort=sort, limit=1, after=after)
                seen.extend(page.rows)
                after = page.next
                if after is None:
                    break
            assert seen == list(whole.rows)


@pytest.mark.parametrize("field_type", SINGLE)
def test_records_are_grouped_by_it_each_value_once(shop, field_type):
    for number, (_, values) in enumerate(storable(field_type)):
        module = f"{field_type}_{number}"
        fill(shop, module, values * 2 if not shop.catalog.modules[module].fields["value"].targets else values)
        with shop.database.read() as connection:
            by = shop.paths(module, "value")
            groups = shop.reader.group(connection, shop.query(module), by, [Aggregate("count")], moment())
        keys = [group.key[0] for group in groups]
        assert len(keys) == len(values)
        assert all(as_read(shop, module, value) in keys for value in values)


@pytest.mark.parametrize("field_type", EVERY)
def test_a_record_is_found_by_its_being_empty_or_not(shop, field_type):
    for number, (_, values) in enumerate(storable(field_type)):
        module = f"{field_type}_{number}"
        fill(shop, module, values)
        empty = [value for value in values if value is None or value == ()]
        found = shop.page(module, "value", "is_empty(value)", limit=1000)
        others = shop.page(module, "value", "not is_empty(value)", limit=1000)
        assert (len(found.rows), len(others.rows)) == (len(empty), len(values) - len(empty))


@pytest.mark.parametrize("field_type", EVERY)
def test_a_deleted_record_keeps_its_value(shop, field_type):
    _, values = storable(field_type)[0]
    fill(shop, f"{field_type}_0", values)
    table = shop.tables.module(f"{field_type}_0").table
    with shop.database.write() as tx:
        tx.connection.execute(table.update().values(deleted_at=NOW))
    assert shop.names(f"{field_type}_0") == []
    kept = shop.page(f"{field_type}_0", "value", sort="id", deleted="only", limit=1000)
    assert [row.values[0] for row in kept.rows] == [
        as_read(shop, f"{field_type}_0", value) for value in values
    ]
