"""Background: how anybody has something done in the background, and sees how far it is."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from runtime.automation.operations.base import Operation
from runtime.base.registry import Registry
from runtime.identity.actor import Actor
from runtime.storage.operations import CANCELLED, FAILED, Operations
from runtime.storage.transaction import Transaction

log = logging.getLogger("trellis.background")

RESUMED = (CANCELLED, FAILED)
"""How an operation has ended that may be begun anew."""


class Background:
    """A site's background work: its kinds, and its operations in the database."""

    def __init__(
        self, kinds: Registry[Operation], operations: Operations, wake: Callable[[], object]
    ) -> None:
        """``wake`` tells the workers that something waits; it may fail, for they look by themselves too."""
        self.kinds = kinds
        self.operations = operations
        self._wake = wake

    def start(
        self,
        tx: Transaction,
        kind: str,
        arguments: Mapping[str, Any],
        actor: Actor,
        about: str = "",
        revision: int | None = None,
    ) -> int:
        """Have an operation done once the transaction has landed; gives its id.

        ``arguments`` are JSON, ``about`` tells it apart from others of its kind (the name of a file, say). It
        runs with the rights that the actor has by then.
        """
        if kind not in self.kinds:
            raise KeyError(f"There is no kind of operation {kind!r}.")
        operation_id = self.operations.add(tx, kind, arguments, about, actor.user_id, revision)
        tx.after_commit(self.wake)
        return operation_id

    def cancel(self, tx: Transaction, operation_id: int) -> bool:
        """Cancel what waits, and ask what runs to end after its batch; says whether there was something."""
        found = self.operations.find(tx.connection, operation_id)
        kind = self.kinds.get(found.kind) if found is not None and found.is_open else None
        if found is not None and kind is not None:
            kind.cancelled(tx, self.operations.clock, found)
        return self.operations.ask_cancel(tx, operation_id)

    def resume(self, tx: Transaction, operation_id: int, user_id: int | None) -> int | None:
        """Begin anew what was cancelled or failed and is owed all the same; None where nothing is."""
        ended = self.operations.find(tx.connection, operation_id)
        kind = self.kinds.get(ended.kind) if ended is not None else None
        if ended is None or kind is None or ended.state not in RESUMED:
            return None
        started = kind.resume(tx, self.operations.clock, ended, user_id)
        if started is not None:
            tx.after_commit(self.wake)
        return started

    def wake(self) -> None:
        """Wake a worker; when that fails, one finds the work by itself within seconds."""
        try:
            self._wake()
        except Exception:
            log.warning("No worker could be woken; one will look by itself.", exc_info=True)
