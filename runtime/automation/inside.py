"""Inside: a database as it is within one transaction, for what is tried and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runtime.storage.transaction import Transaction


class Inside:
    """A database all of whose transactions are parts of one."""

    def __init__(self, database: Any, tx: Transaction) -> None:
        self._database = database
        self._tx = tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def write(self, *, at_once: bool = True) -> Iterator[Transaction]:
        """A part of the transaction."""
        with self._tx.savepoint():
            yield self._tx

    @contextmanager
    def read(self) -> Iterator[Any]:
        """What the transaction sees."""
        yield self._tx.connection
