"""Physical names: given once, kept for ever, and never two alike."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.storage.names import LONGEST, Names, name_all, shortened
from tests.unit.storage.shop import MODULES, STAGES, TYPES
from tests.unit.storage.small import make_catalog


def names_of(modules, before=None):
    return name_all(make_catalog(modules, {"stages": STAGES}), TYPES, before)


def test_a_table_is_called_as_its_module_and_a_column_as_its_field():
    names = names_of(MODULES)
    assert names.table("deals") == "deals"
    assert names.column("deals", "amount") == "amount"
    assert names.column("deals", "amount", "currency") == "amount__currency"
    assert names.link("deals", "contacts") == "deals__contacts"
    assert names.searches["deals"] == "deals__search"


def test_names_survive_json_and_a_module_and_a_field_that_are_gone():
    before = Names.from_json(names_of(MODULES).to_json())
    assert before == names_of(MODULES)
    after = names_of({"deals": {"fields": {"title": {"type": "text"}}}}, before)
    assert after.column("deals", "amount") == "amount"
    assert after.table("contacts") == "contacts"
    assert names_of(MODULES, after) == names_of(
        MODULES, names_of({"deals": {"fields": {"title": {"type": "text"}}}}, before)
    )


def test_a_name_that_is_taken_gets_another():
    fields = {
        key: {"type": "text"}
        for key in ("search_text", "xmin", "oid", "order", "amount__currency", "amount_currency")
    }
    names = names_of(
        {"trellis_x": {"fields": fields}, "pg_x": {"fields": fields}, "m_pg_x": {"fields": fields}}
    )
    assert names.table("trellis_x") == "m_trellis_x"
    assert {names.table("pg_x"), names.table("m_pg_x")} == {"m_pg_x", "m_pg_x_2"}
    columns = [names.column("pg_x", key) for key in fields]
    assert columns == ["search_text_2", "xmin_2", "oid_2", "order", "amount_currency", "amount_currency_2"]


def test_what_stands_beside_a_table_is_not_taken_for_an_engine_s_own():
    names = names_of({key: {"fields": {"a": {"type": "text"}}} for key in ("pg", "sqlite", "trellis")})
    assert list(names.searches.values())[-3:] == ["m_pg__search", "m_sqlite__search", "m_trellis__search"]


def test_a_long_name_is_cut_and_two_long_ones_stay_apart():
    module, one, two = "m" * 48, "f" * 47 + "a", "f" * 47 + "b"
    link = {"type": "relations", "module": "users"}
    names = names_of({module: {"title": "name", "fields": {"name": {"type": "text"}, one: link, two: link}}})
    assert len(names.link(module, one)) == len(names.link(module, two)) == LONGEST
    assert names.link(module, one) != names.link(module, two)


keys = st.from_regex(r"[a-z][a-z0-9_]{0,47}", fullmatch=True)


@given(st.lists(keys, unique=True, max_size=6), st.lists(keys, unique=True, max_size=6))
def test_no_two_things_ever_have_one_name(modules, fields):
    spec = {"name": {"type": "text"}} | {key: {"type": "money"} for key in fields}
    links = {"linked": {"type": "relations", "module": "users"}}
    names = names_of({key: {"title": "name", "fields": spec | links} for key in modules})
    tables = [*names.tables.values(), *names.links.values(), *names.searches.values()]
    assert len(set(tables)) == len(tables)
    assert not any(name.startswith(("trellis_", "sqlite_", "pg_")) for name in tables)
    for module in modules:
        columns = [name for (owner, _), name in names.columns.items() if owner == module]
        columns += [names.column(module, key, "currency") for key in fields]
        assert len(set(columns)) == len(columns)
    assert all(len(name) <= LONGEST for name in (*tables, *names.columns.values()))


def test_a_cut_name_keeps_its_beginning():
    assert shortened("x" * 63) == "x" * 63
    assert shortened("x" * 64).startswith("x" * 54 + "_")
