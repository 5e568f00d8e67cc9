"""Recomputations: which computed fields the background is still working out, and the operations that do it.

A field is marked in the transaction that makes it stale, and the mark goes with the last batch of the
operation that has worked it out. One that was cancelled, or failed, leaves its marks: readers are told so
until another has gone over the field, which a worker begins by itself after a while.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from runtime.base.clock import Clock
from runtime.storage.operations import OPEN, QUEUED, Operations
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

KIND = "recompute"
"""The kind of operation that recomputes."""

Name = tuple[str, str]
"""A field: its module, and its key."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A field that is not current in every record. ``is_open``: an operation is at work on it, or about to
    be.
    """

    module: str
    field: str
    operation: int
    is_open: bool


class Recomputations:
    """Reads and writes the marks. It depends on no catalog."""

    def __init__(self, clock: Clock) -> None:
        tables = runtime_tables()
        self._marks = tables.recomputing
        self._table = tables.operations
        self._operations = Operations(clock)

    def start(
        self,
        tx: Transaction,
        names: Sequence[Name],
        user_id: int | None,
        revision: int | None,
        *,
        quiet: bool = False,
        cause: int | None = None,
    ) -> int:
        """Have these fields worked out in every record, in this order; gives the operation's id.

        One that waits for the same does for both: it is kept from beginning until this transaction has
        ended. ``quiet``: nothing is logged, for nothing happened to the records. ``cause`` is the change set.
        """
        arguments = {"fields": [list(name) for name in names], "quiet": quiet}
        waiting = self._waiting(tx.connection, arguments)
        if waiting is not None:
            return waiting
        about = ", ".join(".".join(name) for name in names)
        given = {**arguments, "cause": cause}
        operation = self._operations.add(tx, KIND, given, about[:200], user_id, revision)
        tx.connection.execute(
            insert(self._marks),
            [{"module": module, "field": key, "operation_id": operation} for module, key in names],
        )
        return operation

    def marked(self, connection: Connection, module: str) -> list[Marked]:
        """The fields of a module that are marked, each once, in the order of their names."""
        marks, table = self._marks, self._table
        statement = (
            select(marks.c.module, marks.c.field, marks.c.operation_id, table.c.state)
            .join(table, table.c.id == marks.c.operation_id, isouter=True)
            .where(marks.c.module == module)
            .order_by(marks.c.field, marks.c.operation_id)
        )
        found: dict[str, Marked] = {}
        for _, key, operation, state in connection.execute(statement):
            known = found.get(key)
            if known is None or not known.is_open:
                found[key] = Marked(module, key, operation, state in OPEN)
        return list(found.values())

    def left_by(self, connection: Connection, operation: int) -> frozenset[Name]:
        """The fields that an operation has marked, and nobody has worked out since."""
        marks = self._marks
        statement = select(marks.c.module, marks.c.field).where(marks.c.operation_id == operation)
        return frozenset((module, key) for module, key in connection.execute(statement))

    def abandoned(self, connection: Connection, before: datetime) -> list[int]:
        """The operations that ended before a moment and whose fields nobody works out."""
        marks, table, others = self._marks, self._table, self._marks.alias()
        working = (
            select(others.c.operation_id)
            .join(table, table.c.id == others.c.operation_id)
            .where(
                others.c.module == marks.c.module, others.c.field == marks.c.field, table.c.state.in_(OPEN)
            )
        )
        ended = select(table.c.id).where(table.c.state.not_in(OPEN), table.c.finished_at <= before)
        statement = select(marks.c.operation_id).where(
            marks.c.operation_id.in_(ended), ~exists(working.correlate(marks))
        )
        return sorted(set(connection.execute(statement).scalars()))

    def done(self, tx: Transaction, operation: int, names: Collection[Name]) -> None:
        """An operation has worked these fields out: its marks go, and those of earlier ones."""
        marks = self._marks
        for module, key in names:
            mine = (marks.c.module == module) & (marks.c.field == key) & (marks.c.operation_id <= operation)
            tx.connection.execute(delete(marks).where(mine))

    def _waiting(self, connection: Connection, arguments: object) -> int | None:
        table = self._table
        statement = (
            select(table.c.id, table.c.arguments)
            .where(table.c.kind == KIND, table.c.state == QUEUED)
            .with_for_update(skip_locked=True)
        )
        for operation, given in connection.execute(statement):
            if {key: given.get(key) for key in ("fields", "quiet")} == arguments:
                return int(operation)
        return None
