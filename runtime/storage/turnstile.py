"""The turnstile: the processes that write to one SQLite file take turns.

SQLite's own wait is unfair: it asks again after ever longer pauses, and a process that writes batch after
batch leaves no gap that another would hit. Here whoever is next holds the one file while it waits for the
other, so that nobody passes it. The kernel frees the locks of a process that dies.

It also keeps a commit's checkpoint from running beside another process's write, which is what sets off a
known fault of SQLite before 3.51.3.
"""

import fcntl
import os
import time
from pathlib import Path

from runtime.storage.errors import BusyError, UnavailableError

PAUSE = 0.002
"""Seconds between two tries."""


class Turnstile:
    """Two lock files beside a database. For one thread of the process at a time."""

    def __init__(self, database: Path, patience: float) -> None:
        """``patience`` is the longest wait in seconds."""
        self._names = (
            database.with_name(database.name + "-next"),
            database.with_name(database.name + "-turn"),
        )
        self._patience = patience
        self._files: tuple[int, int] | None = None

    def acquire(self) -> None:
        """Wait for one's turn. Raises :class:`BusyError` when it does not come in time."""
        following, turn = self._open()
        until = time.monotonic() + self._patience
        self._wait(following, until)
        try:
            self._wait(turn, until)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)

    def release(self) -> None:
        """Let the next one in."""
        fcntl.flock(self._open()[1], fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the files."""
        files, self._files = self._files, None
        for file in files or ():
            os.close(file)

    def _open(self) -> tuple[int, int]:
        if self._files is None:
            try:
                following, turn = (os.open(name, os.O_RDWR | os.O_CREAT, 0o600) for name in self._names)
            except OSError as error:
                raise UnavailableError(f"{self._names[0]} cannot be opened: {error.strerror}.") from error
            self._files = following, turn
        return self._files

    def _wait(self, file: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    waited = f"Another process has been writing for {self._patience:g} seconds"
                    raise BusyError(f"{waited}: try again in a moment.") from None
                time.sleep(PAUSE)
            else:
                return
