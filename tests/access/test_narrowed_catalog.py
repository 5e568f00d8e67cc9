"""The configuration that screens and REST are made of names to nobody what they may not read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest

from runtime.identity.users import Users
from runtime.model.catalog import Catalog, Expression, Field
from tests.access.office import PACK as OFFICE
from tests.access.office import Office, opened
from tests.support.crm import App

PACK = (
    OFFICE.replace(
        "  title: name\n  search: [name, secret]", '  title: "{name} {secret}"\n  search: [secret, name]'
    )
    + """
schemas/layouts/accounts.yaml:
  card:
    header: [name, secret]
    tabs:
      overview:
        main: {fields: [name, secret]}
        dear: {related: deals, where: cost > 100, columns: [name]}
        deals: {related: deals, columns: [name, cost], sort: [-cost, name]}
  create: [name, secret]
  quick_view: [name, secret]
  list: [name, secret]
schemas/filters/deals.yaml:
  all: {columns: [name, cost], sort: [-cost, name], quick: [stage, cost]}
  dear: {where: cost > 100, columns: [name]}
schemas/menu.yaml:
  sales: {label: For sellers, items: [deals, accounts, {filter: deals.dear}]}
  help: {label: For helpers, items: [accounts], profiles: [support]}
"""
)
HIDDEN = {"cost", "margin", "secret", "price"}
"""The fields that sellers may not read, by their names alone."""


@pytest.fixture
def office(crm: Callable[..., App]) -> Office:
    return opened(crm, PACK)


def named(part: object) -> Iterator[str]:
    """The names of fields in a part of a configuration; what computes them is their own."""
    if isinstance(part, Field):
        yield part.key
    elif isinstance(part, Expression):
        yield from re.findall(r"\w+", part.text)
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from named(each)
    elif isinstance(part, tuple):
        for each in part:
            yield from named(each)
    elif is_dataclass(part):
        for each in fields(part):
            yield from named(getattr(part, each.name))


def parts(catalog: Catalog) -> dict[str, object]:
    """The parts in which fields are named."""
    accounts, layout = catalog.modules["accounts"], catalog.layouts["accounts"]
    blocks = tuple(block for tab in layout.tabs for block in tab.blocks)
    listed = catalog.filters["deals"]
    return {
        "fields": accounts.fields,
        "title": accounts.title,
        "search": accounts.search,
        "header": layout.header,
        "create": layout.create,
        "quick view": layout.quick_view,
        "list": layout.list,
        "fields of a block": tuple(block.fields for block in blocks),
        "columns of a block": tuple(block.columns_shown for block in blocks),
        "conditions of blocks": tuple(block.where for block in blocks),
        "order of a block": tuple(block.sort for block in blocks),
        "columns of filters": tuple(each.columns for each in listed.values()),
        "quick filters": tuple(each.quick for each in listed.values()),
        "order of filters": tuple(each.sort for each in listed.values()),
        "conditions of filters": tuple(each.where for each in listed.values()),
    }


def test_no_part_of_it_names_a_field_that_is_hidden(office: Office) -> None:
    live = office.app.site.live
    with office.app.site.database.read() as connection:
        user = Users(live.tables).by_id(connection, office.ids["sam"])
    assert user is not None
    whole, seen = parts(live.catalog), parts(live.seen_by(live.actor_of(user, "form")).catalog)
    for name, part in whole.items():
        assert HIDDEN & set(named(part)), f"the {name} should name a hidden field"
        assert not HIDDEN & set(named(seen[name])), f"the {name}: {sorted(set(named(seen[name])))}"


def test_the_menu_leads_nobody_to_what_a_hidden_field_finds_or_to_the_menu_of_others(office: Office) -> None:
    for name, dear, helpers in (("sam", False, False), ("hal", True, True)):
        menu = office.browser(name).get("/app").text
        assert "For sellers" in menu
        assert ("filter=dear" in menu) is dear, name
        assert ("For helpers" in menu) is helpers, name
