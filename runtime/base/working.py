"""Working folders: what is not finished is in them, and what the killed have left goes with the next one."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".trellis-working-"


@contextmanager
def working_folder(beside: Path | None = None) -> Iterator[Path]:
    """A folder for as long as one works in it; with the machine's temporary files, or beside what is made.

    Whoever works in one holds a lock on it, which ends with the process however that ends.
    """
    beside = beside or Path(tempfile.gettempdir())
    for left in beside.glob(f"{PREFIX}*"):
        _remove_left(left)
    folder, lock = _locked(beside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(beside: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
        with suppress(
            FileNotFoundError
        ):  # somebody took it for one that was left, in the moment without a lock
            lock = os.open(folder, os.O_RDONLY)
            if _lock(lock) and folder.exists():
                return folder, lock
            os.close(lock)


def _remove_left(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # it is gone, or is another user's
        return
    try:
        if _lock(lock):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
