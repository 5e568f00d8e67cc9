"""A command that dies at the n-th boundary of an apply, with SIGKILL: after a transaction or before its end,
between two steps, or in the midst of a batch.

``DIE_AT=3 python -m tests.faults.dying apply PACK --yes``. Twenty records are already many to it. Without
``DIE_AT`` it lives. :func:`watched` counts the boundaries of an apply in this process.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from runtime.change import apply as applying
from runtime.change import journal
from runtime.change.landing import Target
from runtime.change.large import LargeApply, Sizes
from runtime.change.phases import Phase
from runtime.cli import main

SIZES = Sizes(large=20, batch=20)
"""At which a test's records are many."""


@contextmanager
def watched(boundary: Callable[[str], object]) -> Iterator[None]:
    """Have a function told of each boundary that an apply passes."""
    tell, told, land = Target.tell, Target.told, Target.land
    keep, begin = LargeApply._keep, journal.begin

    def tell_first(self: Target, place: int, step: Any) -> None:
        boundary(f"before {step.what}")
        tell(self, place, step)

    def told_too(self: Target, state: Any) -> None:
        told(self, state)
        if state.phase is not Phase.EXPAND:  # these were committed together
            boundary(f"after {state.done} of {state.what}")

    def keep_then(self: LargeApply, tx: Any, change: Any) -> None:
        keep(self, tx, change)
        boundary("before a batch is committed")

    def begin_then(*given: Any) -> Any:
        begun = begin(*given)
        boundary("before the expansion is committed")
        return begun

    def land_then(self: Target, tx: Any, plan: Any) -> Any:
        landed = land(self, tx, plan)
        boundary("before the commit")
        tx.after_commit(lambda: boundary("after the commit"))
        return landed

    with (
        mock.patch.multiple(Target, tell=tell_first, told=told_too, land=land_then),
        mock.patch.object(LargeApply, "_keep", keep_then),
        mock.patch.object(journal, "begin", begin_then),
    ):
        yield


def dying(place: int) -> int:
    """The command."""
    passed: list[str] = []

    def boundary(name: str) -> None:
        passed.append(name)
        if len(passed) == place:
            print(f"dies at {name}", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    with watched(boundary), mock.patch.object(applying, "GROWING", SIZES):
        return main()


if __name__ == "__main__":
    sys.exit(dying(int(os.environ.get("DIE_AT", "0"))))
