"""Landing: what every apply does under the lock: it plans anew, and in the end it writes the revision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runtime.base.clock import Clock
from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.registry import Registry
from runtime.change import codes
from runtime.change.drift import drift, told_entry
from runtime.change.journal import StepState
from runtime.change.kept.base import Ground, follow
from runtime.change.known import Known, UnrehearsedError
from runtime.change.plan import Plan, make_plan
from runtime.change.quarantine import KEPT, keep_until, seal
from runtime.change.revisions import Entry, Revision, history, next_number, write_revision
from runtime.change.shape import kept_until
from runtime.change.step import Step
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.identity.security_log import Who, note
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Catalog
from runtime.storage.database import Database
from runtime.storage.recomputations import Recomputations
from runtime.storage.transaction import Transaction

Outcome = TypeVar("Outcome")

SINCE = 10
"""How many revisions are told of that made a plan stale."""


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


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be applied, by whom, and who is told of it; see :func:`runtime.change.apply.apply`."""

    catalog: Catalog
    layers: Sequence[LayerFiles]
    types: Registry[FieldType]
    clock: Clock
    by: str | None
    expected: Plan | None = None
    on_step: Callable[[int, Step], object] | None = None
    on_first: Callable[[Transaction, Revision], object] | None = None
    kept: timedelta = KEPT
    message: str | None = None
    accept_lossy: bool = False
    on_progress: Callable[[StepState], object] | None = None
    back_to: Revision | None = None
    applied: Catalog | None = None
    on_landed: Callable[[Transaction, int], object] | None = None
    based_on: int | None = None
    known: Known = field(default_factory=Known)

    @property
    def mark(self) -> str:
        """What the journal calls it."""
        return mark_of(self.catalog.hash, None if self.back_to is None else self.back_to.number)

    def plan(self, connection: Connection, schema: str) -> Plan:
        """The plan as it is now."""
        return make_plan(
            connection,
            self.catalog,
            self.types,
            schema,
            back_to=self.back_to,
            applied=self.applied,
            known=self.known,
        )

    def look(self, tx: Transaction, schema: str) -> Plan | Applied | Refused:
        """The plan as it is now, while others wait; or what comes of it at once, where nothing is to be
        done or may be. Raises :class:`runtime.change.known.UnrehearsedError`.
        """
        self.known.others_wait = True
        try:
            plan = self.plan(tx.connection, schema)
        finally:
            self.known.others_wait = False
        if self.based_on is not None and self.based_on != plan.base:
            since = history(tx.connection, SINCE, schema=schema)
            return Refused((overtaken(self.based_on, since),), plan)
        is_stale = self.expected is not None and self.expected.seal != plan.seal
        if is_stale and self.expected is not None and not (plan.refusals and plan.base == self.expected.base):
            since = history(tx.connection, SINCE, schema=schema)
            return Refused((stale(self.expected, plan, since),), plan)
        if plan.refusals:
            return Refused(plan.refusals, plan)
        if plan.lossy and not self.accept_lossy:
            return Refused(tuple(map(unaccepted, plan.lossy)), plan)
        if plan.is_empty:
            return Applied(plan.base, plan, is_new=False)
        keep_until(tx.connection, self.clock.now() + self.kept)
        return plan

    def tell(self, place: int, step: Step) -> None:
        """Say that a step begins."""
        if self.on_step is not None:
            self.on_step(place, step)

    def told(self, state: StepState) -> None:
        """Say how far a step is, of an apply that goes on in several transactions."""
        if self.on_progress is not None:
            self.on_progress(state)

    def land(self, tx: Transaction, plan: Plan) -> Applied:
        """Write the revision, after the last step of the plan."""
        number = next_number(tx.connection)
        if plan.later:
            Recomputations(self.clock).start(tx, plan.later, None, number, quiet=True)
        catalog = self.catalog
        now = self.clock.now()
        shape = kept_until(plan.shape, now + self.kept)
        revision = Revision(number, catalog.hash, tuple(self.layers), plan.names, shape)
        steps = [step.kept() for step in plan.steps]
        write_revision(
            tx.connection,
            revision,
            str(catalog.title),
            catalog.version,
            steps,
            now,
            self.by,
            self.message,
            None if self.back_to is None else self.back_to.number,
            plan.renames,
        )
        seal(tx.connection, number, now + self.kept)
        follow(Ground(tx.connection, catalog, plan.names, plan.renames, Language.standard()))
        self._note(tx, number, now)
        if self.on_first is not None and number == 1:
            self.on_first(tx, revision)
        if self.on_landed is not None:
            self.on_landed(tx, number)
        return Applied(number, plan, is_new=True)

    def _note(self, tx: Transaction, number: int, now: datetime) -> None:
        about = f"{self.catalog.title} {self.catalog.version}"
        said: dict[str, object] = {"revision": number, "why": self.message or ""}
        kind = "applied"
        if self.back_to is not None:
            kind, said["to"] = "rolled_back", self.back_to.number
        note(tx.connection, now, kind, Who(name=self.by or ""), about, **said)


def rehearsed(database: Database, target: Target, work: Callable[[], Outcome]) -> Callable[[], Outcome]:
    """Work that takes the lock, with many records rehearsed before it does: nobody waits for that."""

    def run() -> Outcome:
        try:
            return work()
        except UnrehearsedError:
            with database.read() as connection:
                target.plan(connection, database.schema)
            return work()
        except IntegrityError:  # records came that share what is to be unique
            target.known.forget()
            raise

    return run


def mark_of(target_hash: str, back_to: int | None) -> str:
    """What the journal calls a target: a rollback does something else than an apply of the same text."""
    return target_hash if back_to is None else f"{target_hash} back to {back_to}"


def unaccepted(step: Step) -> Diagnostic:
    """Why a step that loses values is not carried out."""
    at = step.origin or Span.point("pack.yaml")
    help = "say --accept-lossy when that is what you want"
    return Diagnostic(codes.LOSSY.name, f"this would lose values: {step.what}", at, help=help)


def overtaken(based_on: int, since: Sequence[Entry]) -> Diagnostic:
    """Why layers are not applied that were read beside an earlier revision: what the site has of its own may
    be another by now.
    """
    told = " ".join(f"{told_entry(each)}." for each in reversed(since) if each.number > based_on)
    message = f"the pack was read while revision {based_on} was applied. {told}".rstrip()
    return Diagnostic(codes.STALE.name, message, Span.point("pack.yaml"), help="look at a new plan first")


def stale(expected: Plan, plan: Plan, since: Sequence[Entry]) -> Diagnostic:
    """Why a plan that somebody was shown is not the one that would be carried out."""
    moved = " ".join(drift(expected.basis, plan.basis, since))
    help = "look at a new plan first"
    return Diagnostic(codes.STALE.name, f"the plan is stale. {moved}", Span.point("pack.yaml"), help=help)
