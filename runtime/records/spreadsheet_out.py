"""An export as a spreadsheet (XLSX): numbers, days and moments as such, texts as texts and never as formulas.

A spreadsheet counts in binary numbers of 15 digits, knows no day before 1900 and no time zone. What it
cannot hold exactly is written as text, and reads back alike. Moments are in the site's time zone. Rows go to
the disk as they come; only the last of them is in memory.
"""

import datetime
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runtime.model.catalog import Field
from runtime.model.values import Money
from runtime.records.export_columns import ExportColumn
from runtime.records.exporting import Export

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
LONGEST = 32_767
"""The rows of a sheet and the characters of a cell: more no spreadsheet reads."""

PIECE = 1 << 16
EARLIEST = datetime.date(1900, 3, 1)  # spreadsheets disagree on the days before: 1900 was no leap year
DIGITS = 15
CUT = "… (cut)"


def spreadsheet(export: Export, progress: Callable[[int], None]) -> Iterator[bytes]:
    """The file, in pieces, when it is whole."""
    with tempfile.TemporaryFile() as file:
        _write(export, progress, file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write(export: Export, progress: Callable[[int], None], file: Any) -> None:
    import xlsxwriter  # only who exports a spreadsheet needs it

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        formats = [_format(book, column) for column in export.columns]
        bold = book.add_format({"bold": True})
        cells = [_cell(column, export) for column in export.columns]
        sheet, at = _begun(book, export, bold), 1
        for page in export.pages():
            for row in zip(*page, strict=True):
                if at == MOST_ROWS:
                    sheet, at = _begun(book, export, bold), 1
                for place, value in enumerate(row):
                    if value is not None and value != ():
                        cells[place](sheet, at, place, value, formats[place])
                at += 1
            progress(len(page[0]))


def _begun(book: Any, export: Export, bold: "Format") -> "Worksheet":
    sheet: Worksheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, min(40, max(12, len(column.header) + 2)))
        sheet.write_string(0, place, column.header[:LONGEST], bold)
    return sheet


Cell = Callable[["Worksheet", int, int, Any, "Format | None"], None]


def _cell(column: ExportColumn, export: Export) -> Cell:
    text, zone = column.text, export.moment.timezone
    exact = not column.field.system
    usual = column.field.settings.get("currency")

    def write(sheet: "Worksheet", row: int, place: int, value: Any, format_: "Format | None") -> None:
        held = _held(value, zone, usual=usual, exact=exact) if column.typed else None
        if held is None:
            said = text(value)
            if said:
                sheet.write_string(row, place, said if len(said) <= LONGEST else said[: LONGEST - 7] + CUT)
        elif isinstance(held, bool):
            sheet.write_boolean(row, place, held)
        elif isinstance(held, int | float):
            sheet.write_number(row, place, held, format_)
        else:
            sheet.write_datetime(row, place, held, format_)

    return write


def _held(
    value: Any, zone: datetime.tzinfo, *, usual: str | None, exact: bool
) -> bool | float | datetime.date | None:
    """The value as a spreadsheet holds it exactly; None where it does not. An amount without its currency is
    one of the ``usual`` currency.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, Money) and value.currency == usual:
        value = value.amount
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        return float(number) if len(number.as_tuple().digits) <= DIGITS else None
    if isinstance(value, datetime.datetime):
        return _local(value, zone, exact=exact)
    if isinstance(value, datetime.date):
        return value if value >= EARLIEST else None
    return None


def _local(value: datetime.datetime, zone: datetime.tzinfo, *, exact: bool) -> datetime.datetime | None:
    # Whole seconds, and none of the two hours that clocks show alike in autumn. What the program keeps by
    # itself, such as when a record was made, no import reads back: there a second is exact enough.
    local = value.astimezone(zone).replace(tzinfo=None)
    if not exact:
        return local.replace(microsecond=0)
    back = local.replace(tzinfo=zone).astimezone(datetime.UTC)
    return local if back == value and not local.microsecond and local.date() >= EARLIEST else None


def _format(book: Any, column: ExportColumn) -> "Format | None":
    said = _number_format(column.field) if column.typed else None
    return book.add_format({"num_format": said}) if said is not None else None


DAY, MOMENT = 14, 22
"""The formats that every spreadsheet shows in its own language."""


def _number_format(field: Field) -> str | int | None:
    if field.type == "date":
        return DAY
    if field.type == "datetime":
        return MOMENT
    decimals = "0" * field.settings.get("scale", 0)
    digits = f"#,##0.{decimals}" if decimals else "#,##0"
    if field.type == "percent":
        return digits + '" %"'
    if field.type == "money":
        return f'{digits} "{field.settings["currency"]}"'
    return digits if field.type == "decimal" else None
