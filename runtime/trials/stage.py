"""The stage: a site all of whose transactions are parts of one, from which nothing goes out."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, cast

from runtime.automation.clocks import Clocks
from runtime.automation.context import Context, Signals
from runtime.automation.following import Following
from runtime.automation.inside import Inside
from runtime.automation.place import Place
from runtime.automation.telling import Telling
from runtime.automation.worker import Worker
from runtime.model.outbound import Answer
from runtime.sites.site import Site
from runtime.storage.following import last_change
from runtime.storage.runs import Runs
from runtime.storage.transaction import Transaction
from runtime.trials.outside import Outside
from runtime.trials.watching import waiting_workflows

LEASE = timedelta(days=10_000)
"""Nobody else is there who would take work over, however far a case moves the clock."""
ROUNDS = 20
"""So often, at one moment, what waits for a condition looks at what the others have changed."""


class Stage:
    """A site as the cases of a suite have it, one after the other."""

    def __init__(self, site: Site, tx: Transaction) -> None:
        self._site = site
        self.database = Inside(site.database, tx)
        self.tx = tx
        self.outside = Outside(site.live, site.url)
        self.runs = Runs(site.clock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site, name)

    @property
    def post(self) -> Outside:
        """What is mailed."""
        return self.outside

    @property
    def outbound(self) -> Outside:
        """Whom other systems are reached by."""
        return self.outside

    def begin(self, answers: Sequence[Answer]) -> Outside:
        """Have nothing sent yet; gives what a case will send, and be answered."""
        self.outside = Outside(self._site.live, self._site.url, answers)
        return self.outside

    def refresh(self) -> bool:
        """The snapshot stays."""
        return False

    def expire(self) -> bool:
        """Nothing is left behind."""
        return False


class CaseWorker(Worker):
    """The worker of the cases. It is alone, so it need not say that it is still there."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(cast(Place, stage), stage.background, "test", LEASE)
        self._stage = stage
        self._runner.runs = stage.runs
        self._waiting = waiting_workflows(stage.live.catalog)

    def begin(self) -> None:
        """Forget the case before, and set the clocks that wait for a time to the present moment."""
        self._following, self._telling = Following(self._site), Telling(self._site)
        self._set_clocks()
        self._clocks.tick()

    def drain(self) -> int:
        """Do all that waits by now, and see to everything that the clock says. What waits for a condition
        looks at it at once where anything has changed.
        """
        done = self._drain()
        tx, runs, seen = self._stage.tx, self._stage.runs, None
        for _ in range(ROUNDS if self._waiting else 0):
            newest = last_change(tx.connection)
            if newest == seen or not runs.look_again(tx, self._waiting):
                break
            seen = newest
            done += self._drain()
        return done

    def _drain(self) -> int:
        self._set_clocks()
        self._looked = float("-inf")
        return super().drain()

    def _set_clocks(self) -> None:
        # Anew each time: what they remember of when to look again is of no use where time jumps.
        self._clocks = Clocks(self._site, self._stage.runs, self._background)

    def _beating(self, _context: Context, _signals: Signals) -> Any:
        return nullcontext()
