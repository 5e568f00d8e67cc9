"""A worker that keeps where a run is after the step's transaction, which the trial must find.

python -m tests.faults.careless_runs worker --name trial
"""

import sys
import time
from collections.abc import Mapping
from typing import Any

from runtime.cli import main
from runtime.storage.runs import Runs, StoredRun
from runtime.storage.transaction import Transaction

keep = Runs.keep


def keep_too_late(self: Runs, tx: Transaction, run: StoredRun, values: Mapping[str, Any]) -> None:
    """Write it outside of the transaction, a moment later."""

    def later() -> None:
        time.sleep(0.3)
        with tx.connection.engine.begin() as connection:
            keep(self, Transaction(connection), run, values)

    tx.after_commit(later)


if __name__ == "__main__":
    Runs.keep = keep_too_late  # type: ignore[method-assign]
    sys.exit(main())
