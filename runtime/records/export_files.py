"""The files that an export may become: CSV, XLSX, JSON and JSON lines, each in pieces as it grows."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from types import MappingProxyType
from typing import Any

from runtime.base.messages import phrase
from runtime.records.export_columns import ExportColumn
from runtime.records.exporting import Export
from runtime.records.formula_guard import guarded
from runtime.records.spreadsheet_out import spreadsheet

Progress = Callable[[int], None]
"""Is told how many more records are in the file."""


def no_progress(_records: int) -> None:
    """Nobody asks."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One kind of file: its name for people, its content type, and how it is written."""

    name: str
    title: str
    content_type: str
    pieces: Callable[[Export, Progress], Iterator[bytes]]


def csv_pieces(export: Export, progress: Progress = no_progress) -> Iterator[bytes]:
    """Comma-separated values in UTF-8 with a mark, so that spreadsheets know it; no cell is a formula."""
    begun = StringIO()
    csv.writer(begun).writerow([guarded(column.header) for column in export.columns])
    yield begun.getvalue().encode("utf-8-sig")
    for page in export.pages():
        columns = [_texts(column, values) for column, values in zip(export.columns, page, strict=True)]
        piece = StringIO()
        csv.writer(piece).writerows(zip(*columns, strict=True))
        yield piece.getvalue().encode("utf-8", "replace")
        progress(len(page[0]))


def json_pieces(export: Export, progress: Progress = no_progress) -> Iterator[bytes]:
    """One list of objects, a record on each line."""
    before = "[\n"
    for lines in _json_lines(export, progress):
        yield (before + ",\n".join(lines)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def json_line_pieces(export: Export, progress: Progress = no_progress) -> Iterator[bytes]:
    """An object on each line, and nothing else."""
    for lines in _json_lines(export, progress):
        yield "".join(f"{line}\n" for line in lines).encode()


def _texts(column: ExportColumn, values: Sequence[Any]) -> list[str]:
    write = column.text
    return [text if (text := write(value))[:1].isalnum() or not text else guarded(text) for value in values]


def _json_lines(export: Export, progress: Progress) -> Iterator[list[str]]:
    keys = [column.key for column in export.columns]
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for page in export.pages():
        columns = [
            [column.json(value) for value in values]
            for column, values in zip(export.columns, page, strict=True)
        ]
        yield [dump(dict(zip(keys, row, strict=True))) for row in zip(*columns, strict=True)]
        progress(len(page[0]))


FORMATS = MappingProxyType(
    {
        made.name: made
        for made in (
            FileFormat(
                "xlsx",
                phrase("Spreadsheet (XLSX)"),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                spreadsheet,
            ),
            FileFormat("csv", phrase("CSV"), "text/csv; charset=utf-8", csv_pieces),
            FileFormat("json", phrase("JSON"), "application/json", json_pieces),
            FileFormat("jsonl", phrase("JSON lines"), "application/jsonl", json_line_pieces),
        )
    }
)
"""The formats by their name, which is also the ending of their files."""
