"""The consultants' chapter that ships a change: its session is run, and prints what stands there."""

from pathlib import Path

from tests.support.session import chapter, played

PAGE = Path(__file__).parents[2] / "docs" / "consultants.md"


def test_the_chapter_prints_what_the_program_prints(tmp_path: Path):
    written = chapter(PAGE.read_text(encoding="utf-8"), "Shipping a change")
    assert played(written, tmp_path) == written
