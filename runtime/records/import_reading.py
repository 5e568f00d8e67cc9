"""Reading an import's file: its rows in batches, each read as far as it can be without the database."""

from collections.abc import Iterator, Mapping

from runtime.base.messages import message
from runtime.fields.base import Match, Parsing
from runtime.records.csv_file import Line, Rows
from runtime.records.import_columns import Columns, Named, match_of
from runtime.records.import_entries import Entry
from runtime.records.import_map import ColumnMap, ImportMap
from runtime.records.plan import ModulePlan
from runtime.records.reading import Linking, Parts, Reading

Cells = list[tuple[ColumnMap, int]]
"""The columns of a map, and the place of each in a row."""


class RowReader:
    """Reads the rows of a file by a map."""

    def __init__(
        self, plan: ModulePlan, columns: ImportMap, parsing: Parsing, formats: Mapping[str, Parsing]
    ) -> None:
        """``formats`` are how single fields are read, where ``parsing`` does not serve all."""
        self._plan = plan
        self._map = columns
        self._parsing = parsing
        self._formats = formats

    def batches(self, file: Rows, after: int, size: int) -> Iterator[list[Entry]]:
        """The rows behind a line of the file, at most so many at a time."""
        place = {name: index for index, name in enumerate(file.header)}
        cells = [(column, place[column.header]) for column in self._map.columns]
        columns, width = Columns(cells, self._map.empty, self._keeps_default), len(file.header)
        for lines in _batches(file, after, size):
            named: Named = {}
            reading = Reading(
                self._plan.importable, self._parsing, self._formats, self._plan.parent is not None
            )
            known = columns.read(lines, width, reading, named) if columns.plain else [None] * len(lines)
            yield [
                self._entry(line, cells, width, reading, named)
                if values is None
                else Entry([line], values, read=True)
                for line, values in zip(lines, known, strict=True)
            ]

    def _entry(self, line: Line, cells: Cells, width: int, reading: Reading, named: Named) -> Entry:
        entry = Entry([line])
        if len(line.cells) != width:
            entry.refuse(
                "",
                message(
                    "The row has {count} cells; the first line has {width}.",
                    count=len(line.cells),
                    width=width,
                ),
            )
        else:
            self._fill(entry, line, cells, named)
        read, wrong = reading.read(entry.values)
        if not wrong:  # else the writer says what is wrong, together with what else it finds
            entry.values, entry.read = read, True
        return entry

    def _fill(self, entry: Entry, line: Line, cells: Cells, named: Named) -> None:
        empty, values = self._map.empty, entry.values
        for column, index in cells:
            text = line.cells[index]
            key = column.field.key
            if column.part:
                _put_part(values, column, "" if text in empty or text.strip() in empty else text)
                continue
            if text in empty or text.strip() in empty:
                if column.key:
                    entry.refuse(column.header, message("The key is empty."))
                elif column.field.link is None and not self._keeps_default(column):
                    values[key] = None
            elif column.field.link is None and column.picklist is None:
                values[key] = text if column.match is None else match_of(column, text, named)
            else:
                values[key] = _written(column, text, entry)

    def _keeps_default(self, column: ColumnMap) -> bool:
        # An empty cell of a required field with a default means the default, not an error.
        return column.field.field.required and column.field.key in self._plan.defaults


def _batches(file: Rows, after: int, size: int) -> Iterator[list[Line]]:
    lines: list[Line] = []
    for line in file:
        if line.number <= after:
            continue
        lines.append(line)
        if len(lines) == size:
            yield lines
            lines = []
    if lines:
        yield lines


def _put_part(values: dict[str, object], column: ColumnMap, text: str) -> None:
    before = values.get(column.field.key)
    known = before.values if isinstance(before, Parts) else {}
    values[column.field.key] = Parts({**known, column.part: text})


def _written(column: ColumnMap, text: str, entry: Entry) -> object:
    # A cell as the writer takes it: a match for a relation, the key for a picklist, an addition for links.
    field = column.field
    if column.picklist is not None:
        found = [
            column.picklist.get(part.strip()) for part in _parts(text, many=field.type.name != "picklist")
        ]
        if None in found:
            entry.refuse(
                column.header,
                message('{label} has no value "{value}".', label=field.field.label, value=text[:100]),
            )
        return found if field.type.name != "picklist" else found[0]
    parts = _parts(text, many=True)
    if column.match is None:
        return Linking(add=tuple(parts))
    return Linking(add=tuple(Match({column.match: part}) for part in parts))


def _parts(text: str, *, many: bool) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()] if many else [text]
