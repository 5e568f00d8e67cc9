"""A file with a table in it, CSV or a spreadsheet, opened as rows of text; which it is, its content tells.

A spreadsheet is an archive that may unfold to far more than was uploaded. Its list of contents is looked at
first, and then another process with limits of its own turns the first sheet into CSV
(:mod:`runtime.records.spreadsheet_child`): whatever is wrong with it is wrong there.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.base.messages import message, phrase
from runtime.base.working import working_folder
from runtime.records import spreadsheet_child as child
from runtime.records.csv_file import MOST_COLUMNS, CsvFile, UnreadableFileError

ARCHIVE = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
OTHERS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!")
"""How files begin that are no tables, and that somebody may take for one."""

UNFOLDED = 400 << 20
"""Bytes that a spreadsheet may hold when it is unfolded."""

MOST_PARTS = 10_000
SECONDS = 120

_SENTENCES = {
    child.EMPTY: phrase("{file} is empty: its first row must name the columns."),
    child.TOO_WIDE: phrase("{file} has too many columns: {most} are taken at most."),
    child.UNREADABLE: phrase("{file} is no spreadsheet that can be read: save it anew as XLSX, or as CSV."),
}
_TOO_MUCH = phrase("{file} is too large for a spreadsheet to import: save it as CSV.")


@contextmanager
def open_table(
    path: Path, *, name: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> Iterator[CsvFile]:
    """The rows of a file. ``name`` is what people call it; raises :class:`UnreadableFileError`."""
    called = name or str(path)
    if not _is_spreadsheet(path, called):
        yield CsvFile(path, encoding, delimiter, name=called)
        return
    with working_folder() as folder:
        target = folder / "sheet.csv"
        _unfold(path, target, called)
        yield CsvFile(target, "utf-8", ",", name=called, numbered=True)


def _is_spreadsheet(path: Path, name: str) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise UnreadableFileError(
            message("{file} cannot be read: {why}.", file=name, why=error.strerror)
        ) from None
    if head.startswith(OLD_OFFICE):
        raise UnreadableFileError(
            message("{file} is of an old kind, or has a password: save it as XLSX without one.", file=name)
        )
    if head.startswith(OTHERS):
        raise UnreadableFileError(message("{file} is neither CSV nor a spreadsheet.", file=name))
    return head.startswith(ARCHIVE)


def _unfold(path: Path, target: Path, name: str) -> None:
    _look_into(path, name)
    program = [sys.executable, "-I", child.__file__, str(path), str(target), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(  # its own words say nothing to anybody
            program, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
        code = done.returncode
    except subprocess.TimeoutExpired:
        code = child.TOO_MUCH
    if code:
        sentence = _SENTENCES.get(code, _TOO_MUCH)
        raise UnreadableFileError(message(sentence, file=name, most=MOST_COLUMNS))


def _look_into(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableFileError(message(_SENTENCES[child.UNREADABLE], file=name)) from None
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise UnreadableFileError(message("{file} is neither CSV nor a spreadsheet.", file=name))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNFOLDED:
        raise UnreadableFileError(message(_TOO_MUCH, file=name))
