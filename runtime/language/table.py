"""A table: a CSV file of records becomes the same located nodes that YAML gives, a map by local key."""

import re
from collections.abc import Iterator

from runtime.base.diagnostic import Code, Diagnostic, Span
from runtime.language import reading_codes as codes
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.read import unclean
from runtime.language.source import Source
from runtime.language.words import shown

CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\Z)')
"""A cell and what ends it, as RFC 4180 has them."""
KEY = "key"
"""The first column's name when it holds local keys."""


def read_table(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """The map that a table holds, and everything that is wrong with it; no map when it cannot be read.

    Each line is a map of its cells by the first line's names. An empty cell says nothing and is left out. A
    line without a local key has a key that nothing can name, and whose node has no text.
    """
    problem = unclean(source)
    if problem is not None:
        return None, [problem]
    table = _Table(source)
    return table.read(), table.found


class _Table:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Diagnostic] = []

    def read(self) -> MapNode | None:
        lines = self._lines()
        header = next(lines, None)
        if header is None:
            if not self.found:
                self._report(codes.EMPTY, "the file says nothing", Span.point(self.source.name), "delete it")
            return None
        for place, name in enumerate(header):
            if not name.text:
                help = "write the key of a field, or take the column out"
                self._report(codes.NOT_CSV, "a column has no name", name.span, help)
            elif name.text in [other.text for other in header[:place]]:
                self._report(codes.DUPLICATE, f"{shown(name.text)} is written twice", name.span, "keep one")
        return self._records(header, lines)

    def _records(self, header: list[Scalar], lines: Iterator[list[Scalar]]) -> MapNode:
        keys: dict[str, Scalar] = {}
        items: dict[str, Node] = {}
        has_keys = header[0].text == KEY
        for line in lines:
            if not any(cell.text for cell in line):
                continue
            first = line[0]
            if len(line) != len(header):
                problem = f"the line has {len(line)} cells, and the first line {len(header)}"
                self._report(
                    codes.NOT_CSV, problem, first.span, "put a text that has a comma in it into quotes"
                )
                continue
            key = first if has_keys and first.text else Scalar(self.source, first.start, first.end, "", "")
            name = key.text or f"{self.source.name}:{first.span.line}"
            if name in keys:
                problem = f"{shown(name)} is written twice: here and on line {keys[name].span.line}"
                self._report(codes.DUPLICATE, problem, key.span, "keep one of the two")
                continue
            cells = [pair for pair in zip(header, line, strict=True) if pair[1].text][bool(key.text) :]
            keys[name] = key
            items[name] = MapNode(
                self.source,
                first.start,
                line[-1].end,
                {column.text: column for column, _ in cells},
                {column.text: cell for column, cell in cells},
            )
        return MapNode(self.source, 0, len(self.source.text), keys, items)

    def _lines(self) -> Iterator[list[Scalar]]:
        """The cells of each line, without the blanks around them; they end at the first that is no cell."""
        text, position = self.source.text, 0
        line: list[Scalar] = []
        while position < len(text) or line:
            found = CELL.match(text, position)
            if found is None:
                problem = "here a cell ends in no comma and no line end"
                help = "look for a quote that is not closed; a quote inside a cell is doubled"
                self._report(codes.NOT_CSV, problem, self.source.span(position, position + 1), help)
                return
            quoted, bare, end = found.groups()
            value = (bare if quoted is None else quoted.replace('""', '"')).strip()
            line.append(Scalar(self.source, position, found.start(3), value, value, '"' if quoted else ""))
            position = found.end()
            if end != ",":
                yield line
                line = []

    def _report(self, code: Code, message: str, span: Span, help: str) -> None:
        self.found.append(Diagnostic(code.name, message, span, self.source.stem, help))
