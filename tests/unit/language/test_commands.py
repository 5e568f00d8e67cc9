"""The commands that need no database: check, explain, schema, new."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import runtime.cli
from runtime.assembly import House
from runtime.cli import command_files, load_command, main
from tests.support.packs import SURROUNDING, generated_pack, house, read_case, write_pack

VALID = Path(__file__).parents[2] / "config" / "valid"
SECONDS = 1.5


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    def run(*words: str) -> tuple[int, str]:
        out = io.StringIO()
        monkeypatch.setattr(runtime.cli, "_house", lambda: House({}, out, out))
        return main([str(word) for word in words]), out.getvalue()

    return run


def test_check_says_that_all_is_well(run, tmp_path: Path):
    pack = write_pack(tmp_path / "pack", SURROUNDING)
    assert run("check", pack) == (0, "5 files checked: no errors.\n")


def test_check_prints_every_error_in_order_and_fails(run, tmp_path: Path):
    files = {
        "schemas/layouts/deals.yaml": "list: [name, acount]\n",
        "schemas/filters/deals.yaml": "all: {sort: [-x]}\nbad: {where: y == 1}\n",
    }
    code, text = run("check", write_pack(tmp_path / "pack", {**SURROUNDING, **files}))
    assert code == 1
    heads = [line for line in text.splitlines() if line.startswith("error")]
    assert [head.split("   ")[0] for head in heads] == [
        "error M103 schemas/filters/deals.yaml:1:15",
        "error E105 schemas/filters/deals.yaml:2:14",
        "error M103 schemas/layouts/deals.yaml:1:14",
    ]
    assert "    1 | list: [name, acount]\n      |              ^^^^^^\n" in text
    assert text.endswith("7 files checked: 3 errors, 0 warnings.\n")


def test_test_counts_the_examples_of_formulas_and_tells_those_that_fail(run, tmp_path: Path):
    files = {
        "formulas/deals.yaml": """\
doubled:
  field: amount
  value: amount * 2
  examples:
    - {given: {amount: 2}, expect: 4}
    - {given: {amount: 3}, expect: 7}
"""
    }
    code, text = run("test", write_pack(tmp_path / "pack", {**SURROUNDING, **files}))
    assert code == 1
    assert "error M165 formulas/deals.yaml:6:36" in text
    assert text.endswith("1 of 2 examples passed\n")
    sound = {"formulas/deals.yaml": files["formulas/deals.yaml"].replace("7", "6")}
    assert run("test", write_pack(tmp_path / "sound", {**SURROUNDING, **sound})) == (
        0,
        "2 of 2 examples passed\n",
    )
    broken = {**files, "schemas/layouts/deals.yaml": "list: [acount]\n"}
    code, text = run("test", write_pack(tmp_path / "broken", {**SURROUNDING, **broken}))
    assert (code, "M103" in text) == (1, True)
    assert text.endswith("The pack has errors; nothing was tried.\n")


def test_a_warning_alone_does_not_fail(run, tmp_path: Path):
    files = {"schemas/layouts/deals.yaml": "list: [name, name]\n"}
    code, text = run("check", write_pack(tmp_path / "pack", {**SURROUNDING, **files}))
    assert code == 0
    assert "warning M128" in text


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_check_writes_reports_for_programs(run, tmp_path: Path, form: str):
    pack = write_pack(tmp_path / "pack", {**SURROUNDING, "schemas/menu.yaml": "sales: {items: [deal]}\n"})
    code, text = run("check", pack, "--format", form)
    assert code == 1
    assert "M102" in json.dumps(json.loads(text))


@pytest.mark.parametrize("words", [[], ["nothing"], ["check"], ["check", "--format", "xml", "x"]])
def test_a_wrong_command_line_is_told_with_two(run, words: list[str], capsys):
    assert run(*words)[0] == 2
    streams = capsys.readouterr()
    assert "usage: trellis" in streams.out + streams.err


def test_explain_prints_a_page_or_the_list(run, capsys):
    code, text = run("explain", "m101")
    assert code == 0
    assert text.startswith("M101: Unknown picklist\n\nA field is a value of a picklist that is not there.\n")
    code, text = run("explain")
    assert len(text.splitlines()) == len(house().codes)
    assert run("explain", "MM101")[0] == 1
    assert 'There is no code "MM101". Did you mean "M101"?' in capsys.readouterr().err


def test_explain_prints_a_function_or_says_what_was_meant(run, capsys):
    code, text = run("explain", "function", "round")
    assert code == 0
    assert text.startswith("round(number, [places]) → a number\n")
    assert "round(2.345, 2)   gives   2.35" in text
    assert "It works in Python and in SQL alike." in text
    assert "It does not work in SQL: a column holds one text" in run("explain", "function", "split()")[1]
    code, text = run("explain", "function")
    assert "text       left(text, length)" in text.splitlines()
    assert run("explain", "function", "rond")[0] == 1
    assert 'There is no function "rond". Did you mean "round"?' in capsys.readouterr().err
    assert run("explain", "M101", "round")[0] == 2


def test_every_code_has_a_title_and_a_page():
    for code in house().codes.values():
        assert code.title
        assert len(code.explanation) > 40, code.name


def test_every_command_has_a_sentence_of_help():
    for name, module in command_files().items():
        assert load_command(module).help, name


def test_new_writes_a_pack_that_is_sound_and_titled_after_its_folder(run, tmp_path: Path):
    folder = tmp_path / "acme-crm"
    code, text = run("new", folder)
    assert code == 0
    assert f"trellis serve {folder}" in text
    assert run("check", folder) == (0, "12 files checked: no errors.\n")
    assert 'title: "Acme Crm"' in (folder / "pack.yaml").read_text()
    for path in folder.rglob("*.yaml"):
        modeline = path.read_text().splitlines()[0]
        schema = path.parent / modeline.removeprefix("# yaml-language-server: $schema=")
        assert schema.is_file(), path


def test_new_leaves_a_folder_that_has_something_alone(run, tmp_path: Path):
    (tmp_path / "x").write_text("mine")
    assert run("new", tmp_path)[0] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_the_schemas_are_sound_and_take_every_sound_file(run, tmp_path: Path):
    import yaml

    class Texts(yaml.SafeLoader):
        """YAML as editors read it, without dates, and `on` is a text."""

    Texts.yaml_implicit_resolvers = {
        first: [
            (tag, pattern)
            for tag, pattern in pairs
            if "timestamp" not in tag and (first in "tTfF" or "bool" not in tag)
        ]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    code, text = run("schema", tmp_path)
    assert code == 0
    assert str(tmp_path) in text
    schemas = {path.name: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    for schema in schemas.values():
        jsonschema.Draft7Validator.check_schema(schema)
    kinds = {name.partition(".")[0]: name for name in schemas} | {"mail": "letters.schema.json"}
    for case in sorted(VALID.glob("*.yaml")):
        for name, content in read_case(case).files.items():
            path = Path(name)
            if path.suffix != ".yaml":
                continue
            document = yaml.load(content, Loader=Texts)
            schema = schemas[kinds.get(path.parent.name) or kinds[path.stem]]
            errors = list(jsonschema.Draft7Validator(schema).iter_errors(document))
            assert errors == [], f"{case.stem}: {name}"


def test_the_schemas_refuse_what_check_refuses(run, tmp_path: Path):
    run("schema", tmp_path)
    modules = jsonschema.Draft7Validator(json.loads((tmp_path / "modules.schema.json").read_text()))
    assert not modules.is_valid({"fields": {"name": {"type": "text", "requierd": True}}})
    assert not modules.is_valid({"fields": {"name": {"type": "boolean", "max": 5}}})
    assert not modules.is_valid({"fields": {"name": {"type": "string"}}})
    layouts = jsonschema.Draft7Validator(json.loads((tmp_path / "layouts.schema.json").read_text()))
    assert not layouts.is_valid({"card": {"tabs": {"a": {"b": {"fields": ["x"], "where": "y"}}}}})


def seconds_of_a_check(folder: Path, modules: int, fields: int) -> float:
    """The processor time of a check, the start of its process included; the best of three."""
    pack = write_pack(folder / "large", generated_pack(modules, fields))
    took = []
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "-m", "runtime", "check", str(pack)], check=True, capture_output=True)
        after = os.times()
        took.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    return min(took)


def test_a_check_of_a_hundred_modules_takes_no_minute(tmp_path: Path):
    """Beside other tests even processor time stretches; twice the limit still finds what grew too slow."""
    assert seconds_of_a_check(tmp_path, 100, 40) < 2 * SECONDS


@pytest.mark.load
def test_a_check_of_a_hundred_modules_is_quick(tmp_path: Path):
    assert seconds_of_a_check(tmp_path, 100, 40) < SECONDS
