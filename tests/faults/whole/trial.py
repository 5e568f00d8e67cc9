"""The trial: saves, imports and workflows at once, and kills among them."""

import os
import queue
import random
import signal
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from runtime.identity.actor import SYSTEM
from runtime.sites.people import add_key
from runtime.storage.operations import MOST_ATTEMPTS, StoredOperation
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.webhooks import Webhooks
from tests.faults.whole.clients import Clients
from tests.faults.whole.outside import Outside
from tests.faults.whole.victims import Victim, batter
from tests.support.crm import App
from tests.support.flows import Flows
from tests.support.mail import free_port

SECRET = "the secret of a trial of kills"
WORKER = "trial"
MOST_OPEN = 30
"""With so many runs still to be done there are no new items: a dead worker does none."""
DRAIN = 900.0
"""Seconds for everything that waits, the leases of the dead included: a mail's lasts five minutes."""
MAP = "columns: {name: name, row: row}\n"
GONE_BY = timedelta(minutes=6)
"""Longer than any lease."""


def settings_for(outside: Outside) -> dict[str, str]:
    """What each process of the site is told."""
    return {"TRELLIS_SECRET": SECRET, "TRELLIS_MAIL": outside.mail, "TRELLIS_INSIDE": outside.host}


class Trial:
    """A site with all that goes on in it. ``module`` is the program; ``rows`` has each import."""

    def __init__(
        self, app: App, url: str, outside: Outside, folder: Path, rows: int, module: str = "runtime"
    ) -> None:
        self.app, self.outside, self.rows = app, outside, rows
        self.flows = Flows(app)
        self.tables = runtime_tables()
        self.counter = self.flows.save("counters", name="all")
        self.imports: list[int] = []
        self.took: dict[str, float] = {}
        self._add_webhook()
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
            is_ready=self._has_answered(), is_at_work=lambda: self.clients.in_flight() > 0,
            codes={signal.SIGKILL: (-signal.SIGKILL,), signal.SIGTERM: (0, -signal.SIGTERM, 143)},
            before=self._before_web,
        )  # fmt: skip
        self.worker = Victim(
            "worker", [module, "worker", "--name", WORKER], *given, 1.2,
            is_ready=self._has_claimed(),
            is_at_work=self._worker_has_something,
            codes={signal.SIGKILL: (-signal.SIGKILL,), signal.SIGTERM: (0,)},
            before=self._before_worker,
        )  # fmt: skip
        self.clients = Clients(
            f"http://127.0.0.1:{port}", key, self.counter, self._wants_items, lambda: self.web.ended_by
        )
        self._open = 0

    # What goes on

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
            assert time.monotonic() < deadline, self.waiting()
            self._look_at_runs()
            time.sleep(0.02)

    def saved(self) -> int:
        """How many records of clients there are, whether they know it or not."""
        tables = self.app.site.live.tables
        return sum(self.count(tables.module(key).table) for key in self.clients.accepted)

    def repair(self) -> None:
        """Have the program itself from now on, in place of another one."""
        for victim in (self.web, self.worker):
            victim.command[0] = "runtime"

    def finish(self, *, patient: bool) -> None:
        """Let both work in peace until nothing waits. Who is not ``patient`` has time pass: the leases end of
        what the dead were sending.
        """
        began = time.monotonic()
        if not patient:
            self._let_time_pass()
        self.worker.start()
        self.web.start()
        self.clients.stop()
        assert not self.clients.wrong, self.clients.wrong
        self.until(lambda: not self.waiting())
        self.took["drained"] = time.monotonic() - began
        self.web.end(signal.SIGTERM, counts=False)
        self.worker.end(signal.SIGTERM, counts=False)

    def waiting(self) -> dict[str, int]:
        """What is still to be done."""
        t = self.tables
        open_of = (
            (t.runs, ("queued", "running")),
            (t.operations, ("queued", "running")),
            (t.mails, ("waiting", "sending")),
            (t.deliveries, ("waiting", "calling")),
        )
        found = {table.name: self.count(table, table.c.state.in_(states)) for table, states in open_of}
        told = {heard.subject for heard in self.outside.heard["hook"]}
        found["saves that no webhook was told of"] = len(self.clients.attempted["items"] - told)
        return {name: count for name, count in found.items() if count}

    def count(self, table: Any, *conditions: Any) -> int:
        """How many rows meet the conditions."""
        query = select(func.count()).select_from(table).where(*conditions)
        with self.app.site.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def operation(self, number: int) -> StoredOperation:
        """An import as it stands."""
        with self.app.site.database.read() as connection:
            found = self.app.site.background.operations.find(connection, number)
        assert found is not None
        return found

    def _look(self) -> None:
        self._look_at_runs()
        if not self.imports or not self.operation(self.imports[-1]).is_open:
            self.imports.append(self._start_import(len(self.imports)))

    def _look_at_runs(self) -> None:
        runs = self.tables.runs
        self._open = self.count(
            runs, runs.c.state.in_(("queued", "running")), runs.c.workflow.in_(("on_item", "on_ready"))
        )

    def _wants_items(self) -> bool:
        return self._open < MOST_OPEN

    def _start_import(self, place: int) -> int:
        site = self.app.site
        lines = "".join(f"{place}-{row},{row}\n" for row in range(1, self.rows + 1))
        live, parsing = site.live, site.live.parsing(SYSTEM, "rest")
        content = BytesIO(f"name,row\n{lines}".encode())
        file_id = live.attachments.keep(site.database, site.files, "rows.csv", content, SYSTEM, parsing)
        arguments = {"module": "rows", "map": MAP, "files": {"file": file_id}}
        with site.database.write() as tx:
            return site.background.start(tx, "import", arguments, SYSTEM, "rows.csv")

    def _add_webhook(self) -> None:
        site = self.app.site
        values = {
            "name": "trial",
            "url": f"{self.outside.url}/hook",
            "secret": site.sealer.seal("whsec_" + b64encode(bytes(32)).decode()),
            "modules": [site.live.tables.module("items").table.name],
            "events": ["created"],
            "user_id": self.app.user(),
        }
        with site.database.write() as tx:
            Webhooks(site.clock).add(tx, values)

    # Moments

    def _has_answered(self) -> Callable[[Victim], bool]:
        answered = {"then": 0, "start": 0}

        def is_ready(victim: Victim) -> bool:
            if answered["start"] != victim.starts:
                answered.update(start=victim.starts, then=self.clients.answered)
            return self.clients.answered > answered["then"] or self.clients.is_over

        return is_ready

    def _has_claimed(self) -> Callable[[Victim], bool]:
        claimed = {"then": 0, "start": 0}

        def is_ready(victim: Victim) -> bool:
            if claimed["start"] != victim.starts:
                claimed.update(start=victim.starts, then=self._claims())
            return self._claims() > claimed["then"]

        return is_ready

    def _claims(self) -> int:
        """How often a worker has taken something."""
        claims = [select(func.sum(table.c.claim)) for table in (self.tables.runs, self.tables.operations)]
        with self.app.site.database.read() as connection:
            return sum(int(connection.execute(query).scalar() or 0) for query in claims)

    def _before_web(self, number: str) -> None:
        if number == "SIGTERM":
            self.clients.told_to_stop()

    def _before_worker(self, number: str) -> None:
        # What is begun five times and gets no further is given up, which is right, and no fault.
        operations = self.tables.operations
        tried = (operations.c.state == "running", operations.c.attempts >= MOST_ATTEMPTS - 1)
        if number == "SIGKILL":
            self.until(lambda: not self.count(operations, *tried))

    def _worker_has_something(self) -> bool:
        now = self.app.site.clock.now()
        return any(
            self.count(table, table.c.state == "running", table.c.worker == WORKER, table.c.lease_until > now)
            for table in (self.tables.runs, self.tables.operations)
        )

    def _let_time_pass(self) -> None:
        t, before = self.tables, self.app.site.clock.now() - GONE_BY
        with self.app.site.database.write() as tx:
            for table, state in ((t.mails, "sending"), (t.deliveries, "calling")):
                tx.connection.execute(update(table).where(table.c.state == state).values(lease_until=before))
            waiting = (t.operations.c.kind == "send_mail", t.operations.c.state == "queued")
            tx.connection.execute(update(t.operations).where(*waiting).values(next_at=before))
