"""D122: mail that did not leave."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from runtime.storage.mails import FAILED, WAITING
from runtime.storage.runtime_tables import runtime_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

LATELY = timedelta(days=7)
LATE = timedelta(minutes=15)
TOLD = 5


class FailedMails(Check):
    """Mail that the server refused for good, or did not take in six hours, in the last seven days; and mail
    that nobody sends. *Setup → Mail* says of each why; after mending that, send it again there.
    """

    name = "D122"
    title = "Mail did not leave"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """The latest reasons are named, each with how many mails it kept."""
        table, now = runtime_tables().mails, patient.clock.now()
        count = func.count()
        failed = (
            select(table.c.error, count, func.max(table.c.recipient))
            .where(table.c.state == FAILED, table.c.ended_at >= now - LATELY)
            .group_by(table.c.error)
            .order_by(func.max(table.c.id).desc())
            .limit(TOLD)
        )
        waiting = select(count).where(table.c.state == WAITING, table.c.next_at < now - LATE)
        with patient.database.read() as connection:
            reasons = list(connection.execute(failed))
            late = int(connection.execute(waiting).scalar_one())
        for error, number, recipient in reasons:
            others = f" and {number - 1} others" if number > 1 else ""
            yield self.wrong(
                f"The mail to {recipient}{others} was given up: {error or 'tried too often'}",
                "Look at it on /admin/mail?state=failed, mend the cause, and send it again.",
            )
        if late:
            yield self.wrong(
                f"{late} mails have waited for over 15 minutes.",
                "Start a worker: trellis worker (or trellis serve without --no-worker).",
            )
