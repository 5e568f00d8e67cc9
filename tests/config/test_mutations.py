"""Sound files with bytes changed at random: loading never raises, and what is wrong has a place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.language.report import as_json, as_text
from tests.support.packs import load_pack, read_case, write_pack

PACK = dict(read_case(Path(__file__).parent / "valid" / "everything.yaml").files)
NAMES = sorted(PACK)
PIECES = [
    b"\x00", b"\xff", b"\t", b"\n", b"\r", b" ", b":", b": ", b" #", b"-", b"- ", b"[", b"]", b"{", b"}",
    b",", b"&a ", b"*a", b"!t ", b"'", b'"', b"|\n", b">", b"%", b"@", b"`", b"?", b"null", b"~", b"=", b"0",
    b"9" * 30, b"1e9", b"true", b"<<", b"...", b"---\n", b"\xe2\x80\xa8", b"\xc3\xa4", b"name", b"type",
    b"fields", b"deals", b".", b"__class__", b"(", b")",
]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """One file of the pack, changed in a few places."""
    name = draw(st.sampled_from(NAMES))
    content = PACK[name]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 2, 5, 20])))
        content = content[:start] + draw(st.sampled_from([b"", *PIECES])) + content[end:]
    return name, content


def check_one(mutation: tuple[str, bytes], folder: Path) -> None:
    """Load the pack with one file changed, and look at what is said of it."""
    name, content = mutation
    loaded = load_pack(write_pack(folder / "pack", {**PACK, name: content}))
    has_errors = any(one.is_error for one in loaded.diagnostics)
    assert (loaded.catalog is None) == has_errors
    for one in loaded.diagnostics:
        if one.span.file in loaded.sources:
            assert 1 <= one.span.line <= loaded.sources[one.span.file].count("\n") + 1
        assert one.message
        assert one.help
    as_text(loaded.diagnostics, loaded.sources)
    as_json(loaded.diagnostics)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutation=mutations())
def test_a_changed_file_is_loaded_or_refused_with_places(mutation: tuple[str, bytes], tmp_path: Path):
    check_one(mutation, tmp_path)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutation=mutations())
def test_many_changed_files_are_loaded_or_refused_with_places(mutation: tuple[str, bytes], tmp_path: Path):
    check_one(mutation, tmp_path)
