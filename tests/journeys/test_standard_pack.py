"""The standard pack: sound, English and Finnish throughout, and filled by the demo so that every screen has
something to show.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.base.clock import FrozenClock
from runtime.language.packs import STANDARD, standard_folder
from runtime.model.catalog import Block, Catalog
from runtime.model.label import Label
from runtime.sites.demo import extent
from tests.support.crm import App, open_app
from tests.support.demo import fill
from tests.support.packs import load_pack

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
RECORDS = 150
BOSS = "boss@example.com"
SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


def pack() -> Path:
    folder = standard_folder()
    assert folder is not None
    return folder


def labels(catalog: Catalog) -> Iterator[tuple[str, Label]]:
    """Every label of the pack with what it names."""
    yield "title", catalog.title
    for module in catalog.modules.values():
        if module.origin.layer == STANDARD:
            yield module.key, module.label
            yield f"{module.key} (plural)", module.plural
            for field in module.fields.values():
                yield f"{module.key}.{field.key}", field.label
                if field.help is not None:
                    yield f"{module.key}.{field.key} (help)", field.help
                for key, attribute in field.settings.get("link", {}).items():
                    yield f"{module.key}.{field.key}.{key}", attribute.label
            for collection in module.collections.values():
                yield f"{module.key}.{collection.key}", collection.label
    for picklist in catalog.picklists.values():
        if picklist.origin.layer == STANDARD:
            yield picklist.key, picklist.label
            for value in picklist.values.values():
                yield f"{picklist.key}.{value.key}", value.label
    for filters in catalog.filters.values():
        for found in filters.values():
            if found.origin.layer == STANDARD:
                yield f"filters {found.module}.{found.key}", found.label
    for group in catalog.menu:
        yield f"menu {group.key}", group.label
        for item in group.items:
            yield f"menu {group.key}.{item.module}.{item.filter}", item.label
    for layout in catalog.layouts.values():
        if layout.origin.layer == STANDARD:
            for tab in layout.tabs:
                yield f"{layout.module} tab {tab.key}", tab.label
            for block in _blocks(catalog, layout.module):
                yield f"{layout.module} block {block.key}", block.label


def _blocks(catalog: Catalog, module: str) -> list[Block]:
    layout = catalog.layouts[module]
    return [block for tab in layout.tabs for block in tab.blocks] + list(layout.side)


def test_the_standard_pack_has_no_diagnostic():
    loaded = load_pack(pack())
    assert loaded.diagnostics == ()
    assert loaded.catalog is not None


def test_every_label_is_in_english_and_in_finnish():
    catalog = load_pack(pack()).catalog
    assert catalog is not None
    missing = [name for name, label in labels(catalog) if not label.texts.get("fi") or not str(label)]
    assert not missing


def test_every_module_that_is_no_row_has_a_layout_and_filters_of_its_own():
    catalog = load_pack(pack()).catalog
    assert catalog is not None
    folder = pack() / "schemas"
    for module in catalog.modules.values():
        if module.origin.layer == STANDARD and module.parent is None:
            assert (folder / "layouts" / f"{module.key}.yaml").is_file()
            assert (folder / "filters" / f"{module.key}.yaml").is_file()


@pytest.fixture
def demo(crm) -> App:
    app: App = crm(pack=pack(), clock=FrozenClock(NOON))
    fill(app.site, RECORDS)
    return app


def contents(app: App) -> dict[str, list[tuple[object, ...]]]:
    """Every record of the pack's modules, as it is stored."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with app.site.database.read() as connection:
        for module in app.site.live.catalog.modules.values():
            if module.origin.layer == STANDARD:
                table = app.site.live.tables.module(module.key).table
                rows = connection.execute(table.select().order_by(table.c.id)).all()
                found[module.key] = [tuple(row) for row in rows]
    return found


@SQLITE
def test_two_demos_of_one_day_are_alike(demo, tmp_path):
    from contextlib import ExitStack

    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/again.db"
        other = open_app(stack, url, tmp_path, pack(), FrozenClock(NOON.replace(hour=15)))
        fill(other.site, RECORDS)
        assert contents(other) == contents(demo)


def test_the_demo_fills_every_module_and_every_screen_of_it_opens(demo):
    browser = demo.sign_in(BOSS)
    catalog = demo.site.live.catalog
    for key, rows in contents(demo).items():
        assert rows, f"{key} is empty"
        module = catalog.modules[key]
        if module.parent is not None:
            continue
        pages = [f"/app/{key}", f"/app/{key}/new", f"/app/{key}/bin"]
        pages += [f"/app/{key}?filter={name}" for name in catalog.filters[key]]
        card = f"/app/{key}/{rows[0][0]}"
        pages += [card, f"{card}/edit", f"{card}/delete"]
        pages += [f"{card}?tab={tab.key}" for tab in catalog.layouts[key].tabs if tab.when is None]
        for address in pages:
            assert browser.get(address).status == 200, address


@SQLITE
def test_a_tree_shows_who_is_above_and_below(demo):
    program, browser = demo.program(BOSS), demo.sign_in(BOSS)
    ids: dict[str, int] = {}
    for name, parent in (("Group", None), ("North", "Group"), ("South", "Group"), ("Far north", "North")):
        values = {"name": name, "parent": ids.get(parent or "")}
        ids[name] = program("POST", "/accounts", json=values).json()["data"]["id"]
    page = browser.get(f"/app/accounts/{ids['North']}?tab=group")
    tree = page.text.partition('<ul class="tree">')[2]
    names = re.findall(r"(?:<strong[^>]*>|<a [^>]*>)(\w[\w ]*)<", tree.partition("</section>")[0])
    assert names == ["Group", "North", "Far north", "South"]
    program("PATCH", f"/accounts/{ids['Group']}", json={"parent": ids["Far north"]})
    assert browser.get(f"/app/accounts/{ids['North']}?tab=group").status == 200


@SQLITE
def test_a_pipeline_of_two_years_fits_its_dates(demo):
    program = demo.program(BOSS)
    stages: dict[str, list[str]] = {}
    for record in program("GET", "/potentials?limit=1000").json()["data"]:
        stages.setdefault(record["stage"], []).append(record["close_date"])
    today = NOON.date().isoformat()
    assert max(stages["won"] + stages["lost"]) <= today
    assert min(stages["won"] + stages["lost"]) < "2025-03-04"
    open_ones = [
        day
        for stage in ("prospecting", "qualified", "proposal", "negotiation")
        for day in stages.get(stage, [])
    ]
    assert max(open_ones) > today
    where = "where=start > now()"
    assert program("GET", f"/activities?{where}&limit=1").json()["data"]
    assert program("GET", "/invoices?where=status == 'paid' and paid_on > today()").json()["data"] == []


@pytest.mark.parametrize("records", [1, 500, 2000, 9_999])
def test_the_number_asked_for_is_that_of_all_records(records):
    assert extent(records).potentials < max(records, 240) / 8


def test_from_ten_thousand_on_it_is_that_of_potentials():
    assert extent(100_000).potentials == 100_000
