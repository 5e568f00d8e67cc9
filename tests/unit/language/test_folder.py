"""What of a folder is read, within its limits, and what of it is refused."""

import os
from pathlib import Path

import pytest

from runtime.language import folder as folder_module
from runtime.language.folder import read_folder
from tests.support.packs import SURROUNDING, load_pack, write_pack


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", SURROUNDING)


def codes(pack: Path) -> list[tuple[str, str]]:
    return [(one.code, one.span.file) for one in load_pack(pack).diagnostics]


def test_other_folders_and_files_are_ignored(pack: Path):
    write_pack(
        pack,
        {
            "README.md": "# Acme",
            "maps/accounts.yaml": "columns: {",
            "tests/deals.yaml": "won: {",
            "templates/pages/a.yaml": "x: {",
            "schemas/modules/.deals.yaml.swp.yaml": "x: {",
            "schemas/modules/README.md": "",
            "schemas/modules/deals.csv": "key,name\n",
            "data/deals.ods": "",
            ".trellis/x.yaml": "x: {",
        },
    )
    assert codes(pack) == []


def test_a_folder_without_pack_yaml_is_no_pack(tmp_path: Path):
    assert codes(tmp_path) == [("L101", "pack.yaml")]
    assert codes(tmp_path / "nowhere") == [("L101", "pack.yaml")]
    (tmp_path / "file").write_text("x")
    assert codes(tmp_path / "file") == [("L101", "pack.yaml")]


def test_a_file_that_is_too_large_is_refused(pack: Path):
    (pack / "schemas/picklists/large.yaml").write_bytes(b"#" * ((1 << 20) + 1))
    assert codes(pack) == [("Y102", "schemas/picklists/large.yaml")]


def test_more_files_than_a_pack_may_have_are_refused(pack: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folder_module, "FILES", 3)
    files, found = read_folder(pack)
    assert len(files) == 3
    assert [one.code for one in found] == ["Y103"]


def test_a_link_out_of_the_pack_is_refused(pack: Path, tmp_path: Path):
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: x")
    (pack / "schemas/modules/secret.yaml").symlink_to(secret)
    (pack / "schemas/filters").symlink_to(tmp_path)
    found = load_pack(pack)
    assert [(one.code, one.span.file) for one in found.diagnostics] == [
        ("L110", "schemas/filters"),
        ("L110", "schemas/modules/secret.yaml"),
    ]
    assert not any("password" in text for text in found.sources.values())


def test_a_link_inside_the_pack_is_read(pack: Path):
    (pack / "schemas/picklists/copies.yaml").symlink_to(pack / "schemas/picklists/deal_stages.yaml")
    loaded = load_pack(pack)
    assert loaded.catalog is not None
    assert "copies" in loaded.catalog.picklists


def test_what_is_no_regular_file_is_refused(pack: Path):
    os.mkfifo(pack / "schemas/modules/pipe.yaml")
    (pack / "schemas/picklists/folder.yaml").mkdir()
    assert codes(pack) == [("Y118", "schemas/modules/pipe.yaml")]


def test_a_dangling_link_is_refused(pack: Path):
    (pack / "schemas/modules/gone.yaml").symlink_to(pack / "nowhere.yaml")
    assert codes(pack) == [("Y118", "schemas/modules/gone.yaml")]


def test_a_name_that_is_no_text_is_refused(pack: Path):
    folder = os.fsencode(pack / "schemas/modules")
    with open(folder + b"/\xff.yaml", "wb") as file:  # noqa: PTH123 - a Path has no such name
        file.write(b"fields: {name: {type: text}}\n")
    found = load_pack(pack).diagnostics
    assert [one.code for one in found] == ["M114"]
    found[0].span.file.encode()


def test_of_a_file_with_very_many_findings_the_first_thousand_are_told(pack: Path):
    write_pack(
        pack, {"schemas/layouts/deals.yaml": f"list: [{', '.join(f'x{number}' for number in range(1200))}]\n"}
    )
    found = load_pack(pack).diagnostics
    assert [one.code for one in found] == ["M103"] * 1000 + ["Y119"]
    assert "200 more" in found[-1].message


def test_very_many_warnings_refuse_nothing(pack: Path):
    write_pack(pack, {"schemas/layouts/deals.yaml": f"list: [{', '.join(['name'] * 1200)}]\n"})
    loaded = load_pack(pack)
    assert loaded.catalog is not None
    assert (loaded.diagnostics[-1].code, loaded.diagnostics[-1].is_error) == ("Y119", False)
