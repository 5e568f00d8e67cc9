"""Recomputing in the background: computed fields of whole modules, those that are read before those that read
them.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from runtime.automation.context import Batch, Context
from runtime.automation.operations.base import Operation
from runtime.base.clock import Clock
from runtime.base.messages import message, to_json
from runtime.records import change_log, outbox, staying_current
from runtime.records.following import Wave
from runtime.records.plan import Plans
from runtime.storage.generations import hold_revision
from runtime.storage.operations import StoredOperation
from runtime.storage.recomputations import KIND, Recomputations
from runtime.storage.recomputing import Range
from runtime.storage.transaction import Transaction
from runtime.storage.turns import take_turn

CHUNK = 5_000
"""So many records are gone through in one transaction."""

DOOR = "recompute"

RESUMED_AFTER = timedelta(minutes=30)
"""How long after it was cancelled, or failed, a recomputation begins anew by itself."""


class Recompute(Operation):
    """Arguments: ``fields``, as pairs of a module and a key; ``quiet``: nothing is logged, because a formula
    is new and nothing happened to the records; ``cause``: the change set that so much follows from.
    """

    name = KIND
    title = message("Recomputation")
    resumable = True

    def resume(
        self, tx: Transaction, clock: Clock, ended: StoredOperation, user_id: int | None
    ) -> int | None:
        """Work out what it has left marked; nothing, where another has gone over that since."""
        recomputations = Recomputations(clock)
        names = recomputations.left_by(tx.connection, ended.id)
        wanted = [(module, key) for module, key in ended.arguments["fields"] if (module, key) in names]
        if not wanted:
            return None
        quiet, cause = bool(ended.arguments.get("quiet")), ended.arguments.get("cause")
        return recomputations.start(tx, wanted, user_id, ended.revision_id, quiet=quiet, cause=cause)

    def owed(self, tx: Transaction, clock: Clock) -> Sequence[int]:
        """Those whose marks no other is at work on."""
        return Recomputations(clock).abandoned(tx.connection, clock.now() - RESUMED_AFTER)

    def run(self, context: Context) -> Mapping[str, object]:
        """Go through the modules by ascending ids; what has another value by now is written."""
        plans = context.live.writer.plans
        wanted = [(module, key) for module, key in context.arguments["fields"]]
        waves = plans.following.waves_of(wanted)
        kept = dict(context.checkpoint) or {"wave": 0, "after": 0, "done": 0, "changed": 0}
        total = _total(context, plans, waves)
        while kept["wave"] < len(waves):
            wave = waves[kept["wave"]]
            with context.batch() as batch:
                hold_revision(batch.tx, context.live.revision)
                take_turn(batch.tx)
                recomputing = plans.recomputing
                until = recomputing.up_to(batch.tx.connection, wave.module, kept["after"], CHUNK)
                if until is None:
                    _finish(context, batch, [(wave.module, key) for key in wave.fields])
                    kept |= {"wave": kept["wave"] + 1, "after": 0}
                else:
                    chunk = Range(kept["after"], until)
                    kept["changed"] += _chunk(context, batch, plans, wave, chunk)
                    kept["done"] += recomputing.within(batch.tx.connection, wave.module, chunk)
                    kept["after"] = until
                batch.keep(kept, done=kept["done"], total=total)
        _forget(context, wanted)
        changed = kept["changed"]
        return {
            "counts": {"changed": changed},
            "text": to_json(message("{count} records had another value", count=changed)),
        }


def _total(context: Context, plans: Plans, waves: Sequence[Wave]) -> int:
    with context.site.database.read() as connection:
        counts = {wave.module: plans.recomputing.count(connection, wave.module) for wave in waves}
    return sum(counts[wave.module] for wave in waves)


def _chunk(context: Context, batch: Batch, plans: Plans, wave: Wave, chunk: Range) -> int:
    tx = batch.tx
    if context.arguments.get("quiet") and not _is_searched(plans, wave):
        return plans.recomputing.rewrite(tx.connection, wave.module, wave.fields, chunk)
    found = plans.recomputing.differing(tx.connection, wave.module, wave.fields, chunk)
    if not found:
        return 0
    actor = context.actor.through(DOOR)
    work = context.live.writer.begin(tx, (), actor, context.live.parsing(actor, "rest"))
    staying_current.store(work, wave.module, wave.fields, found)
    if not context.arguments.get("quiet"):
        change_set = tx.allocate_ids(1)[0]
        change_log.open_change_set(work, change_set)
        log = change_log.Log(staying_current.entries_of(plans[wave.module], found))
        change_log.write_log(work, change_set, log)
        outbox.write_outbox(work, change_set, log.entries)
    return len(found)


def _is_searched(plans: Plans, wave: Wave) -> bool:
    search = plans[wave.module].search
    return search is not None and search.changes_with(wave.fields)


def _finish(context: Context, batch: Batch, names: Sequence[tuple[str, str]]) -> None:
    Recomputations(context.site.clock).done(batch.tx, context.id, names)


def _forget(context: Context, wanted: Sequence[tuple[Any, Any]]) -> None:
    # Fields that are no longer there, or are computed no more.
    with context.batch() as batch:
        _finish(context, batch, wanted)
        batch.keep(context.checkpoint)
