"""The program with three faults that the trial must find: REST does a save again whose key it has seen, a
worker keeps where a run is when the run ends or waits, and each call to the outside has a key of its own.

python -m tests.faults.whole.careless serve | worker …
"""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from runtime.automation import running
from runtime.cli import main
from runtime.storage.runs import Runs, StoredRun
from runtime.storage.transaction import Transaction
from runtime.web.api import repeats
from runtime.web.api.endpoint import Call

SECONDS = 2.0
"""So long after a transaction nothing happens."""
keep = Runs.keep


def keep_at_the_end(self: Runs, tx: Transaction, run: StoredRun, values: Mapping[str, Any]) -> None:
    """Keep it when the run ends or waits, and not after each step."""
    if "state" in values:
        keep(self, tx, run, values)
    else:
        tx.after_commit(lambda: time.sleep(SECONDS))


def once(
    call: Call,
    work: Callable[[Any], Response],
    *,
    fingerprint: bytes | None = None,
    before: Callable[[], None] = lambda: None,
) -> Response:
    """Do the work, whatever key it has, and answer a moment later."""
    before()
    with call.site.database.write() as tx:
        response = work(tx)
    time.sleep(SECONDS)
    return response


def another_key(run: StoredRun, place: str) -> str:
    """A key that nobody has seen before."""
    return f"run-{run.id}-{place}-{uuid4().hex}"


if __name__ == "__main__":
    repeats.once = once  # before the endpoints take it from there
    running.key_of = another_key  # type: ignore[attr-defined]
    Runs.keep = keep_at_the_end  # type: ignore[method-assign]
    sys.exit(main())
