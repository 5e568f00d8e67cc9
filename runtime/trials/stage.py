"""The stage: a site all of whose transactions are parts of one, from which nothing goes out."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any, cast

from runtime.automation.clocks import Clocks
from runtime.automation.context import Context, Signals
from runtime.automation.place import Place
from runtime.automation.worker import Worker
from runtime.sites.site import Site
from runtime.storage.runs import Runs
from runtime.storage.transaction import Transaction
from runtime.trials.outside import Outside

LEASE = timedelta(days=10_000)
"""Nobody else is there who would take work over, however far a case moves the clock."""


class _Inside:
    """The database, as parts of one transaction."""

    def __init__(self, site: Site, tx: Transaction) -> None:
        self._site = site
        self._tx = tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site.database, name)

    @contextmanager
    def write(self, *, at_once: bool = True) -> Iterator[Transaction]:
        """A part of the transaction."""
        with self._tx.savepoint():
            yield self._tx

    @contextmanager
    def read(self) -> Iterator[Any]:
        """What the transaction sees."""
        yield self._tx.connection


class Stage:
    """A site as one case has it."""

    def __init__(self, site: Site, tx: Transaction, outside: Outside) -> None:
        self._site = site
        self.database = _Inside(site, tx)
        self.post = outside
        self.outbound = outside

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site, name)

    def refresh(self) -> bool:
        """The snapshot stays."""
        return False

    def expire(self) -> bool:
        """Nothing is left behind."""
        return False


class CaseWorker(Worker):
    """The worker of one case. It is alone, so it need not say that it is still there."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(cast(Place, stage), stage.background, "test", LEASE)

    def begin(self) -> None:
        """Set the clocks that wait for a time to the present moment."""
        self._clocks.tick()

    def drain(self) -> int:
        """Do all that waits by now, and see to everything that the clock says."""
        self._clocks = Clocks(self._site, Runs(self._site.clock), self._background)
        self._looked = float("-inf")
        return super().drain()

    def _beating(self, _context: Context, _signals: Signals) -> Any:
        return nullcontext()
