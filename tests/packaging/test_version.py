"""The version that is built is one that the changelog tells about."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_changelog_has_a_section_for_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text()
