"""Sound packs give a catalog and nothing to say; what they leave out has its default."""

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.language.report import as_text
from runtime.model.catalog import Catalog
from runtime.model.values import Money
from tests.support.packs import load_pack, read_case, write_pack

VALID = Path(__file__).parent / "valid"


def catalog_of(name: str, folder: Path) -> Catalog:
    loaded = load_pack(write_pack(folder / "pack", read_case(VALID / f"{name}.yaml").files))
    assert loaded.catalog is not None, as_text(loaded.diagnostics, loaded.sources)
    assert loaded.diagnostics == (), as_text(loaded.diagnostics, loaded.sources)
    return loaded.catalog


@pytest.mark.parametrize("path", sorted(VALID.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_sound_pack_is_loaded_without_a_word(path: Path, tmp_path: Path):
    catalog_of(path.stem, tmp_path)


@pytest.mark.parametrize("pack", [".", "examples/northwind"])
def test_the_packs_of_the_repository_are_sound(pack: str):
    loaded = load_pack(Path(__file__).parents[2] / pack)
    assert loaded.diagnostics == (), as_text(loaded.diagnostics, loaded.sources)


def texts(paths) -> list[str]:
    return [path.text for path in paths]


def test_what_a_tiny_pack_leaves_out_has_a_default(tmp_path: Path):
    catalog = catalog_of("tiny", tmp_path)
    module = catalog.modules["notes"]
    layout = catalog.layouts["notes"]

    assert (catalog.currency, catalog.timezone, catalog.languages) == ("EUR", "UTC", ("en",))
    assert [key for key, one in catalog.modules.items() if not one.system] == ["notes"]
    assert texts(path for _, path in module.title.parts) == ["name"]
    assert texts(module.search) == ["name"]
    assert str(module.label) == "Notes"
    assert texts(layout.list) == texts(layout.create) == texts(layout.quick_view) == ["name"]
    assert [(tab.key, [block.key for block in tab.blocks]) for tab in layout.tabs] == [
        ("overview", ["fields"]),
        ("history", ["change_log"]),
    ]
    assert list(catalog.filters["notes"]) == ["all"]
    assert [(item.module, item.filter) for item in catalog.menu[0].items] == [("notes", None)]
    assert list(module.record_fields) == [
        "id", "number", "owner", "created_at", "created_by", "updated_at", "updated_by", "version",
        "archived_at", "deleted_at",
    ]  # fmt: skip
    assert module.record_fields["owner"].targets == ("users", "groups")


def test_everything_that_is_written_arrives(tmp_path: Path):
    catalog = catalog_of("everything", tmp_path)
    deals, lines = catalog.modules["deals"], catalog.modules["deal_lines"]

    assert (lines.parent, lines.parent_key) == ("deals", "lines")
    assert lines.record_fields["parent"].targets == ("deals",)
    assert lines.record_fields["parent"].settings["on_delete"] == "cascade"
    assert "position" in lines.record_fields
    assert [(one.key, one.kind, one.target, one.via) for one in deals.collections.values()] == [
        ("lines", "rows", "deal_lines", "parent"),
        ("people", "links", "people", "people"),
    ]
    assert {one.key: one.kind for one in catalog.modules["people"].collections.values()} == {
        "staff": "inverse",
        "customers": "inverse",
        "deals": "linked",
    }
    assert deals.fields["people"].settings["link"]["role"].default == "buyer"
    assert deals.fields["amount"].default == Money(Decimal("10.00"), "EUR")
    assert deals.fields["tags_of"].default == ("open", "won")
    assert deals.indexes == (("stage", "closes_on"),)
    assert deals.numbering is not None
    assert deals.numbering.gapless
    stages = catalog.picklists["stages"]
    assert str(stages.attribute_types["probability"]) == "decimal"
    assert stages.values["lost"].attributes["probability"] is None
    assert catalog.currencies == ("EUR", "USD", "JPY")
    title = catalog.modules["people"].title
    assert [(text, path.text) for text, path in title.parts] == [
        ("", "first_name"), (" ", "last_name"), (" (", "company.name"),
    ]  # fmt: skip
    assert title.tail == ")"


def test_a_layout_arrives_with_its_paths_and_conditions(tmp_path: Path):
    layout = catalog_of("everything", tmp_path).layouts["deals"]
    main, more, rows = layout.tabs[0].blocks

    assert layout.process is not None
    assert layout.process.key == "stage"
    assert texts(layout.header) == ["company", "amount", "owner", "stage.kind"]
    assert layout.header[-1].attribute == "kind"
    assert [field.key for field in main.fields[2].hops] == ["company"]
    assert more.collapsed
    assert more.when is not None
    assert (rows.kind, rows.collection, texts(rows.columns_shown)) == (
        "rows",
        "lines",
        ["deal_item", "price"],
    )
    people = layout.tabs[1].blocks[0]
    assert texts(people.columns_shown) == ["last_name", "email", "link.role", "link.since"]
    assert [(key.path.text, key.descending) for key in people.sort] == [
        ("last_name", False),
        ("created_at", True),
    ]


def test_translations_lie_over_the_labels(tmp_path: Path):
    catalog = catalog_of("everything", tmp_path)
    finnish = {
        "modules.people": catalog.modules["people"].label,
        "plural": catalog.modules["people"].plural,
        "field": catalog.modules["people"].fields["last_name"].label,
        "inverse": catalog.modules["companies"].collections["deals"].label,
        "rows": catalog.modules["deals"].collections["lines"].label,
        "value": catalog.picklists["stages"].values["won"].label,
        "tab": catalog.layouts["deals"].tabs[1].label,
        "block": catalog.layouts["deals"].tabs[0].blocks[0].label,
        "filter": catalog.filters["deals"]["all"].label,
        "menu": catalog.menu[0].label,
        "role": catalog.roles["ceo"].label,
        "owner": catalog.modules["deals"].record_fields["owner"].label,
        "users": catalog.modules["users"].plural,
    }
    assert {name: label.in_language("fi") for name, label in finnish.items()} == {
        "modules.people": "Henkilö",
        "plural": "Henkilöt",
        "field": "Sukunimi",
        "inverse": "Kaupat",
        "rows": "Rivit",
        "value": "Voitettu",
        "tab": "Ihmiset",
        "block": "Tiedot",
        "filter": "Kaikki kaupat",
        "menu": "Myynti",
        "role": "Toimitusjohtaja",
        "owner": "Vastuuhenkilö",
        "users": "Käyttäjät",
    }
    assert catalog.modules["people"].label.in_language("en") == "Person"


def test_layers_merge_key_by_key_and_remember_where_each_piece_is_from(tmp_path: Path):
    catalog = catalog_of("layered", tmp_path)
    deals = catalog.modules["deals"]

    assert list(deals.fields) == ["name", "stage", "closes_on", "amount", "size"]
    assert (str(deals.label), str(deals.plural)) == ("Deal", "Big deals")
    assert deals.label.in_language("sv") == "Affär"
    assert deals.fields["name"].settings["max"] == 120
    assert str(deals.fields["size"].label) == "Size"
    assert "min" not in deals.fields["size"].settings
    assert deals.fields["size"].default is None
    assert texts(catalog.layouts["deals"].list) == ["name", "stage", "closes_on", "amount"]
    assert list(catalog.picklists["stages"].values) == ["open", "lost", "won"]
    assert catalog.picklists["stages"].values["won"].color == "lime"
    assert catalog.currency == "USD"
    assert [layer.name for layer in catalog.layers] == ["system", "base", "pack"]
    assert deals.fields["amount"].origin.layer == "base"
    assert str(deals.fields["amount"].origin.span).startswith("base/schemas/modules/deals.yaml:4:")
    assert str(deals.fields["stage"].origin.span).startswith("schemas/modules/deals.yaml:3:")


def test_the_same_text_gives_the_same_hash_and_another_text_another(tmp_path: Path):
    first = catalog_of("tiny", tmp_path / "a")
    second = catalog_of("tiny", tmp_path / "b")
    other = catalog_of("layered", tmp_path / "c")
    assert first.hash == second.hash != other.hash
