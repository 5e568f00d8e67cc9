"""A dry run: everything is done and nothing is kept, so that one may see what would come of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from runtime.storage.database import Database
from runtime.storage.transaction import Transaction


class _Undone(Exception):  # noqa: N818 - nothing is wrong
    pass


@contextmanager
def undone(database: Database) -> Iterator[Transaction]:
    """A transaction that is rolled back at its end, as :meth:`Database.write` is committed."""
    try:
        with database.write() as tx:
            yield tx
            raise _Undone
    except _Undone:
        return
