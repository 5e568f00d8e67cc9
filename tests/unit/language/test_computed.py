"""Computed fields: when each is worked out, and in which order."""

from pathlib import Path

import pytest

from runtime.expressions.references import dependencies
from runtime.model.catalog import Catalog
from tests.support.crm import write_pack
from tests.support.packs import load_pack

PACK = """
    schemas/modules/accounts.yaml:
      fields:
        name: {type: text}
        above: {type: relation, module: accounts, inverse: below}
        cap: {type: money}
        sold: {type: money, formula: sum(deals.net)}
        rest: {type: money, formula: cap - sold}
        shout: {type: text, formula: upper(name)}
        of_group: {type: text, formula: above.shout}
        age: {type: duration, formula: today() - date(created_at)}
        is_old: {type: boolean, formula: age > days(10)}
    schemas/modules/deals.yaml:
      fields:
        account: {type: relation, module: accounts, inverse: deals}
        rate: {type: decimal}
        net: {type: money, formula: "sum(items.net) * rate"}
        share: {type: decimal, formula: net / account.sold}
        code: {type: text, formula: "concat('D', text(id))"}
        of_code: {type: text, formula: lower(code)}
        cheapest: {type: money, formula: "lookup(items, net > 0, net, net)"}
        first_of: {type: text, formula: "first(items.name, at_least)"}
        late: {type: boolean, formula: account.is_old}
      rows: {items: {module: items}}
    schemas/modules/items.yaml:
      fields:
        name: {type: text}
        price: {type: money}
        rate: {type: decimal}
        net: {type: money, formula: price * parent.rate}
        of_all: {type: decimal, formula: net / parent.net}
        at_least: {type: boolean, formula: price > 100}
        of_filled: {type: decimal, formula: rate * 2}
        of_filled_above: {type: decimal, formula: rate * parent.rate}
    formulas/items.yaml:
      rate: {field: rate, value: 2}
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return read(tmp_path, PACK)


def read(folder: Path, text: str) -> Catalog:
    loaded = load_pack(write_pack(folder / "pack", text))
    assert loaded.catalog is not None, [one.message for one in loaded.diagnostics]
    return loaded.catalog


def ways(catalog: Catalog) -> dict[str, str]:
    return {
        f"{module.key}.{field.key}": field.computed.way
        for module in catalog.modules.values()
        for field in module.fields.values()
        if field.computed is not None
    }


def test_a_field_is_worked_out_as_early_as_all_that_it_reads_is_known(catalog: Catalog):
    assert ways(catalog) == {
        "accounts.sold": "wide",  # over other records
        "accounts.rest": "wide",  # reads a wide one of its record
        "accounts.shout": "own",
        "accounts.of_group": "own",  # what another record holds
        "accounts.age": "virtual",
        "accounts.is_old": "virtual",
        "deals.net": "own",  # over its rows
        "deals.share": "own",
        "deals.code": "wide",  # the write gives the id
        "deals.of_code": "wide",
        "deals.cheapest": "wide",
        "deals.first_of": "own",
        "deals.late": "virtual",
        "items.net": "own",
        "items.of_all": "wide",  # its parent is worked out behind it
        "items.at_least": "own",
        "items.of_filled": "own",
        "items.of_filled_above": "own",
    }


def test_what_formulas_fill_in_the_parent_is_known_behind_the_rows(tmp_path: Path):
    text = PACK.replace("formulas/items.yaml:", "formulas/deals.yaml:")
    assert ways(read(tmp_path, text))["items.net"] == "wide"


def test_each_stored_field_comes_behind_those_it_reads(catalog: Catalog):
    order = list(catalog.computed)
    assert len(order) == len(set(order)) == 15
    place = {name: index for index, name in enumerate(order)}
    assert place["items", "net"] < place["deals", "net"] < place["accounts", "sold"]
    assert place["accounts", "sold"] < place["accounts", "rest"]
    assert place["accounts", "sold"] < place["deals", "share"]


def test_a_virtual_field_stands_with_its_own_tree_in_what_reads_it(catalog: Catalog):
    computed = catalog.modules["deals"].fields["late"].computed
    assert computed is not None
    found = dependencies(computed.expression.tree)
    assert {path.text for path in found.paths} == {"account", "account.created_at"}, "empty without one"
    assert found.clock


def test_nobody_writes_a_computed_field(catalog: Catalog):
    field = catalog.modules["accounts"].fields["sold"]
    assert field.readonly
    assert not field.mass_edit
