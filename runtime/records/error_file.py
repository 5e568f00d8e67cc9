"""The file of the rows that an import refused: where each stands, why, and its cells as they were.

It can be mended and imported again with the same map: the columns in front of the row's own are told apart by
their names.
"""

import csv
from collections.abc import Callable
from typing import IO

from runtime.base.messages import Message
from runtime.records.formula_guard import guarded
from runtime.records.importing import BadRow

COLUMNS = ("line", "column", "reason")
ENCODING = "utf-8-sig"
"""With a mark, so that spreadsheets read it right."""


class ErrorFile:
    """Writes bad rows into a text stream; the first of them brings the line of headers along."""

    def __init__(self, header: tuple[str, ...], say: Callable[[Message], str] = str) -> None:
        """``say`` words a reason in the reader's language."""
        own = (
            len(COLUMNS) if header[: len(COLUMNS)] == COLUMNS else 0
        )  # one that is imported for a second time
        self._own = own
        self._header = header[own:]
        self._say = say

    def begin(self, stream: IO[str]) -> None:
        """Write the line of headers."""
        csv.writer(stream).writerow(guarded(cell) for cell in (*COLUMNS, *self._header))

    def write(self, stream: IO[str], row: BadRow) -> None:
        """Write one row."""
        reasons = " ".join(self._say(reason) for reason in row.reasons)
        cells = (str(row.line.number), ", ".join(row.columns), reasons, *row.line.cells[self._own :])
        csv.writer(stream).writerow(guarded(cell) for cell in cells)
