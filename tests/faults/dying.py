"""A command that dies at the n-th boundary of an apply, with SIGKILL: after a transaction, or before a step.

``DIE_AT=3 python -m tests.faults.dying apply PACK --yes``. Twenty records are already many to it. Without
``DIE_AT`` it lives, and says at the end how many boundaries there were.
"""

import os
import signal
import sys
from typing import Any

from runtime.change import apply as applying
from runtime.change.landing import Target
from runtime.change.large import Sizes
from runtime.cli import main

PLACE = int(os.environ.get("DIE_AT", "0"))
passed: list[str] = []


def boundary(name: str) -> None:
    """Die here, if it is here."""
    passed.append(name)
    if len(passed) == PLACE:
        print(f"dies at {name}", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


def small(*_: Any) -> Sizes:
    """Sizes at which a test's records are many."""
    return Sizes(large=20, batch=20)


def dying() -> int:
    """The command."""
    tell, told, land = Target.tell, Target.told, Target.land

    def tell_and_die(self: Target, place: int, step: Any) -> None:
        boundary(f"before {step.what}")
        tell(self, place, step)

    def told_and_die(self: Target, state: Any) -> None:
        told(self, state)
        boundary(f"after {state.done} of {state.what}")

    def land_and_die(self: Target, tx: Any, plan: Any) -> Any:
        landed = land(self, tx, plan)
        boundary("before the commit")
        tx.after_commit(lambda: boundary("after the commit"))
        return landed

    Target.tell = tell_and_die  # type: ignore[method-assign]
    Target.told = told_and_die  # type: ignore[method-assign]
    Target.land = land_and_die  # type: ignore[method-assign]
    setattr(applying, "Sizes", small)  # noqa: B010 - it is no part of what the module gives
    code = main()
    print(f"boundaries: {len(passed)}")
    return code


if __name__ == "__main__":
    sys.exit(dying())
