"""Alerting: administrators are told when a run has failed for good, once an hour and workflow."""

from runtime.automation.place import Snapshot
from runtime.base.clock import Clock
from runtime.base.messages import Message, message, to_json
from runtime.identity.addressed import Addressed
from runtime.storage.inbox import Inbox
from runtime.storage.runs import FAILED, StoredRun
from runtime.storage.transaction import Transaction

PAGE = "/admin/runs"


def alert(tx: Transaction, live: Snapshot, clock: Clock, run: StoredRun, reason: Message | None) -> None:
    """Tell them, in the transaction in which the run ends."""
    workflow = live.catalog.procedures.get(run.workflow)
    called = workflow.label if workflow is not None else run.workflow
    # Ten thousand runs may fail of one cause, and that is one piece of news.
    key = f"failed:{run.workflow}:{clock.now():%Y-%m-%dT%H}"
    told = message(
        'The workflow "{workflow}" has failed: {reason}',
        workflow=called if isinstance(called, str) else called.in_language(live.catalog.languages[0]),
        reason=str(reason or "")[:500],
    )
    address = f"{PAGE}?workflow={run.workflow}&state={FAILED}"
    people = Addressed(live.tables).admins(tx.connection)
    Inbox(clock).tell(tx, key, people, to_json(told), None, address)
