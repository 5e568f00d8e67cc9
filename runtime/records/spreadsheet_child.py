"""Run as a program of its own: the first sheet of a spreadsheet (XLSX, ODS), written as CSV.

What a stranger uploads is read here, with little memory and little time, so that a file made to harm ends
this process and no other. It imports nothing of the product. The first cell of each line is the row's number
in the sheet. Formulas are not run: a cell says what it said when the file was saved.

Arguments: the spreadsheet, the CSV file, and the columns that a sheet may have. It ends with 0, or with 3 for
an empty sheet, 4 for too many columns, 5 for a file that is no spreadsheet, 6 for too much.
"""

import csv
import datetime
import resource
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

MEMORY, SECONDS, WRITTEN = 1 << 30, 60, 1 << 29
"""Bytes of memory, seconds of the processor, bytes of CSV."""

EMPTY, TOO_WIDE, UNREADABLE, TOO_MUCH = 3, 4, 5, 6


def main(source: str, target: str, most_columns: int) -> int:
    """Write the sheet; the answer is the exit code."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(source)
        visible = python_calamine.SheetVisibleEnum.Visible
        names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible]
        sheet = book.get_sheet_by_name(names[0])
    except (python_calamine.CalamineError, OSError, IndexError, ValueError, KeyError):
        return UNREADABLE
    with Path(target).open("w", encoding="utf-8", errors="replace", newline="") as file:
        return _write(sheet, csv.writer(file), most_columns)


def _write(sheet: Any, writer: Any, most_columns: int) -> int:
    first = sheet.start[0] + 1 if sheet.start is not None else 1
    width = 0
    for number, row in enumerate(sheet.iter_rows(), first):
        cells = [_text(value) for value in row]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        if not width:
            width = len(cells)
            if width > most_columns:
                return TOO_WIDE
        cells += [""] * (width - len(cells))
        writer.writerow((number, *cells))
    return 0 if width else EMPTY


def _text(value: Any) -> str:
    """A cell as an import reads it: numbers with a decimal point, days and moments in ISO's way."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{Decimal(repr(value)):f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


if __name__ == "__main__":
    try:
        code = main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except (MemoryError, OSError):
        code = TOO_MUCH
    sys.exit(code)
