"""Room on the disk: looked at before anything is written, and told in words."""

import shutil
from pathlib import Path

from runtime.upkeep.errors import UpkeepError

SPARE = 32 << 20
"""Bytes that must be left over."""


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise :class:`UpkeepError` when a folder's disk has not room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise UpkeepError(f"{what} needs {in_words(needed + SPARE)}, and {folder} has {in_words(free)} free.")


def in_words(size: int) -> str:
    """``12 bytes``, ``3.4 MB``."""
    number, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:,.0f} {unit}" if unit == "bytes" else f"{number:,.1f} {unit}"
