"""The trial: saves, imports and workflows at once, and kills among them."""

import os
import queue
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.sites.keys import add_key
from tests.faults.whole.clients import Clients
from tests.faults.whole.ground import Ground
from tests.faults.whole.outside import Outside
from tests.faults.whole.victims import Victim, batter
from tests.support.crm import App
from tests.support.mail import free_port

SECRET = "the secret of a trial of kills"
WORKER = "trial"
MOST_OPEN = 12
"""With so many runs still to be done there are no new items: a dead worker does none."""
DRAIN = 900.0
"""Seconds for everything that waits, the leases of the dead included: a mail's lasts five minutes."""


def settings_for(outside: Outside) -> dict[str, str]:
    """What each process of the site is told."""
    return {"TRELLIS_SECRET": SECRET, "TRELLIS_MAIL": outside.mail, "TRELLIS_INSIDE": outside.host}


class Trial:
    """A site with all that goes on in it. ``module`` is the program; ``rows`` has each import."""

    def __init__(
        self, app: App, url: str, outside: Outside, folder: Path, rows: int, module: str = "runtime"
    ) -> None:
        self.ground = ground = Ground(app, outside, rows)
        self.took: dict[str, float] = {}
        key, port = add_key(app.site, app.user(), "trial"), free_port()
        environment = {
            **os.environ,
            **settings_for(outside),
            "TRELLIS_DATABASE": url,
            "TRELLIS_FILES": str(app.site.settings.files),
            "PYTHONPATH": str(Path.cwd()),
        }
        given = (environment, folder)
        self.web = Victim(
            "web", [module, "serve", "--no-worker", "--port", str(port)], *given, 0.8,
            is_ready=_more(lambda: self.clients.answered), is_at_work=lambda: self.clients.in_flight() > 0,
            codes={signal.SIGKILL: (-signal.SIGKILL,), signal.SIGTERM: (0, -signal.SIGTERM, 143)},
            before=self._before_web,
        )  # fmt: skip
        self.worker = Victim(
            "worker", [module, "worker", "--name", WORKER], *given, 2.0,
            is_ready=_more(ground.claims), is_at_work=lambda: ground.has_claimed(WORKER),
            codes={signal.SIGKILL: (-signal.SIGKILL,), signal.SIGTERM: (0,)},
            before=self._before_worker,
        )  # fmt: skip
        self.clients = Clients(
            f"http://127.0.0.1:{port}", key, ground.counter,
            wants_items=lambda: self._open < MOST_OPEN, ended_by=lambda: self.web.ended_by,
        )  # fmt: skip
        self._open = 0

    @contextmanager
    def working(self, clients: int, chance: random.Random) -> Iterator[None]:
        """Clients at work; no process outlives it."""
        self.clients.start(clients, chance)
        try:
            yield
        finally:
            self.web.kill()
            self.worker.kill()
            self.clients.give_up()

    def batter(self, signals: Sequence[signal.Signals], chance: random.Random) -> None:
        """End web and worker so often, and begin them again."""
        given: queue.SimpleQueue[signal.Signals] = queue.SimpleQueue()
        for number in signals:
            given.put(number)
        began = time.monotonic()
        batter([self.web, self.worker], given, chance, self._look)
        self.took["battered"] = time.monotonic() - began

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something."""
        deadline = time.monotonic() + DRAIN
        while not true():
            assert time.monotonic() < deadline, self._waiting()
            self._open = self.ground.open_runs()
            time.sleep(0.05)

    def repair(self) -> None:
        """Have the program itself from now on, in place of another one."""
        for victim in (self.web, self.worker):
            victim.command[0] = "runtime"

    def finish(self, *, patient: bool) -> None:
        """Let both work in peace until nothing waits. Who is not ``patient`` has time pass."""
        began = time.monotonic()
        if not patient:
            self.ground.let_time_pass()
        self.web.start()
        self.worker.start()
        self.clients.stop()
        assert not self.clients.wrong, self.clients.wrong
        self.until(lambda: not self._waiting())
        self.took["drained"] = time.monotonic() - began
        self.web.end(signal.SIGTERM, counts=False)
        self.worker.end(signal.SIGTERM, counts=False)

    def _look(self) -> None:
        assert not self.clients.wrong, self.clients.wrong
        self._open = self.ground.open_runs()
        self.ground.import_on()

    def _waiting(self) -> dict[str, int]:
        return self.ground.waiting(self.clients.attempted["items"])

    def _before_web(self, number: str) -> None:
        if number == "SIGTERM":
            self.clients.told_to_stop()

    def _before_worker(self, number: str) -> None:
        if number == "SIGKILL":
            self.until(lambda: not self.ground.is_at_the_last_try())


def _more(count: Callable[[], int]) -> Callable[[Victim], bool]:
    """Whether there are more than at the first look since the victim was started."""
    then: dict[int, int] = {}

    def is_ready(victim: Victim) -> bool:
        now = count()
        return now > then.setdefault(victim.starts, now)

    return is_ready
