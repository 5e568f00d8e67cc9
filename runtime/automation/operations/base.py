"""What a kind of operation is: long work that goes on in the background, in steps that are kept as they are
done.

To add one, write a file here with one subclass. Its work is a sequence of batches::

    class Tidy(Operation):
        name = "tidy"
        title = message("Tidying")

        def run(self, context: Context) -> Mapping[str, object]:
            place = context.checkpoint.get("place", 0)
            while rows := the_rows_after(place):
                with context.batch() as batch:             # one transaction
                    do_something_with(batch.tx, rows)
                    place = rows[-1].id
                    batch.keep({"place": place}, done=place)   # in the same transaction
            return {"tidied": place}

A worker may be killed at any moment. The next one calls ``run`` again, with the checkpoint of the last batch
that landed: what is written through ``batch.tx`` happens exactly once, whatever is done outside of it
happens at least once. Between batches the context ends a run that is to be cancelled, whose worker is told
to stop, or whose lease another worker has by now, by an exception: let it pass.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from runtime.automation.context import Context
from runtime.base.clock import Clock
from runtime.base.messages import Message
from runtime.storage.operations import StoredOperation
from runtime.storage.transaction import Transaction


class OperationError(Exception):
    """An operation that cannot be done; the message tells the reader why. What it kept so far stays."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class LaterError(Exception):
    """There is nothing to be done now, and something later: the operation begins again after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"to be gone on with after {after}")
        self.after = after


class Operation(ABC):
    """A kind of operation. It has no state: all comes with the context."""

    name: ClassVar[str]
    title: ClassVar[Message]
    every: ClassVar[timedelta | None] = None
    """How often the system starts one by itself; None where somebody must ask for it."""
    undoable: ClassVar[bool] = False
    """Whether what it has changed in records may be taken back, once it has ended."""

    resumable: ClassVar[bool] = False
    """Whether :meth:`resume` does something: what ended early is owed all the same."""

    def resume(
        self, tx: Transaction, clock: Clock, ended: StoredOperation, user_id: int | None
    ) -> int | None:
        """Begin anew, or go on with, what was cancelled or failed, in the name of a user; gives the id of the
        operation that does so.
        """
        return None

    def cancelled(self, tx: Transaction, clock: Clock, operation: StoredOperation) -> None:
        """Cancel what it has set going beside itself: somebody has just asked for it to be cancelled."""
        return

    def owed(self, tx: Transaction, clock: Clock) -> Sequence[int]:
        """The operations of this kind that ended early some time ago, and are to be resumed by themselves."""
        return ()

    @abstractmethod
    def run(self, context: Context) -> Mapping[str, object]:
        """Do it, or go on with it. Raises :class:`OperationError` with a reason.

        The result is JSON. Three keys are shown by the screens: ``text`` (a message as JSON, see
        :func:`runtime.base.messages.to_json`), ``files`` (the ids of records of the module ``files``, by a
        label), and ``counts`` (numbers by a label). ``arguments`` may have ``files`` too: what it names is
        not cleaned up.
        """
