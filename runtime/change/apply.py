"""Applying: the plan is made and carried out, and the revision written, in one transaction under a lock."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from runtime.base.clock import Clock
from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.registry import Registry
from runtime.change import codes
from runtime.change.locking import lock_configuration
from runtime.change.plan import Plan, make_plan
from runtime.change.revisions import Revision, next_number, write_revision
from runtime.change.step import Step
from runtime.fields.base import FieldType
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Catalog
from runtime.storage.database import Database
from runtime.storage.recomputations import Recomputations
from runtime.storage.transaction import Transaction
from runtime.storage.turns import take_turn

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often the plan is made anew when records that came meanwhile break it."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The configuration is the applied one; ``is_new`` tells whether this made it so, or nothing had to
    change.
    """

    revision: int
    plan: Plan
    is_new: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done, for these reasons."""

    refusals: tuple[Diagnostic, ...]
    plan: Plan


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
) -> Applied | Refused:
    """Make the database and the applied revision those of a catalog, entirely or not at all.

    ``layers`` are the texts the catalog was loaded from, and ``by`` says who applies it. With ``expected``, a
    plan that somebody was shown, anything else is refused as stale. ``on_step`` is called before each step
    with its place from 0, and ``on_first`` after the last step of the first revision that a database gets;
    what they raise undoes everything. Of two at once the second plans anew on what the
    first has done. Raises :class:`runtime.storage.errors.StorageError` when the database does not let it.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _apply(database, catalog, layers, types, clock, by, expected, on_step, on_first)
        except IntegrityError:
            log.warning("Records were written that the plan did not know of; it is made again.")
    return _apply(database, catalog, layers, types, clock, by, expected, on_step, on_first)


def _apply(
    database: Database,
    catalog: Catalog,
    layers: Sequence[LayerFiles],
    types: Registry[FieldType],
    clock: Clock,
    by: str | None,
    expected: Plan | None,
    on_step: Callable[[int, Step], object] | None,
    on_first: Callable[[Transaction, Revision], object] | None,
) -> Applied | Refused:
    with database.write() as tx:
        lock_configuration(tx.connection, database.schema)
        if catalog.computed:
            take_turn(tx.connection)
        plan = make_plan(tx.connection, catalog, types, database.schema)
        if expected is not None and expected.seal != plan.seal:
            return Refused((_stale(expected, plan),), plan)
        if plan.refusals:
            return Refused(plan.refusals, plan)
        if plan.is_empty:
            return Applied(plan.base, plan, is_new=False)
        for place, step in enumerate(plan.steps):
            if on_step is not None:
                on_step(place, step)
            step.run(tx.connection)
        number = next_number(tx.connection)
        if plan.later:
            Recomputations(clock).start(tx, plan.later, None, number, quiet=True)
        revision = Revision(number, catalog.hash, tuple(layers), plan.names, plan.shape)
        steps = [step.to_json() for step in plan.steps]
        write_revision(tx.connection, revision, str(catalog.title), catalog.version, steps, clock.now(), by)
        if on_first is not None and number == 1:
            on_first(tx, revision)
    return Applied(number, plan, is_new=True)


def _stale(expected: Plan, plan: Plan) -> Diagnostic:
    if expected.base != plan.base:
        why = f"the applied revision was {expected.base} and is {plan.base} now"
    elif expected.target_hash != plan.target_hash:
        why = "the configuration is another one now"
    elif expected.fingerprint != plan.fingerprint:
        why = "the database's tables are not what they were"
    else:
        why = "the records have changed what there is to do"
    return Diagnostic(
        codes.STALE.name,
        f"the plan is stale: {why}",
        Span.point("pack.yaml"),
        help="look at a new plan first",
    )
