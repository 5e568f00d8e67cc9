"""Every broken configuration ends in located diagnostics: the expected ones, on the expected lines, and no
others.
"""

import time
from pathlib import Path

import pytest

from runtime.language.report import as_json, as_sarif, as_text
from tests.support.packs import SURROUNDING, Case, house, load_pack, read_case, write_pack

CASES = [read_case(path) for path in sorted((Path(__file__).parent / "invalid").glob("*.yaml"))]
SECONDS = 1.0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_pack_is_told_where_and_how(case: Case, tmp_path: Path):
    folder = write_pack(tmp_path / "pack", {**SURROUNDING, **case.files})
    begun = time.process_time()
    loaded = load_pack(folder)
    took = time.process_time() - begun

    assert case.expected, "the case says what it expects"
    found = {(str(one.severity), one.code, one.span.file, one.span.line) for one in loaded.diagnostics}
    assert found == case.expected, as_text(loaded.diagnostics, loaded.sources)
    assert took < SECONDS

    has_errors = any(severity == "error" for severity, *_ in case.expected)
    assert (loaded.catalog is None) == has_errors
    for one in loaded.diagnostics:
        assert one.message
        assert one.help, f"{one.code} does not say how to mend it"
        assert one.code in house().codes, f"{one.code} has no page"
        assert (one.span.line, one.span.column) < (one.span.end_line, one.span.end_column)
    as_json(loaded.diagnostics)
    as_sarif(loaded.diagnostics, house().codes, "1.0.0", "file:///pack/")


def test_the_corpus_is_large():
    assert len(CASES) >= 120


def test_the_surrounding_pack_is_sound(tmp_path: Path):
    loaded = load_pack(write_pack(tmp_path / "pack", SURROUNDING))
    assert loaded.diagnostics == ()
    assert loaded.catalog is not None


def test_every_code_of_the_language_has_a_case():
    shown = {code for case in CASES for _, code, _, _ in case.expected}
    in_other_tests = {
        "Y102",
        "Y103",
        "Y118",
        "Y119",
        "L101",
        "L110",
    }  # sizes, links and rights: tests/unit/language
    own = {code for code in house().codes if code[0] in "YSMNL"}
    assert own - shown - in_other_tests == set()
