"""What is kept of a filling with each of its steps, so that another run can go on after the last one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


class AnotherWorldError(Exception):
    """What was kept is not of the records that are drawn now."""


@dataclass(slots=True)
class Kept:
    """The day from which all is dated, how many steps are written, and the ids that each save gave.

    The records of one save have ids in a row, of which the first says enough. Where somebody else saved at
    the same moment there are gaps between them, and all are kept.
    """

    today: date
    steps: int = 0
    ids: list[int | list[int]] = field(default_factory=list)
    _read: int = 0

    @classmethod
    def read(cls, checkpoint: Mapping[str, Any], today: date) -> "Kept":
        """What a checkpoint holds; an empty one begins today."""
        if not checkpoint:
            return cls(today)
        return cls(date.fromisoformat(checkpoint["today"]), checkpoint["steps"], list(checkpoint["ids"]))

    def to_json(self) -> dict[str, Any]:
        """As a checkpoint holds it."""
        return {"today": self.today.isoformat(), "steps": self.steps, "ids": list(self.ids)}

    def add(self, ids: list[int]) -> None:
        """Keep what a save gave."""
        in_a_row = ids == list(range(ids[0], ids[0] + len(ids)))
        self.ids.append(ids[0] if in_a_row else ids)
        self._read += 1

    def again(self, count: int) -> list[int]:
        """What the next of the saves that are kept gave."""
        if self.is_read:
            raise AnotherWorldError
        ids = self.ids[self._read]
        self._read += 1
        return list(range(ids, ids + count)) if isinstance(ids, int) else ids

    @property
    def is_read(self) -> bool:
        """Whether every save that is kept was given again."""
        return self._read == len(self.ids)
