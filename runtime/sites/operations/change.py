"""Changing the configuration in the background: a sealed plan is applied, or an earlier revision again.

The revision and the note that this operation has made it land in one transaction. So whoever goes on after a
worker that died sees whether it is done, and a large apply goes on where its journal says.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from runtime.automation.context import Context
from runtime.automation.interrupted import CancelledError
from runtime.automation.operations.base import Operation, OperationError
from runtime.base.messages import Message, message, to_json
from runtime.change.apply import Applied, Refused, apply
from runtime.change.codes import CANCELLED
from runtime.change.journal import StepState
from runtime.change.known import REMEMBERED, Known
from runtime.change.locking import who_applies
from runtime.change.plan import Plan
from runtime.change.revisions import Revision
from runtime.change.rollback import NoWayBackError, aim_at
from runtime.change.sealed import Sealed, read_sealed
from runtime.change.step import Step
from runtime.language.load import Loaded, load_sources
from runtime.language.packs import LayerFiles
from runtime.sites.changing import KIND, SEALED, plan_now, since
from runtime.sites.site import Site
from runtime.storage.errors import BusyError
from runtime.storage.transaction import Transaction

TOLD_EVERY = 1.0
"""Seconds between two times at which a large apply writes down with its operation how far it is."""
ATTEMPTS = 3
"""How often it is tried to come in while another apply is at work."""


class Change(Operation):
    """Arguments: ``base`` and ``target`` (what the plan leads from and to), ``back_to`` (a revision's number,
    or None), ``message``, ``by``, and ``accept_lossy``; the sealed plan is a note.
    """

    name = KIND
    title = message("Change of the configuration")

    def run(self, context: Context) -> Mapping[str, object]:
        """Apply it, exactly as it was shown, or say what has moved."""
        if "revision" in context.checkpoint:
            return _result(int(context.checkpoint["revision"]))
        site = context.site
        if not isinstance(site, Site):
            raise TypeError("A configuration is changed in a site alone.")
        sealed = read_sealed("".join(context.notes(SEALED)).encode())
        loaded, back_to = _target(site, sealed, context.arguments["back_to"])
        try:
            outcome = _apply(site, context, sealed, loaded, back_to)
        except BusyError as error:
            if context.operation.attempts >= ATTEMPTS and who_applies(site.database) is not None:
                raise OperationError(_said(str(error))) from None
            raise
        if isinstance(outcome, Refused):
            if any(each.code == CANCELLED.name for each in outcome.refusals):
                raise CancelledError
            raise OperationError(_said(" ".join(f"{each.message}." for each in outcome.refusals)))
        if outcome.plan.later:
            site.background.wake()
        return _result(outcome.revision)


def _target(site: Site, sealed: Sealed, back_to: int | None) -> tuple[Loaded, Revision | None]:
    shop = site.workshop
    if back_to is not None:
        try:
            with site.database.read() as connection:
                aim = aim_at(
                    connection, back_to, site.database.schema, shop.types, shop.checks, shop.language
                )
        except NoWayBackError as error:
            raise OperationError(_said(str(error))) from None
        return replace(aim.loaded, layers=aim.revision.layers), aim.revision
    loaded = load_sources(sealed.layers, types=shop.types, checks=shop.checks, language=shop.language)
    if loaded.catalog is None:
        raise OperationError(
            message("The configuration cannot be read: {what}", what=loaded.diagnostics[0].message)
        )
    return loaded, None


def _apply(
    site: Site, context: Context, sealed: Sealed, loaded: Loaded, back_to: Revision | None
) -> Applied | Refused:
    catalog = loaded.catalog
    assert catalog is not None
    plan, was = plan_now(site, catalog, back_to, Known(REMEMBERED))
    moved = sealed.moved(plan, since(site))
    if moved:
        raise OperationError(_said(" ".join(moved)))
    layers: tuple[LayerFiles, ...] = loaded.layers
    progress = _Progress(context, plan)
    return apply(
        site.database,
        catalog,
        layers,
        site.workshop.types,
        site.clock,
        context.arguments["by"],
        expected=plan,
        kept=timedelta(days=site.settings.kept_days),
        message=context.arguments["message"] or None,
        accept_lossy=bool(context.arguments["accept_lossy"]),
        back_to=back_to,
        applied=was,
        on_step=progress.begun,
        on_progress=progress.further,
        on_landed=progress.landed,
    )


class _Progress:
    """Tells how many steps are done, and ends the apply where the operation is to end."""

    def __init__(self, context: Context, plan: Plan) -> None:
        self._context = context
        self._places = {step.what: place for place, step in enumerate(plan.steps)}
        self._kept = 0.0

    def begun(self, place: int, step: Step) -> None:
        """A step begins."""
        self._context.check()
        self._context.tell(place, len(self._places), _said(step.what))

    def further(self, state: StepState) -> None:
        """A step of a large apply is further: it counts as an attempt that came somewhere."""
        self._context.check()
        now = time.monotonic()
        if now - self._kept < TOLD_EVERY:
            return
        self._kept = now
        with self._context.batch() as batch:
            batch.keep({}, self._places.get(state.what, 0), len(self._places), _said(state.what))

    def landed(self, tx: Transaction, revision: int) -> None:
        """The revision is written, in this transaction."""
        self._context.keep_in(tx, {"revision": revision}, len(self._places))


def _result(revision: int) -> dict[str, Any]:
    said = message("Applied as revision {number}.", number=revision)
    return {"text": to_json(said), "revision": revision}


def _said(what: str) -> Message:
    return message("{what}", what=what)
