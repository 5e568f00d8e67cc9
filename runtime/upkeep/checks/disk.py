"""D111: a disk that is nearly full."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient
from runtime.upkeep.room import in_words

LEAST = 10
"""Hundredths that must be free."""


class Disk(Check):
    """Less than a tenth of a disk is free that holds the database or the files. A full disk refuses every
    save; nothing that was saved is lost.
    """

    name = "D111"
    title = "A disk is nearly full"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The database's disk, where it is on this machine, and that of the files."""
        file = patient.database.file
        places = [*([file.parent] if file is not None else []), patient.settings.files]
        told: set[int] = set()
        for place in map(_there, places):
            device = place.stat().st_dev
            usage = shutil.disk_usage(place)
            if device in told or usage.free * 100 >= usage.total * LEAST:
                continue
            told.add(device)
            yield self.wrong(
                f"{place}: {in_words(usage.free)} of {in_words(usage.total)} are free.",
                "Make room: move old backups away, or take a larger disk.",
            )


def _there(place: Path) -> Path:
    while not place.exists():
        place = place.parent
    return place
