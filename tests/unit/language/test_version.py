"""Versions and ranges of packs."""

import pytest

from runtime.language.version import fits, read_range, read_version


@pytest.mark.parametrize("text", ["1.4.0", "0.0.0", "10.20.30", "1.0.0-beta.1"])
def test_a_version_is_three_numbers(text: str):
    assert read_version(text) is not None


@pytest.mark.parametrize(
    "text", ["1.4", "1", "v1.4.0", "1.4.0.1", "01.4.0", "1.4.x", "", "1.4.0\n", "9" * 5000 + ".0.0"]
)
def test_anything_else_is_none(text: str):
    assert read_version(text) is None


@pytest.mark.parametrize(
    "version,text,inside",
    [
        ("1.4.0", ">=1.0", True),
        ("1.4.0", ">=1.4.1", False),
        ("1.4.0", ">=1.0, <2", True),
        ("2.0.0", ">=1.0, <2", False),
        ("1.4.0", "1.4", True),
        ("1.4.1", "1.4", False),
        ("1.4.1", "!=1.4.0", True),
        ("1.10.0", ">1.9", True),
        ("0.0.1", "*", True),
        ("1.0.0-beta", ">=1.0", True),
    ],
)
def test_a_range_is_kept_in_all_of_its_bounds(version: str, text: str, inside: bool):
    bounds, numbers = read_range(text), read_version(version)
    assert bounds is not None
    assert numbers is not None
    assert fits(numbers, bounds) is inside


@pytest.mark.parametrize("text", ["newest", "", ">=", "^1.0", ">=1.0 <2", ">=1.0,,<2", "\u0661.\u0660"])
def test_what_is_no_range_is_told_apart(text: str):
    assert read_range(text) is None
