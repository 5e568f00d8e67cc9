"""Room on the disk: looked at before anything is written, and told in words."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.upkeep.errors import UpkeepError

SPARE = 32 << 20
"""Bytes that must be left over."""
WORKING = ".trellis-working-"


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise :class:`UpkeepError` when a folder's disk has not room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise UpkeepError(f"{what} needs {in_words(needed + SPARE)}, and {folder} has {in_words(free)} free.")


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """A folder for what is not finished, which goes at the end; what a process that was killed has left goes
    at the beginning.
    """
    for left in beside.glob(f"{WORKING}*"):
        _remove_left(left)
    folder = Path(tempfile.mkdtemp(prefix=WORKING, dir=beside))
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def in_words(size: int) -> str:
    """``12 bytes``, ``3.4 MB``."""
    number, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:,.0f} {unit}" if unit == "bytes" else f"{number:,.1f} {unit}"


def _remove_left(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # somebody is at work in it
    finally:
        os.close(handle)
