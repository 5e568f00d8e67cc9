"""Packs are found beside each other, in folders of packs, and with the program."""

from pathlib import Path

from runtime.language.packs import standard_folder
from tests.support.packs import SURROUNDING, load_pack, write_pack

BASE = {
    "pack.yaml": "title: Base\nversion: 1.0.0\n",
    "schemas/modules/notes.yaml": "fields: {name: {type: text}}\n",
}
ON_BASE = {**SURROUNDING, "pack.yaml": 'title: Acme\nrequires: {base: ">=1.0"}\n'}


def layers(pack: Path, *packs: Path) -> list[str]:
    loaded = load_pack(pack, packs)
    assert loaded.catalog is not None, loaded.diagnostics
    return [layer.name for layer in loaded.catalog.layers]


def test_a_pack_is_found_beside_in_packs_inside_and_where_one_says(tmp_path: Path):
    for number, place in enumerate(("base", "packs/base", "acme/packs/base", "elsewhere/base")):
        root = tmp_path / str(number)
        write_pack(root / place, BASE)
        acme = write_pack(root / "acme", ON_BASE)
        assert layers(acme, root / "elsewhere") == ["system", "base", "acme"]


def test_the_standard_pack_is_found_from_anywhere(tmp_path: Path):
    acme = write_pack(tmp_path / "acme", {"pack.yaml": 'title: Acme\nrequires: {standard: ">=1.0"}\n'})
    assert layers(acme) == ["system", "standard", "acme"]
    assert standard_folder() is not None


def test_a_pack_that_two_need_is_one_layer_below_both(tmp_path: Path):
    write_pack(tmp_path / "base", BASE)
    write_pack(tmp_path / "left", {"pack.yaml": 'title: Left\nrequires: {base: "*"}\n'})
    write_pack(tmp_path / "right", {"pack.yaml": 'title: Right\nrequires: {base: "*"}\n'})
    acme = write_pack(tmp_path / "acme", {"pack.yaml": 'title: Acme\nrequires: {left: "*", right: "*"}\n'})
    assert layers(acme) == ["system", "base", "left", "right", "acme"]


def test_the_texts_of_the_layers_load_to_the_same_catalog(tmp_path: Path):
    from runtime.language.load import load_sources
    from tests.support.packs import house

    write_pack(tmp_path / "base", BASE)
    first = load_pack(write_pack(tmp_path / "acme", ON_BASE))
    parts = house()
    again = load_sources(first.layers, types=parts.types, checks=parts.checks, language=parts.language)
    assert first.catalog is not None
    assert again.catalog is not None
    assert first.catalog.hash == again.catalog.hash
    assert [layer.layer.name for layer in first.layers] == ["base", "acme"]


def test_a_pack_is_not_taken_for_a_layer_that_is_in_no_folder(tmp_path: Path):
    for name in ("site", "system"):
        write_pack(tmp_path / "base", BASE)
        assert layers(write_pack(tmp_path / name, ON_BASE)) == ["system", "base", f"{name}-pack"]
