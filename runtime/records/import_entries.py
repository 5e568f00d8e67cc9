"""What an import is made of: a row on its way, what became of the rows, and how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from runtime.base.messages import Message
from runtime.fields.base import Match
from runtime.records.csv_file import Line
from runtime.records.reading import Linking, ParsedLinking

END = 1 << 62
"""A line after every line of a file."""

Key = tuple[object, ...]


@dataclass(slots=True)
class Summary:
    """What became of the rows. ``refused`` counts the rows that were reported."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that did not go in (or not whole): the columns that are wrong, and why, as whole sentences."""

    line: Line
    columns: tuple[str, ...]
    reasons: tuple[Message, ...]

    @classmethod
    def of(cls, line: Line, wrong: Mapping[str, Sequence[Message]]) -> "BadRow":
        """A row with what is wrong by column ('' for the row)."""
        columns = tuple(name for name in wrong if name)
        return cls(line, columns, tuple(reason for reasons in wrong.values() for reason in reasons))


@dataclass(slots=True)
class Entry:
    """A row on its way, or several that add links to one record (``parts`` are then the values of each).

    ``read`` says that the values are canonical. ``later`` are the relations that may only be known at the
    file's end.
    """

    lines: list[Line]
    values: dict[str, object] = field(default_factory=dict)
    key: Key | None = None
    id: int | None = None
    read: bool = False
    parts: list[dict[str, object]] = field(default_factory=list)
    later: dict[str, Match] = field(default_factory=dict)
    wrong: dict[str, list[Message]] = field(default_factory=dict)

    def refuse(self, header: str, reason: Message) -> None:
        """Note what is wrong with a column ('' for the row)."""
        self.wrong.setdefault(header, []).append(reason)

    def take_in(self, other: "Entry") -> None:
        """Be the other row, too, which says of the same record what links it has."""
        if not self.parts:
            self.parts.append(dict(self.values))
        self.parts.append(other.values)
        self.lines.extend(other.lines)
        for key, value in other.values.items():
            before = self.values.get(key)
            if isinstance(value, Linking | ParsedLinking) and isinstance(before, Linking | ParsedLinking):
                self.values[key] = replace(before, add=(*before.add, *value.add))
            elif isinstance(value, Linking | ParsedLinking):
                self.values[key] = value


@dataclass(frozen=True, slots=True)
class Deferred:
    """A record that points at one which was not there yet."""

    line: Line
    id: int
    values: Mapping[str, Match]


@dataclass(slots=True)
class Mark:
    """How far an import is, when a batch has been written: all that another process needs to go on from
    there.

    ``line`` is the file's line that the last row began on, ``pointed`` how many of those that point at later
    records have been looked after. ``bad`` and ``deferred`` are the batch's own.
    """

    line: int = 0
    read: int = 0
    pointed: int = 0
    summary: Summary = field(default_factory=Summary)
    bad: Sequence[BadRow] = ()
    deferred: Sequence[Deferred] = ()
