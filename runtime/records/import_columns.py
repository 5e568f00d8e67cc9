"""Reading a file column by column: in a batch of rows, each text of a column is read once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtime.fields.base import Match
from runtime.records.csv_file import Line
from runtime.records.import_map import ColumnMap
from runtime.records.reading import WRONG, Reading

Named = dict[tuple[str, str], Match]
"""The related records that a batch names, by header and text."""


class Columns:
    """The columns of a map that have one plain value in each cell."""

    def __init__(
        self,
        cells: Sequence[tuple[ColumnMap, int]],
        empty: frozenset[str],
        keeps_default: Callable[[ColumnMap], bool],
    ) -> None:
        self._cells = cells
        self._empty = empty
        self._keys = [column.field.key for column, _ in cells]
        self._careful = [column.key or keeps_default(column) for column, _ in cells]
        self.plain = len(set(self._keys)) == len(cells) and not any(
            column.part or column.picklist is not None or column.field.link is not None for column, _ in cells
        )
        """Whether the whole map is of such columns; else each row is read by itself."""

    def read(
        self, lines: Sequence[Line], width: int, reading: Reading, named: Named
    ) -> list[dict[str, object] | None]:
        """The canonical values of each row; None for one that needs a closer look: something is wrong with
        it, or an empty cell means more than that.
        """
        whole = [line.cells for line in lines if len(line.cells) == width]
        columns: list[list[object]] = []
        for place, (column, index) in enumerate(self._cells):
            texts = [cells[index] for cells in whole]
            meaning = self._meaning(place, column, set(texts), reading, named)
            columns.append([meaning[text] for text in texts])
        rows = iter(zip(*columns, strict=True))
        return [self._row(next(rows)) if len(line.cells) == width else None for line in lines]

    def _row(self, values: Sequence[Any]) -> dict[str, object] | None:
        return None if WRONG in values else dict(zip(self._keys, values, strict=True))

    def _meaning(
        self, place: int, column: ColumnMap, texts: set[str], reading: Reading, named: Named
    ) -> Mapping[str, object]:
        absent = {text for text in texts if text in self._empty or text.strip() in self._empty}
        given = texts - absent
        found: dict[str, object]
        if column.match is None:
            found = reading.column(column.field.key, given)
        else:
            found = {text: match_of(column, text, named) for text in given}
        found |= dict.fromkeys(absent, WRONG if self._careful[place] else None)
        return found


def match_of(column: ColumnMap, text: str, named: Named) -> Match:
    """The related record that a cell names. The same text in a column is the same match: it is looked up once
    for a batch.
    """
    match = named.get((column.header, text))
    if match is None:
        match = named[column.header, text] = Match({column.match or "": text})
    return match
