"""A source: one configuration file as text, and where each of its characters stands."""

from bisect import bisect_right
from functools import cached_property

from runtime.base.diagnostic import Span


class Source:
    """One file of one layer. ``name`` is how diagnostics call it; ``path`` is its place inside the layer's
    folder.
    """

    def __init__(self, name: str, text: str, layer: str = "", path: str | None = None) -> None:
        self.name = name
        self.text = text
        self.layer = layer
        self.path = path if path is not None else name

    @property
    def stem(self) -> str:
        """The file's name without its folder and ending: the key of what it holds."""
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    @property
    def is_table(self) -> bool:
        """Whether it is CSV; else it is YAML."""
        return self.path.endswith(".csv")

    def line(self, number: int) -> str:
        """A line's text, counted from 1, without its end."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].removesuffix("\r")

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of a character."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span of the characters from ``start`` up to, and without, ``end``."""
        line, column = self.position(start)
        end_line, end_column = self.position(max(end, start + 1))
        return Span(self.name, line, column, end_line, end_column)
