"""Changing a site from the browser: what is proposed, and having a worker carry it out.

What somebody was shown is sealed as ``trellis plan -o`` seals it, and lies with the operation that carries it
out: text, basis and all. So the folder may change meanwhile, and a worker on another machine needs none.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.change.before import before_of
from runtime.change.known import Known
from runtime.change.landing import SINCE
from runtime.change.locking import lock_asking, who_applies
from runtime.change.people import Changes
from runtime.change.people.telling import tell, with_reach
from runtime.change.plan import Plan, make_plan
from runtime.change.report import report
from runtime.change.revisions import Entry, Revision, history, open_applied
from runtime.change.rollback import aim_at
from runtime.change.sealed import sealed
from runtime.identity.actor import Actor
from runtime.language.load import Loaded
from runtime.model.catalog import Catalog

if TYPE_CHECKING:
    from runtime.sites.site import Site

KIND = "change"
"""The kind of operation that carries a change out; see :mod:`runtime.sites.operations.change`."""
STEPS, SEALED = "steps", "sealed"
"""The notes of such an operation: the steps that were shown, and the sealed plan."""


class TakenError(Exception):
    """Somebody else has begun to change the configuration: by that operation, where it was by the browser,
    else as ``said``.
    """

    def __init__(self, operation_id: int | None, said: str = "") -> None:
        super().__init__(f"Another apply is at work: {operation_id or said}.")
        self.operation_id = operation_id
        self.said = said


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be carried out: the configuration, what that does, and what it changes for people. With
    ``back_to`` it goes back to that revision.
    """

    loaded: Loaded
    plan: Plan
    changes: Changes
    back_to: Revision | None = None

    @property
    def catalog(self) -> Catalog:
        """The configuration, which has no errors."""
        assert self.loaded.catalog is not None
        return self.loaded.catalog


def propose(site: "Site", loaded: Loaded) -> Proposal:
    """What applying a configuration without errors would do."""
    return _proposal(site, loaded, None)


def propose_rollback(site: "Site", number: int) -> Proposal:
    """What going back to a revision would do. Raises :class:`runtime.change.rollback.NoWayBackError`."""
    shop = site.workshop
    with site.database.read() as connection:
        aim = aim_at(connection, number, site.database.schema, shop.types, shop.checks, shop.language)
    return _proposal(site, aim.loaded, aim.revision)


def since(site: "Site") -> list[Entry]:
    """The newest revisions: they tell who has applied what meanwhile."""
    with site.database.read() as connection:
        return history(connection, SINCE, schema=site.database.schema)


def start(site: "Site", actor: Actor, proposal: Proposal, message: str, *, accept_lossy: bool) -> int:
    """Have a worker carry a proposal out, as it was made; gives the operation's id.

    Raises :class:`TakenError` where somebody else is at it.
    """
    plan, back_to = proposal.plan, proposal.back_to
    whole = report(plan, proposal.changes)
    steps = [step.kept() | {"phase": str(step.phase)} for step in plan.steps]
    by = f"{actor.name} ({actor.email})" if actor.email else actor.name
    # What becomes of single values is nobody's business later.
    whole["steps"] = [{key: told for key, told in step.items() if key != "sample"} for step in whole["steps"]]
    layers = proposal.loaded.layers if back_to is None else back_to.layers
    text = sealed(plan, whole, layers, site.clock.now(), by)
    arguments: dict[str, Any] = {
        "base": plan.base,
        "target": plan.target_hash,
        "back_to": None if back_to is None else back_to.number,
        "message": message,
        "by": by,
        "accept_lossy": accept_lossy,
    }
    about = message.splitlines()[0][:80] if message else ""
    operations = site.background.operations
    with site.database.write() as tx:
        lock_asking(tx.connection, site.database.schema)
        other = operations.open_one(tx.connection, KIND)
        if other is not None:
            raise TakenError(other)
        said = who_applies(site.database)
        if said is not None:
            raise TakenError(None, said)
        started = site.background.start(tx, KIND, arguments, actor, about, plan.base)
        operations.note(tx, started, STEPS, [steps])
        operations.note(tx, started, SEALED, [text])
    return started


def plan_now(
    site: "Site", catalog: Catalog, back_to: Revision | None, known: Known | None = None
) -> tuple[Plan, Catalog | None]:
    """What leads from the applied configuration to another as things stand; and the applied one. ``known`` is
    to keep what is found out, for whoever applies it next.
    """
    shop, schema = site.workshop, site.database.schema
    with site.database.read() as connection:
        applied = open_applied(connection, schema)
        was = None if applied is None else site.past.catalog(applied)
        plan = make_plan(connection, catalog, shop.types, schema, shop.language, back_to, was, known)
    return plan, was


def _proposal(site: "Site", loaded: Loaded, back_to: Revision | None) -> Proposal:
    assert loaded.catalog is not None
    plan, was = plan_now(site, loaded.catalog, back_to)
    changes = tell(was, loaded.catalog, plan.renames)
    if changes and not plan.refusals:
        shop, schema = site.workshop, site.database.schema
        with site.database.read() as connection:
            before = before_of(connection, schema, was, shop.types, shop.language)
            changes = with_reach(changes, connection, before, loaded.catalog, plan.renames)
    return Proposal(loaded, plan, changes, back_to)
