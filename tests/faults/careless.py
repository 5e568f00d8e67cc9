"""A worker that keeps its checkpoint after the batch's transaction, which the trial must find.

python -m tests.faults.careless worker --name trial
"""

import sys
import time

from runtime.automation.context import Batch, Context
from runtime.cli import main


def keep_nothing(_context: Context, _batch: Batch) -> None:
    """Leave the checkpoint out of the transaction."""


def keep_too_late(context: Context, batch: Batch) -> None:
    """Write it in a transaction of its own, a moment later."""
    time.sleep(1)
    with context.site.database.write() as tx:
        context._operations.keep(tx, context.operation, context._lease, batch.kept)
    context.checkpoint = batch.kept.get("checkpoint", context.checkpoint)


if __name__ == "__main__":
    Context.seal = keep_nothing  # type: ignore[method-assign,assignment]
    Context.landed = keep_too_late  # type: ignore[method-assign,assignment]
    sys.exit(main())
