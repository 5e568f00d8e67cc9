"""The write lock: those who wait for it get it in the order they came."""

import threading
from collections import deque

from runtime.storage.errors import BusyError


class WriteLock:
    """A fair lock for one process. SQLite's own wait is unfair: a writer may starve behind others for
    seconds.
    """

    def __init__(self, patience: float, places: int = 64) -> None:
        """``patience`` is the longest wait in seconds; ``places`` is how many may wait at one time."""
        self._patience = patience
        self._places = places
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    def acquire(self) -> None:
        """Wait for one's turn. Raises :class:`BusyError` when it does not come in time."""
        ticket = self._queue()
        if ticket is None:
            return
        if not ticket.wait(self._patience):
            with self._mutex:
                if not ticket.is_set():
                    self._waiting.remove(ticket)
                    raise BusyError(
                        f"Others have been writing for {self._patience:g} seconds: try again in a moment."
                    )
        self._holder = threading.get_ident()

    def release(self) -> None:
        """Hand the lock to the one who has waited longest."""
        with self._mutex:
            if self._waiting:
                self._holder = 0  # between two holders: taken, and by nobody's thread
                self._waiting.popleft().set()
            else:
                self._holder = None

    def _queue(self) -> threading.Event | None:
        # The ticket to wait for, or None when the lock is now ours.
        with self._mutex:
            if self._holder == threading.get_ident():
                raise RuntimeError(
                    "A write began inside another write of the same thread: hand its transaction down."
                )
            if self._holder is None:
                self._holder = threading.get_ident()
                return None
            if len(self._waiting) >= self._places:
                raise BusyError(f"{self._places} others are waiting to write: try again in a moment.")
            ticket = threading.Event()
            self._waiting.append(ticket)
            return ticket
