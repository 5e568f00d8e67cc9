"""Phases: when a step runs where there are so many records that one transaction would keep others waiting.

Everything below a threshold happens in one transaction, in the order of the plan. Above it
(:mod:`runtime.change.large`) the steps go by their phase: ``EXPAND`` makes tables and columns that nobody
reads yet, in a short transaction; then each :class:`Fill` is carried out in batches, in transactions of their
own, while people go on working; then ``BUILD`` makes indexes, and ``SWITCH`` does the rest and writes the
revision, in a short transaction; ``CONTRACT`` is the end of that one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Index, Select, select, true


class Phase(StrEnum):
    """When a step runs, in this order."""

    EXPAND = "expand"
    FILL = "fill"
    BUILD = "build"
    SWITCH = "switch"
    CONTRACT = "contract"


class Chosen(Protocol):
    """Which of a table's records a fill is to write."""

    def where(self, ids: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on the column of the ids."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """All records: the fill is the step of one transaction."""

    def where(self, ids: ColumnElement[Any]) -> ColumnElement[bool]:
        """True."""
        return true()


@dataclass(frozen=True, slots=True)
class Part:
    """The records after an id, up to another."""

    after: int
    until: int

    def where(self, ids: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition."""
        return (ids > self.after) & (ids <= self.until)


@dataclass(frozen=True, slots=True)
class Among:
    """The records whose ids are listed, or that a query finds: those that somebody wrote meanwhile."""

    ids: Select[Any] | Sequence[int]

    def where(self, ids: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition."""
        return ids.in_(self.ids)


@dataclass(frozen=True, slots=True)
class Empty:
    """The records that have nothing in a column of theirs; ``ids`` is that of the same table."""

    ids: Column[Any]
    column: Column[Any]

    def where(self, ids: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition, on the column beside the ids where the applied configuration has it."""
        beside: FromClause | None = getattr(ids, "table", None)
        own = None if beside is None else beside.c.get(self.column.name)
        if own is None:
            return ids.in_(select(self.ids).where(self.column.is_(None)))
        return own.is_(None)


@dataclass(frozen=True, slots=True)
class Fill:
    """What a step writes into columns that nobody reads before the switch, for some records at a time.

    ``table`` is the physical name of the table that is gone through by its column ``id``, and ``writes`` are
    the physical names of the columns of that table that are written: new ones, made by a step of the phase
    ``EXPAND``. ``write`` works out the chosen records from what they hold now. It may come again for the same
    records, who changed meanwhile: the same must then come of it as if it had come only then, in one
    transaction with the switch. ``write`` sees every column that the step before it has made.
    """

    table: str
    writes: tuple[str, ...]
    write: Callable[[Connection, Chosen], object]

    def whole(self, connection: Connection) -> None:
        """Write all the records at once: what a step's ``run`` is."""
        self.write(connection, Everything())


@dataclass(frozen=True, slots=True)
class Build:
    """An index that a step of the phase ``BUILD`` makes. It may be there before the switch, for nothing is
    refused because of it.
    """

    index: Index

    @property
    def table(self) -> str:
        """The physical name of its table."""
        return "" if self.index.table is None else self.index.table.name

    @property
    def name(self) -> str:
        """Its own name."""
        return str(self.index.name)
