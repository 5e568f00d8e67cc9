"""What ``trellis apply`` says of an apply that goes on in several transactions, and of one that was begun."""

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from runtime.change.journal import StepState
    from runtime.storage.database import Database

EVERY = 1.0
"""Seconds between two lines about the same step."""


class Progress:
    """Prints how far the steps are: each when it ends, and now and then while it is at work."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._next = 0.0

    def __call__(self, state: "StepState") -> None:
        """Say how far a step is, where it is time to."""
        now = time.monotonic()
        if not state.is_over and now < self._next:
            return
        self._next = now + EVERY
        far = "done" if state.is_over else f"{state.done:,} of {state.rows:,}"
        print(f"  {state.phase}: {state.what} {far}", file=self._out, flush=True)


def was_begun(database: "Database", target_hash: str, out: TextIO) -> bool:
    """Whether an apply was begun and has not ended; says so, and what becomes of it."""
    from runtime.change.journal import unfinished

    with database.read() as connection:
        begun = unfinished(connection)
    if begun is None:
        return False
    since = begun.started_at.isoformat(sep=" ", timespec="minutes")
    by = f" by {begun.applied_by}" if begun.applied_by else ""
    goes_on = begun.target_hash == target_hash
    then = "It goes on from where it stands." if goes_on else "What it has made is cleared away first."
    print(f"An apply was begun at {since}{by}, and has not ended. {then}", file=out, flush=True)
    return True
