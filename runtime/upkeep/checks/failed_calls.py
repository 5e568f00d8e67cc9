"""D123: calls of webhooks that nobody took."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.webhooks import FAILED
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

LATELY = timedelta(days=7)
TOLD = 5


class FailedCalls(Check):
    """Webhooks whose calls were given up in the last seven days, after three days of tries, or that were
    switched off because the other side wants no more. *Setup → Workflows → Webhooks* has the answers; a call
    may be made again there.
    """

    name = "D123"
    title = "Calls of webhooks were given up"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The webhooks are named, with their last reason."""
        hooks, calls = runtime_tables().webhooks, runtime_tables().deliveries
        since = patient.clock.now() - LATELY
        failed = (
            select(calls.c.webhook_id, func.count().label("number"), func.max(calls.c.id).label("last"))
            .where(calls.c.state == FAILED, calls.c.ended_at >= since)
            .group_by(calls.c.webhook_id)
            .subquery()
        )
        given_up = (
            select(hooks.c.id, hooks.c.name, failed.c.number, calls.c.error)
            .join(failed, failed.c.webhook_id == hooks.c.id)
            .join(calls, calls.c.id == failed.c.last)
            .order_by(failed.c.last.desc())
            .limit(TOLD)
        )
        ended = select(hooks.c.id, hooks.c.name, hooks.c.off_because).where(
            hooks.c.active.is_(False), hooks.c.off_because.is_not(None)
        )
        with patient.database.read() as connection:
            lost = list(connection.execute(given_up))
            off = list(connection.execute(ended.order_by(hooks.c.id).limit(TOLD)))
        for number, name, count, error in lost:
            yield self.wrong(
                f"{count} calls of the webhook {name} were given up: {error or 'nobody took them'}",
                f"Look at it on /admin/webhooks/{number}, mend the cause, and call again.",
            )
        for number, name, reason in off:
            yield self.wrong(
                f"The webhook {name} was switched off: {reason}",
                f"Switch it on again on /admin/webhooks/{number}, or take it out.",
            )
