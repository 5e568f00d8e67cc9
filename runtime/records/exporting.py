"""Exporting: what a list finds, page after page through the one query, as a file of some format.

Only a page is ever in memory, so a million records take no more of it than a thousand. The pages are read by
keyset: a record that is changed meanwhile stands in the file once, as it was or as it is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from runtime.base.messages import Message, message
from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.catalog import Path
from runtime.records.access import Judge
from runtime.records.export_columns import ExportColumn
from runtime.storage.query import MOST, Query
from runtime.storage.reader import Reader

Read = Callable[[], AbstractContextManager[Connection]]


class NotExportedError(Exception):
    """An export that is refused; ``reason`` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be exported: a query with the actor's rights, and its columns."""

    title: str
    query: Query
    columns: tuple[ExportColumn, ...]
    reader: Reader
    read: Read
    moment: Moment

    def pages(self) -> Iterator[list[Sequence[Any]]]:
        """The records, up to 1,000 at a time: for each column of the export its canonical values."""
        after: str | None = None
        while True:
            with self.read() as connection:
                query = replace(self.query, limit=MOST, after=after)
                page = self.reader.page(connection, query, self.moment)
            if page.rows:
                values = list(zip(*(row.values for row in page.rows), strict=True))
                yield [values[column.place] for column in self.columns]
            after = page.next
            if after is None:
                return

    def count(self, most: int) -> int:
        """How many records there are, counted up to one more than ``most``."""
        with self.read() as connection:
            found = self.reader.count(connection, self.query, self.moment, cap=most)
        return found.n + found.capped


def exported(judge: Judge, actor: Actor, query: Query) -> Query:
    """The query of an export, where there is the right to read the records and to take them out: those that
    the reader shows.

    Raises :class:`NotExportedError`, for a column that the actor may not read too.
    """
    for right in ("read", "export"):
        verdict = judge.may(actor, query.module, right)
        if not verdict.allowed:
            raise NotExportedError(verdict.reasons[0])
    for path in query.columns:
        if not may_read(judge, actor, path):
            raise NotExportedError(message("You may not read {label}.", label=path.field.label))
    return query


def may_read(judge: Judge, actor: Actor, path: Path) -> bool:
    """Whether the actor may read every field on the way of a path."""
    return all(judge.may(actor, field.module, "read", field=field.key).allowed for field in path.fields)
