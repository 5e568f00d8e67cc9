"""The context of one run: what an operation is handed, and how it keeps what it has done."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, BinaryIO

from runtime.automation.interrupted import CancelledError, StoppedError
from runtime.automation.place import Place, Snapshot
from runtime.base.messages import Message, to_json
from runtime.identity.actor import Actor
from runtime.storage.errors import OutdatedError
from runtime.storage.operations import ClaimLostError, Operations, StoredOperation
from runtime.storage.transaction import Transaction

NOTES = 1000
"""How many notes are read at one time."""


@dataclass(slots=True)
class Signals:
    """What a run is told from outside, by other threads."""

    stop: threading.Event
    cancel: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)
    is_turn_over: Callable[[], bool] = lambda: False


class Batch:
    """One step of an operation: one transaction, with the work, the checkpoint and the progress in it."""

    def __init__(self, tx: Transaction, operations: Operations, operation_id: int) -> None:
        self.tx = tx
        self.kept: dict[str, Any] = {}
        self._operations = operations
        self._operation_id = operation_id

    def keep(
        self,
        checkpoint: Mapping[str, Any],
        done: int | None = None,
        total: int | None = None,
        text: Message | None = None,
    ) -> None:
        """Say where to go on after this batch (JSON), and how far it is."""
        self.kept = {"checkpoint": dict(checkpoint), **progress(done, total, text)}

    def note(self, kind: str, data: Sequence[Any]) -> None:
        """Add to what the operation gathers: JSON values of a kind, read again by :meth:`Context.notes`."""
        self._operations.note(self.tx, self._operation_id, kind, data)


class Context:
    """What one run of an operation is handed.

    ``site`` has the database, the files and the clock, ``live`` the snapshot to work with, ``actor`` is who
    wants it (with the rights of now), ``checkpoint`` where the last batch that landed left off: empty at
    first.
    """

    def __init__(
        self,
        site: Place,
        live: Snapshot,
        actor: Actor,
        operation: StoredOperation,
        operations: Operations,
        lease: timedelta,
        signals: Signals,
    ) -> None:
        self.site = site
        self.live = live
        self.actor = actor
        self.operation = operation
        self.id = operation.id
        self.arguments: Mapping[str, Any] = operation.arguments
        self.checkpoint: Mapping[str, Any] = operation.checkpoint or {}
        self.told: dict[str, Any] = {}
        self._operations = operations
        self._lease = lease
        self._signals = signals
        self._has_kept = False

    @contextmanager
    def batch(self, *, at_once: bool = True) -> Iterator[Batch]:
        """One transaction: the work, the checkpoint and the progress land together, or nothing does. Where
        others wait, and one has landed in this turn, they come first.
        """
        self.check()
        if self._has_kept and self._signals.is_turn_over():
            raise StoppedError
        with self.site.database.write(at_once=at_once) as tx:
            batch = Batch(tx, self._operations, self.id)
            yield batch
            self.seal(batch)
        self.landed(batch)

    def seal(self, batch: Batch) -> None:
        """Write the checkpoint, as the last thing of a batch's transaction."""
        if self._operations.keep(batch.tx, self.operation, self._lease, batch.kept):
            self._signals.cancel.set()

    def keep_in(self, tx: Transaction, checkpoint: Mapping[str, Any], done: int | None = None) -> None:
        """Say where to go on, in a transaction that is somebody else's: both land together, or nothing does.

        Raises :class:`ClaimLostError` where another worker has the operation by now.
        """
        batch = Batch(tx, self._operations, self.id)
        batch.keep(checkpoint, done)
        self.seal(batch)

    def landed(self, batch: Batch) -> None:
        """The batch's transaction has been committed: that is where a later run goes on."""
        if "checkpoint" in batch.kept:
            self.checkpoint, self._has_kept = batch.kept["checkpoint"], True

    def check(self) -> None:
        """End the run here if it is to end; call it now and then where there are no batches."""
        if self._signals.lost.is_set():
            raise ClaimLostError(f"Operation {self.id} belongs to another worker by now.")
        if self._signals.cancel.is_set():
            raise CancelledError
        if self._signals.stop.is_set():
            raise StoppedError

    def tell(self, done: int, total: int | None = None, text: Message | None = None) -> None:
        """Say how far it is, outside of a batch; written by and by."""
        self.told = progress(done, total, text)

    def keep_file(self, name: str, content: BinaryIO, *, unlimited: bool = False) -> int:
        """Keep a file that the operation has made, as the actor's own; gives its id, for the result.

        It may be as large as an upload, or of any size where it is ``unlimited``.
        """
        try:
            return self._keep_file(self.live, name, content, unlimited)
        except OutdatedError:  # what was made of the revision that this began with is kept with the newest
            self.site.refresh()
            return self._keep_file(self.site.live.seen_by(self.actor), name, content, unlimited)

    def _keep_file(self, live: Snapshot, name: str, content: BinaryIO, unlimited: bool) -> int:
        site, parsing = self.site, live.parsing(self.actor, "rest")
        return live.attachments.keep(
            site.database, site.files, name, content, self.actor, parsing, unlimited=unlimited
        )

    def mentioned_files(self, tx: Transaction) -> frozenset[int]:
        """The ids of the files that operations were given, or have made: their pages lead to them."""
        return frozenset(self._operations.mentioned_files(tx.connection))

    def notes(self, kind: str) -> Iterator[Any]:
        """What the batches have noted so far, in order, without ever reading all of it at once."""
        after = 0
        while True:
            with self.site.database.read() as connection:
                found = self._operations.notes(connection, self.id, kind, after, NOTES)
            for number, data in found:
                after = number
                yield data
            if len(found) < NOTES:
                return


def progress(done: int | None, total: int | None, text: Message | None) -> dict[str, Any]:
    """What was told of the progress, by column."""
    told: dict[str, Any] = {}
    if done is not None:
        told["done"] = done
    if total is not None:
        told["total"] = total
    if text is not None:
        told["text"] = to_json(text)
    return told
