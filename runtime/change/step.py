"""A step of a plan: one thing that applying does to the database."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from runtime.base.diagnostic import Span
from runtime.change.phases import Build, Fill, Phase

MANY = 10_000
"""From so many records on, a step that touches each of them counts as slow."""


class Safety(StrEnum):
    """What a step may cost: nothing to speak of, time while others wait, or data."""

    SAFE = "safe"
    SLOW = "slow"
    LOSSY = "lossy"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``what`` is a sentence, ``rows`` how many records it writes or reads through, ``origin`` the
    place in the configuration that caused it, and ``run`` does it in the caller's transaction.

    The sentence has no counts in it: people go on working, and the plan that was shown stays the plan.
    ``phase`` says when it runs where there are very many records, and ``fill``, of a step of the phase
    ``FILL``, how to go through them in batches; ``run`` is then ``fill.whole``. ``build`` is the index that a
    step of the phase ``BUILD`` makes.
    ``sample`` are a few lines of what becomes of values, made by :mod:`runtime.change.sample`, and
    ``estimate`` how many seconds it may take, by :mod:`runtime.change.estimate`. A step is LOSSY when it
    loses what cannot be had from the new configuration: two values become one, numbers are rounded, texts
    are cut. Then it keeps what it overwrites in the quarantine, and somebody must agree to it.
    """

    what: str
    run: Callable[[Connection], object]
    origin: Span | None = None
    rows: int = 0
    safety: Safety = Safety.SAFE
    phase: Phase = Phase.SWITCH
    fill: Fill | None = None
    sample: tuple[str, ...] = ()
    estimate: float = 0.0
    build: Build | None = None

    def kept(self) -> dict[str, object]:
        """The step for the revision to keep: without the sample, whose values are nobody's business later."""
        place = None if self.origin is None else {"file": self.origin.file, "line": self.origin.line}
        return {"what": self.what, "safety": str(self.safety), "rows": self.rows, "at": place}

    def to_json(self) -> dict[str, object]:
        """The step for a program to read."""
        return {**self.kept(), "sample": list(self.sample), "estimate": round(self.estimate, 1)}


def safety_of(rows: int) -> Safety:
    """How safe it is to touch so many records."""
    return Safety.SLOW if rows >= MANY else Safety.SAFE


def nothing(_connection: Connection) -> None:
    """What a step runs that changes only what is shown."""


def counted(number: int, noun: str) -> str:
    """``1 record``, ``1,200 records``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
