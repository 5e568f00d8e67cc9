"""The reference says something of everything registered, and no page of the documentation leads nowhere."""

import re
from pathlib import Path

import pytest

from runtime.assembly import House
from runtime.base.settings import SETTINGS
from runtime.cli import command_files
from runtime.language.kinds.workflows import known_steps, known_triggers
from runtime.upkeep.doctor import known_checks
from tools.docs import broken, gather
from tools.third_party import LIST, NOTICE, locked


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("docs") / "pages"
    gather(folder)
    return folder


def test_everything_registered_has_its_place_in_the_reference(pages):
    house = House()
    wanted = {
        "field_types": [f"## `{name}`" for name in house.types],
        "functions": [f"## `{name}`" for name in house.language.functions],
        "triggers": [f"## `{name}`" for name in known_triggers()],
        "steps": [f"## `{name}`" for name in known_steps()],
        "diagnostics": [f"## {code}:" for code in house.codes],
        "settings": [f"| `{setting.variable}` |" for setting in SETTINGS],
        "commands": [f"## `trellis {name}`" for name in command_files()],
        "doctor": [f"## {check.name} `{check.key}`:" for check in known_checks().values()],
    }
    for name, headings in wanted.items():
        text = (pages / "reference" / f"{name}.md").read_text("utf-8")
        assert [heading for heading in headings if heading not in text] == []


def test_no_page_leads_nowhere(pages):
    assert list(broken(pages)) == []


def test_every_package_and_vendored_file_is_in_the_list_of_what_it_stands_on():
    text = LIST.read_text("utf-8")
    assert [name for name, version in locked().items() if f"| {name} | {version} |" not in text] == []
    assert NOTICE.read_text("utf-8").rstrip() in text


def test_what_is_said_to_show_that_nothing_leaks_is_there():
    root = Path(__file__).parents[2]
    text = (root / "docs/decisions/028-what-shows-that-nothing-leaks.md").read_text("utf-8")
    named = re.findall(r"`([\w/]+\.(?:py|yaml))`", text)
    assert len(named) > 40
    assert [name for name in named if not list((root / "tests").rglob(name))] == []
