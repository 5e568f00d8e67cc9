"""A job at one of its times: the runs of its records are started page by page, and seen to their end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from runtime.automation.context import Context
from runtime.automation.operations.base import LaterError, Operation, OperationError
from runtime.automation.starting import SCHEDULE, Cause, start
from runtime.base.clock import Clock
from runtime.base.messages import Message, message, to_json
from runtime.identity.actor import SYSTEM
from runtime.model.catalog import Path, SortKey
from runtime.model.job import Job
from runtime.storage.operations import Operations, StoredOperation
from runtime.storage.query import Query
from runtime.storage.runs import CANCELLED, CUT, DONE, FAILED, OPEN, SKIPPED, Runs
from runtime.storage.transaction import Transaction

PAGE = 200
"""So many runs are started in one transaction."""
LOOK = timedelta(seconds=1)
"""How often it is looked whether they have ended."""
KIND = "job"


def prefix_of(root: int) -> str:
    """What the keys of a job's runs begin with."""
    return f"job:{root}:"


class DoJob(Operation):
    """Arguments: ``job``, its key; ``root`` and ``begin`` where an earlier one is gone on with."""

    name = KIND
    title = message("Job")
    resumable = True

    def run(self, context: Context) -> Mapping[str, object]:
        """Start what is not started, and wait for its end."""
        job = context.site.live.catalog.jobs.get(context.arguments["job"])
        if job is None:
            raise OperationError(message('There is no job "{job}" any more.', job=context.arguments["job"]))
        root = int(context.arguments.get("root", context.id))
        kept = dict(context.checkpoint) or dict(context.arguments.get("begin") or {"after": "", "started": 0})
        runs = Runs(context.site.clock)
        while kept["after"] is not None:
            with context.batch() as batch:
                _start_page(context, batch.tx, job, runs, root, kept)
                batch.tx.after_commit(context.site.live.writer.plans.workplace.wake)
                batch.keep(kept, done=kept.get("ended", 0), total=kept["started"], text=_told(kept))
        with context.batch() as batch:
            counts = runs.counts_of(batch.tx.connection, prefix_of(root))
            kept["ended"] = sum(count for state, count in counts.items() if state not in OPEN)
            batch.keep(kept, done=kept["ended"], total=kept["started"], text=_told(kept))
        if kept["ended"] < kept["started"]:
            raise LaterError(LOOK)
        shown = {
            key: counts.get(key, 0) for key in (DONE, FAILED, CANCELLED, SKIPPED, CUT) if counts.get(key)
        }
        return {"counts": shown, "text": to_json(_told(kept))}

    def cancelled(self, tx: Transaction, clock: Clock, operation: StoredOperation) -> None:
        """Cancel its runs, too."""
        Runs(clock).cancel_all(tx, prefix_of(int(operation.arguments.get("root", operation.id))))

    def resume(
        self, tx: Transaction, clock: Clock, ended: StoredOperation, user_id: int | None
    ) -> int | None:
        """Go on where it ended: its runs that did not come to their end begin again where they were."""
        root = int(ended.arguments.get("root", ended.id))
        Runs(clock).resume_all(tx, prefix_of(root))
        begin = ended.checkpoint or ended.arguments.get("begin")
        arguments = {**ended.arguments, "root": root, "begin": dict(begin) if begin else None}
        return Operations(clock).add(tx, KIND, arguments, ended.about, user_id, ended.revision_id)


def _start_page(
    context: Context, tx: Transaction, job: Job, runs: Runs, root: int, kept: dict[str, Any]
) -> None:
    """Start the runs of a page, and say where the next begins: None behind the last."""
    live = context.site.live
    cause = Cause(SCHEDULE, prefix_of(root).rstrip(":"), context.operation.user_id)
    ids: list[int | None] = [None]
    kept_after = None
    if job.filter:
        module = live.catalog.modules[job.module]
        where = live.catalog.filters[job.module][job.filter].where
        number = Path("id", (module.record_fields["id"],))
        query = Query(
            job.module,
            where=(where,) if where is not None else (),
            sort=(SortKey(number),),
            limit=PAGE,
            after=kept["after"] or None,
        )
        page = live.reader.page(tx.connection, query, live.moment(SYSTEM))
        ids, kept_after = [row.id for row in page.rows], page.next
    started = start(tx, live, runs, job.procedure, ids, cause)
    kept["after"], kept["started"] = kept_after, kept["started"] + len(started)


def _told(kept: Mapping[str, Any]) -> Message:
    return message("{ended} of {started} done", ended=kept.get("ended", 0), started=kept["started"])
