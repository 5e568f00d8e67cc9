"""D112: clocks that disagree."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from runtime.storage.runtime_tables import runtime_tables
from runtime.upkeep.checks.base import Check
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient

MOST = timedelta(seconds=5)


class ClockSkew(Check):
    """This machine's clock and the database's differ by more than five seconds, or something was written
    later than now: leases, sessions and the order of changes depend on the time.
    """

    name = "D112"
    title = "The clocks disagree"

    def examine(self, patient: Patient) -> Iterator[Finding]:
        """PostgreSQL's clock, and the newest change."""
        sync = "Let both machines keep the time by NTP (timedatectl set-ntp true)."
        now = patient.clock.now()
        change_sets = runtime_tables().change_sets
        with patient.database.read() as connection:
            if not patient.is_sqlite:
                theirs = patient.scalar(connection, "SELECT clock_timestamp()")
                assert isinstance(theirs, datetime)
                if abs(theirs.astimezone(UTC) - now) > MOST:
                    seconds = (theirs.astimezone(UTC) - now).total_seconds()
                    yield self.wrong(f"The database's clock is {seconds:+,.0f} seconds off this one.", sync)
            newest = connection.execute(select(func.max(change_sets.c.at))).scalar()
        if newest is not None and newest - now > MOST:
            yield self.wrong(
                f"The newest change was made at {newest:%Y-%m-%d %H:%M}, which is to come.", sync
            )
