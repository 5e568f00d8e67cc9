"""A CSV file as rows of text, read as a stream: its encoding and its delimiter are found out, or told."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BufferedReader, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from runtime.base.messages import Message, message, phrase
from runtime.records.formula_guard import MARK, plain

SAMPLE = 1 << 20
"""Bytes that are looked at to find out an encoding that is not UTF-8."""

SURE = 0.5
"""Below this confidence of the guess, Windows' western encoding is taken: it reads every byte."""

LONGEST_CELL = 16 << 20
"""Characters that one cell may have. A quote that is never closed would swallow the whole file."""

MOST_COLUMNS = 1000
"""Columns that a file may have."""

MOST_CELLS = 1_000_000
"""Cells that one line may have before it is taken apart; a row of so many is no row."""

MOST_BEFORE = 100
"""Empty lines that may stand before the first."""

HEADER = 64 << 10
"""Characters of the first line that are looked at before it is taken apart."""

DELIMITERS = (",", ";", "\t", "|")

TOLD = "sep="
"""With this Excel begins a line before the first, which tells the delimiter."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableFileError(Exception):
    """The file is none that can be read; ``reason`` is a whole sentence."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: the line that it begins on, its cells as they stand, and the bytes read so far."""

    number: int
    cells: tuple[str, ...]
    read: int


class Rows(Protocol):
    """What an import takes its rows from; ``size`` is in bytes."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        ...

    def __iter__(self) -> Iterator[Line]:
        """The rows."""
        ...


class CsvFile:
    """A file whose first line names its columns. Raises UnreadableFileError, also while it is read.

    ``encoding`` and ``delimiter`` are found out where they are None. ``size`` is in bytes. ``name`` is what
    people call the file. In a ``numbered`` one, made of a spreadsheet, the first cell is the row's number.
    """

    def __init__(
        self,
        path: Path,
        encoding: str | None = None,
        delimiter: str | None = None,
        *,
        name: str | None = None,
        numbered: bool = False,
    ) -> None:
        self.path = path
        self.name = name or str(path)
        self.numbered = numbered
        try:
            self.size: int = path.stat().st_size
            self.encoding = encoding or find_encoding(path)
        except OSError as error:
            raise self._refused(phrase("{file} cannot be read: {why}."), why=error.strerror) from None
        if not self.encoding:
            raise self._refused(phrase("{file} is no text: save it as CSV, or as a spreadsheet."))
        self.delimiter = delimiter or ","
        self._before, told, first_line = self._first_line()
        if delimiter is None:
            self.delimiter = told or find_delimiter(first_line)
        if first_line.count(self.delimiter) > MOST_COLUMNS:
            raise self._too_wide()
        header = next(self._lines(), None)
        if header is None:
            raise self._refused(phrase("{file} is empty: its first line must name the columns."))
        self.header: tuple[str, ...] = tuple(cell.strip() for cell in header.cells)
        if len(self.header) > MOST_COLUMNS:
            raise self._too_wide()
        for column, times in Counter(self.header).items():
            if column and times > 1:
                raise self._refused(phrase('{file} has two columns named "{column}".'), column=column[:100])

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

    def _first_line(self) -> tuple[int, str, str]:
        # How many lines stand before it: empty ones, and one that tells the delimiter; then that, and it.
        before, told = 0, ""
        with self.path.open("rb") as raw, self._decoded(raw) as stream:
            try:
                while (line := stream.readline(HEADER)) and before < MOST_BEFORE:
                    bare = line.rstrip("\r\n")
                    if not told and bare.startswith(TOLD) and bare[len(TOLD) :] in DELIMITERS:
                        told = bare[len(TOLD) :]
                    elif bare:
                        break
                    before += 1
            except UnicodeError as error:
                raise self._wrong(error, before + 1) from None
        return before, told, line

    def _lines(self) -> Iterator[Line]:
        csv.field_size_limit(LONGEST_CELL)  # the process's own, always set to the same
        with self.path.open("rb") as raw, self._decoded(raw) as stream:
            lines = islice(self._measured(stream), self._before, None)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            begins = self._before + 1
            try:
                if self.numbered:
                    for cells in reader:
                        yield Line(int(cells[0]), tuple(cells[1:]), raw.tell())
                for cells in reader:
                    for cell in cells:
                        if cell[:1] == MARK:
                            cells = [plain(each) for each in cells]
                            break
                    yield Line(begins, tuple(cells), raw.tell())
                    begins = self._before + reader.line_num + 1
            except (csv.Error, UnicodeError) as error:
                raise self._wrong(error, begins) from None

    def _measured(self, stream: Iterable[str]) -> Iterator[str]:
        for line in stream:
            if len(line) > MOST_CELLS and line.count(self.delimiter) > MOST_CELLS:
                raise self._too_wide()
            yield line

    def _decoded(self, raw: BufferedReader) -> TextIOWrapper:
        try:
            return TextIOWrapper(raw, encoding=self.encoding, newline="")
        except LookupError:
            raise UnreadableFileError(
                message('There is no encoding named "{encoding}".', encoding=self.encoding)
            ) from None

    def _wrong(self, error: Exception, line: int) -> UnreadableFileError:
        if isinstance(error, UnicodeError):
            return self._refused(
                phrase("{file} is not written in {encoding}, as line {line} or one soon after it shows."),
                encoding=self.encoding,
                line=line,
            )
        return self._refused(
            phrase("Line {line} of {file} is no row of a CSV file: {why}."), line=line, why=error
        )

    def _too_wide(self) -> UnreadableFileError:
        return self._refused(
            phrase("{file} has too many columns: {most} are taken at most."), most=MOST_COLUMNS
        )

    def _refused(self, text: str, **parameters: object) -> UnreadableFileError:
        return UnreadableFileError(message(text, file=self.name, **parameters))


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
    """The encoding of a file: what its mark says, else UTF-8 if all of it is, else the likeliest one.

    '' for a file that is no text.
    """
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
        for mark, encoding in _MARKS:
            if sample.startswith(mark):
                return encoding
        if b"\0" in sample:
            return _wide_encoding(sample)
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
    import chardet  # here, for nearly every file is UTF-8

    guess: Mapping[str, Any] = chardet.detect(sample)
    encoding = guess["encoding"] or ""
    sure = (guess["confidence"] or 0) >= SURE and encoding.lower() not in ("", "utf-8", "ascii")
    return encoding if sure else "cp1252"


def _wide_encoding(sample: bytes) -> str:
    # Western text of two bytes a character has a zero in every second one; anything else with zeros is no
    # text.
    half = len(sample) // 2
    if len(sample) % 2:
        return ""
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > 0.7 * half and sample.count(0) < 1.1 * half:
            return encoding
    return ""


def find_delimiter(line: str) -> str:
    """The delimiter that a first line has the most of, outside quotes; a comma when it has none."""
    bare = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=bare.count)
