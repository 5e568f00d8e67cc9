"""Applying: the plan is made and carried out, and the revision written, in one transaction under a lock."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from runtime.base.clock import Clock
from runtime.base.registry import Registry
from runtime.change.completing import complete
from runtime.change.journal import Change, StepState, unfinished
from runtime.change.known import REMEMBERED, Known, UnforeseenError
from runtime.change.landing import Applied, Refused, Target, rehearsed
from runtime.change.large import GROWING, LargeApply, Sizes, clear_away, is_large
from runtime.change.locking import ATTEMPTS, again_while_busy, applying, lock_configuration, stop_writers
from runtime.change.making import NotMadeError
from runtime.change.plan import Plan
from runtime.change.quarantine import KEPT
from runtime.change.revisions import Revision, is_set_up, latest_number
from runtime.change.step import Step
from runtime.fields.base import FieldType
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Catalog
from runtime.storage.database import Database
from runtime.storage.errors import BusyError
from runtime.storage.transaction import Transaction

__all__ = ["Applied", "Refused", "apply"]

log = logging.getLogger(__name__)


def apply(
    database: Database,
    catalog: Catalog,
    layers: Sequence[LayerFiles],
    types: Registry[FieldType],
    clock: Clock,
    by: str | None = None,
    *,
    expected: Plan | None = None,
    on_step: Callable[[int, Step], object] | None = None,
    on_first: Callable[[Transaction, Revision], object] | None = None,
    kept: timedelta = KEPT,
    message: str | None = None,
    accept_lossy: bool = False,
    on_progress: Callable[[StepState], object] | None = None,
    sizes: Sizes | None = None,
    back_to: Revision | None = None,
    applied: Catalog | None = None,
    on_landed: Callable[[Transaction, int], object] | None = None,
    based_on: int | None = None,
) -> Applied | Refused:
    """Make the database and the applied revision those of a catalog, entirely or not at all.

    ``layers`` are the texts the catalog was loaded from; ``by`` says who applies it, and ``message`` why. A
    plan with steps that lose values is refused unless ``accept_lossy``. With ``expected``, a
    plan that somebody was shown, anything else is refused as stale. ``on_step`` is called before each step
    with its place from 0, and ``on_first`` after the last step of the first revision that a database gets;
    what they raise undoes everything. ``on_progress`` is called where an apply goes on in several
    transactions (:mod:`runtime.change.large`), after each; ``sizes`` says from how many records on that is.
    What steps overwrite can come back for as long as ``kept``. ``back_to`` is the revision that the catalog
    is of, in a rollback, and ``applied`` the catalog of the applied one, where the caller has it.
    ``on_landed`` is called with the revision's number in the transaction that writes it, last. ``based_on``
    is the number of the revision whose own layer of the site is among ``layers``: while another one is
    applied, nothing is done. Of two at once the second plans anew on what the first has done. Raises
    :class:`runtime.storage.errors.StorageError` when the database does not let it. Where ``on_step`` or
    ``on_progress`` stops the worker, or says that another one has the work, an apply of the same goes on.
    """
    with database.read() as connection:
        stands = is_set_up(connection, database.schema)
    if stands:
        complete(database)
    target = Target(
        catalog,
        layers,
        types,
        clock,
        by,
        expected,
        on_step,
        on_first,
        kept,
        message,
        accept_lossy,
        on_progress,
        back_to,
        applied,
        on_landed,
        based_on,
        Known(REMEMBERED) if expected is None else expected.known,
    )
    sizes = sizes or GROWING
    with applying(database, by):
        for attempt in range(ATTEMPTS):
            try:
                return _one_try(database, target, sizes)
            except NotMadeError as error:
                with database.read() as connection:
                    return Refused(error.refusals, target.plan(connection, database.schema))
            except UnforeseenError as error:
                log.warning("%s The plan is made anew.", error)
                target.known.forget()
                if attempt == ATTEMPTS - 1:
                    raise BusyError(f"{error} Apply again when people write less.") from error
    raise AssertionError("the last attempt ends by itself")


def _one_try(database: Database, target: Target, sizes: Sizes) -> Applied | Refused:
    begun = _go_on_with(database, target)
    expects_large = target.expected is not None and is_large(target.expected, sizes)
    if begun is None and not expects_large:
        outcome = again_while_busy(rehearsed(database, target, lambda: _at_once(database, target, sizes)))
        if not isinstance(outcome, Plan):
            return outcome
    return LargeApply(database, target, sizes).run(begun)


def _go_on_with(database: Database, target: Target) -> Change | None:
    """The apply that was begun before and is of the same target; one of another is cleared away."""
    with database.read() as connection:
        begun = unfinished(connection)
        base = latest_number(connection) if begun is not None else 0
    if begun is None or (begun.target_hash, begun.base) == (target.mark, base):
        return begun
    clear_away(database, begun, target.clock)
    return None


def _at_once(database: Database, target: Target, sizes: Sizes) -> Plan | Applied | Refused:
    """All in one transaction; gives the plan back when that would keep others waiting for too long."""
    with database.write() as tx:
        lock_configuration(tx.connection, database.schema)
        stop_writers(tx.connection)
        plan = target.look(tx, database.schema)
        if not isinstance(plan, Plan):
            return plan
        if is_large(plan, sizes):
            return plan
        for place, step in enumerate(plan.steps):
            target.tell(place, step)
            step.run(tx.connection)
        return target.land(tx, plan)
