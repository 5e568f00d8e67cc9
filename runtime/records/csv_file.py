"""A CSV file as rows of text, read as a stream: its encoding and its delimiter are found out, or told."""

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any

import chardet

SAMPLE = 1 << 20
"""Bytes that are looked at to find out an encoding that is not UTF-8."""

SURE = 0.5
"""Below this confidence of the guess, Windows' western encoding is taken: it reads every byte."""

LONGEST_CELL = 16 << 20
"""Characters that one cell may have. A quote that is never closed would swallow the whole file."""

DELIMITERS = (",", ";", "\t", "|")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableFileError(Exception):
    """The file is no CSV that can be read; the text is a whole sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: the line that it begins on, its cells as they stand, and the bytes read so far."""

    number: int
    cells: tuple[str, ...]
    read: int


class CsvFile:
    """A file whose first line names its columns. Raises UnreadableFileError, also while it is read.

    ``encoding`` and ``delimiter`` are found out where they are None. ``size`` is in bytes.
    """

    def __init__(self, path: Path, encoding: str | None = None, delimiter: str | None = None) -> None:
        self.path = path
        try:
            self.size = path.stat().st_size
            self.encoding = encoding or find_encoding(path)
        except OSError as error:
            raise UnreadableFileError(f"{path} cannot be read: {error.strerror}.") from None
        self.delimiter = delimiter or ","
        if delimiter is None:
            self.delimiter = find_delimiter(self._first_line())
        header = next(self._lines(), None)
        if header is None:
            raise UnreadableFileError(f"{path} is empty: its first line must name the columns.")
        self.header = tuple(cell.strip() for cell in header.cells)
        for name in self.header:
            if name and self.header.count(name) > 1:
                raise UnreadableFileError(f"{path} has two columns named {name!r}.")

    def __iter__(self) -> Iterator[Line]:
        """The rows after the first line; those without anything in them are passed over."""
        lines = self._lines()
        next(lines, None)
        width, delimiter = len(self.header), self.delimiter
        for line in lines:
            if len(line.cells) > width:
                yield replace(line, cells=mended(line.cells, width, delimiter))
            elif any(line.cells):
                yield line

    def _first_line(self) -> str:
        with self.path.open("rb") as raw, self._decoded(raw) as stream:
            try:
                return stream.readline(64 << 10)
            except UnicodeError as error:
                raise self._wrong(error, 1) from None

    def _lines(self) -> Iterator[Line]:
        csv.field_size_limit(LONGEST_CELL)  # the process's own, always set to the same
        with self.path.open("rb") as raw, self._decoded(raw) as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            begins = 1
            try:
                for cells in reader:
                    yield Line(begins, tuple(cells), raw.tell())
                    begins = reader.line_num + 1
            except (csv.Error, UnicodeError) as error:
                raise self._wrong(error, begins) from None

    def _decoded(self, raw: BufferedReader) -> TextIOWrapper:
        try:
            return TextIOWrapper(raw, encoding=self.encoding, newline="")
        except LookupError:
            raise UnreadableFileError(f"There is no encoding named {self.encoding!r}.") from None

    def _wrong(self, error: Exception, line: int) -> UnreadableFileError:
        if isinstance(error, UnicodeError):
            return UnreadableFileError(
                f"{self.path} is not written in {self.encoding}, as line {line} or one soon after it shows."
            )
        return UnreadableFileError(f"{self.path}:{line} is no row of a CSV file: {error}.")


def mended(cells: tuple[str, ...], width: int, delimiter: str) -> tuple[str, ...]:
    """The cells of a row that has too many, because a text with a delimiter in it stands without quotes.

    In a text a space follows (``24, place Kléber``), between cells none does. Only where that accounts for
    all the cells too many are they put together again; any other row stays as it is, and is refused.
    """
    surplus = sum(cell.startswith(" ") for cell in cells[1:])
    if len(cells) - surplus != width:
        return cells
    whole: list[str] = [cells[0]]
    for cell in cells[1:]:
        if cell.startswith(" "):
            whole[-1] += delimiter + cell
        else:
            whole.append(cell)
    return tuple(whole)


def find_encoding(path: Path) -> str:
    """The encoding of a file: what its mark says, else UTF-8 if all of it is, else the likeliest one."""
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
        for mark, encoding in _MARKS:
            if sample.startswith(mark):
                return encoding
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        chunk = sample
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = stream.read(SAMPLE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8"
    guess: Mapping[str, Any] = chardet.detect(sample)
    encoding = guess["encoding"] or ""
    sure = (guess["confidence"] or 0) >= SURE and encoding.lower() not in ("", "utf-8", "ascii")
    return encoding if sure else "cp1252"


def find_delimiter(line: str) -> str:
    """The delimiter that a first line has the most of, outside quotes; a comma when it has none."""
    bare = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=bare.count)
