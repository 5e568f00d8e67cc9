"""Where-used: every name of a configuration is found, at its place, with what is done to the thing."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from runtime.expressions.references import references
from runtime.language.where_used import kind_of, where_used
from runtime.model.catalog import Expression, Field, Path
from runtime.model.uses import Thing, Use, Uses
from tests.support.packs import house, load_texts

FILES = {
    "pack.yaml": "title: Acme\nversion: 1.0.0\nlanguages: [en, fi]\nconstants: {vat: 25.5}\n",
    "schemas/modules/deals.yaml": """\
title: name
search: [name, account.name]
fields:
  name: {type: text, required: true}
  account: {type: relation, module: accounts, inverse: deals}
  stage: {type: picklist, picklist: deal_stages, default: open}
  amount: {type: money}
  tax: {type: money, default: =amount * const.vat / 100}
  close_date: {type: date, required: "=stage.kind == 'won'"}
  late: {type: boolean, formula: close_date < today()}
  double: {type: money, formula: amount * 2}
rules:
  paid: {when: stage == 'won' and account.industry != 'x', require: [amount]}
checks:
  positive: {check: round(amount) >= 0, message: No., location: amount}
indexes: [[stage, close_date]]
unique: [[name, account]]
""",
    "formulas/deals.yaml": """\
amount_of_stage:
  field: amount
  run: [create, stage]
  when: is_empty(amount)
  value: >-
    if_(stage == 'lost', 0,
    amount)
""",
    "schemas/filters/deals.yaml": """\
open:
  where: exists(account.contacts, name != '') and stage.kind == 'open' and not late
  columns: [name, account.industry, amount]
  sort: [-amount]
  quick: [stage]
""",
    "schemas/layouts/deals.yaml": "card: {process: stage, header: [amount]}\nlist: [name, amount]\n",
    "schemas/layouts/accounts.yaml": "card: {tabs: {main: {all: {related: deals, columns: [amount]}}}}\n",
    "schemas/menu.yaml": "sales: {items: [deals, {filter: deals.open}]}\n",
    "schemas/access/profiles/sales.yaml": "modules: {deals: {read: true}}\n"
    "fields: {deals.amount: {read: true}}\n",
    "translations/fi.yaml": "modules: {deals: {fields: {amount: {label: Summa}}}}\n",
    "data/deals.yaml": "one: {name: One, stage: won}\ntwo: {name: Two}\n",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    found = load_texts(tmp_path_factory.mktemp("pack"), FILES)
    assert found.catalog is not None, found.diagnostics
    return found


@pytest.fixture(scope="module")
def uses(loaded) -> Uses:
    return where_used(loaded.catalog, loaded.mentions, house().language.functions)


def told(uses: Uses, name: str) -> list[str]:
    """What uses the one thing of a name: what it does, its line, its place, and what is written there."""
    (thing,) = uses.called(name)
    return [" ".join((use.does, place(use), use.kind, use.path, "|", written(use))) for use in uses.of(thing)]


def place(use: Use) -> str:
    """The file and line."""
    assert use.origin is not None
    return f"{use.origin.span.file}:{use.origin.span.line}"


def written(use: Use) -> str:
    """The text at the exact place."""
    assert use.origin is not None
    span = use.origin.span
    line = FILES[span.file].splitlines()[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]


def test_a_field_is_found_wherever_it_is_read_written_shown_and_bound(uses):
    assert told(uses, "deals.amount") == [
        "writes formulas/deals.yaml:2 formula formulas.deals.amount_of_stage.field | amount",
        "reads formulas/deals.yaml:4 formula formulas.deals.amount_of_stage.when | amount",
        "reads formulas/deals.yaml:7 formula formulas.deals.amount_of_stage.value | amount",
        "reads schemas/filters/deals.yaml:4 filter filters.deals.open.sort.0 | amount",
        "reads schemas/modules/deals.yaml:8 default modules.deals.fields.tax.default | amount",
        "reads schemas/modules/deals.yaml:11 computed modules.deals.fields.double.formula | amount",
        "reads schemas/modules/deals.yaml:15 check modules.deals.checks.positive.check | amount",
        "shows schemas/filters/deals.yaml:3 filter filters.deals.open.columns.2 | amount",
        "shows schemas/layouts/accounts.yaml:1 layout layouts.accounts.card.tabs.main.all.columns.0 | amount",
        "shows schemas/layouts/deals.yaml:1 layout layouts.deals.card.header.0 | amount",
        "shows schemas/layouts/deals.yaml:2 layout layouts.deals.list.1 | amount",
        "binds schemas/access/profiles/sales.yaml:2 rights profiles.sales.fields.deals.amount | deals.amount",
        "binds schemas/modules/deals.yaml:13 rule modules.deals.rules.paid.require.0 | amount",
        "binds schemas/modules/deals.yaml:15 check modules.deals.checks.positive.location | amount",
        "names translations/fi.yaml:1 translation translations.fi.modules.deals.fields.amount.label | Summa",
    ]


def test_a_relation_is_used_where_a_path_walks_it_and_where_its_other_side_is_shown(uses):
    found = told(uses, "deals.account")
    assert "reads schemas/modules/deals.yaml:2 search modules.deals.search.1 | account" in found
    assert "reads schemas/modules/deals.yaml:13 rule modules.deals.rules.paid.when | account" in found
    assert (
        "reads schemas/layouts/accounts.yaml:1 layout layouts.accounts.card.tabs.main.all.related | deals"
        in found
    )
    assert "binds schemas/modules/deals.yaml:17 unique modules.deals.unique.0 | account" in found
    assert not [use for use in found if use.startswith("shows")]


def test_a_virtual_field_is_used_where_it_is_named_though_its_tree_stands_there(uses):
    formula = "schemas/modules/deals.yaml:10 computed modules.deals.fields.late.formula"
    assert told(uses, "deals.late") == [
        f"writes {formula} | close_date < today()",
        "reads schemas/filters/deals.yaml:2 filter filters.deals.open.where | late",
    ]


def test_the_records_an_aggregate_looks_over_are_used_through_their_relation(uses):
    place = "reads schemas/filters/deals.yaml:2 filter filters.deals.open.where | contacts"
    assert told(uses, "contacts.account") == [place]
    assert place in told(uses, "contacts")


def test_a_value_a_picklist_a_constant_a_function_and_a_filter_are_found(uses):
    won = told(uses, "deal_stages.won")
    assert "reads schemas/modules/deals.yaml:13 rule modules.deals.rules.paid.when | 'won'" in won
    assert "names data/deals.yaml:1 data data.deals.one.stage | won" in won
    assert (
        "reads schemas/modules/deals.yaml:9 condition modules.deals.fields.close_date.required | stage.kind"
        in won
    )
    picklist = told(uses, "deal_stages")
    assert (
        "names schemas/modules/deals.yaml:6 field modules.deals.fields.stage.picklist | deal_stages"
        in picklist
    )
    assert "reads schemas/filters/deals.yaml:2 filter filters.deals.open.where | kind" in picklist
    assert told(uses, "const.vat") == [
        "reads schemas/modules/deals.yaml:8 default modules.deals.fields.tax.default | const.vat"
    ]
    assert told(uses, "round()") == [
        "reads schemas/modules/deals.yaml:15 check modules.deals.checks.positive.check | round"
    ]
    assert told(uses, "deals.open") == [
        "shows schemas/menu.yaml:1 menu menu.sales.items.1.filter | deals.open"
    ]


def test_a_name_that_is_nearly_right_is_suggested(uses):
    assert uses.called("deals.amonut") == ()
    assert uses.near("deals.amonut") == "deals.amount"
    assert uses.near("xyzzy" * 100) is None


def test_every_reference_of_the_catalog_is_among_the_uses(loaded, uses):
    assert set(_named(loaded.catalog)) <= {thing for thing in _things(loaded) if uses.of(thing)}, (
        "Something that the catalog names is found nowhere: the resolver did not mention it."
    )


def test_every_reference_of_the_standard_pack_is_among_the_uses():
    from runtime.language.packs import standard_folder
    from tests.support.packs import load_pack

    folder = standard_folder()
    assert folder is not None
    loaded = load_pack(folder)
    assert loaded.catalog is not None
    uses = where_used(loaded.catalog, loaded.mentions, house().language.functions)
    written = [
        each
        for each in _expressions(loaded.catalog)
        if each.text.split()[0] in loaded.sources[each.span.file]  # a type's own conditions are in no file
    ]
    assert written
    for expression in written:
        for module, field in references(expression.written).fields:
            spans = {use.origin.span for use in uses.of(Thing("field", f"{module}.{field}")) if use.origin}
            assert any(
                span.file == expression.span.file
                and expression.span.line <= span.line <= expression.span.end_line
                for span in spans
            ), (expression.text, module, field)


def test_every_place_that_names_something_has_a_word_for_people(loaded):
    from runtime.web.admin.uses import KINDS

    assert {kind_of(mention.path) for mention in loaded.mentions} <= KINDS.keys()


def _things(loaded: Any) -> set[Thing]:
    return {
        Thing("field", f"{module.key}.{field.key}")
        for module in loaded.catalog.modules.values()
        for field in module.all_fields()
    }


def _named(catalog: Any) -> Iterator[Thing]:
    """The fields that expressions of a catalog read, whatever holds them."""
    for expression in _expressions(catalog):
        for module, field in references(expression.tree).fields:
            if not catalog.modules[module].system:
                yield Thing("field", f"{module}.{field}")


def _expressions(value: Any, seen: set[int] | None = None) -> Iterator[Expression]:
    """Every expression that is anywhere in a catalog."""
    seen = set() if seen is None else seen
    if id(value) in seen or isinstance(value, str | bytes | int | Path | Field):
        return
    seen.add(id(value))
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _expressions(each, seen)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _expressions(each, seen)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from _expressions(getattr(value, each.name), seen)
