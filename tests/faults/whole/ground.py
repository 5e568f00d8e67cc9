"""The ground of a trial: a site with its imports and its webhook, and what its database shows."""

from base64 import b64encode
from collections.abc import Collection
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import func, select, update

from runtime.identity.actor import SYSTEM
from runtime.storage.operations import MOST_ATTEMPTS, StoredOperation
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.webhooks import Webhooks
from tests.faults.whole.outside import Outside
from tests.support.crm import App
from tests.support.flows import Flows

MAP = "columns: {name: name, row: row}\n"
GONE_BY = timedelta(minutes=6)
"""Longer than any lease."""
OPEN = ("queued", "running")


class Ground:
    """``rows`` has each import."""

    def __init__(self, app: App, outside: Outside, rows: int) -> None:
        self.app, self.outside, self.rows = app, outside, rows
        self.flows = Flows(app)
        self.tables = runtime_tables()
        self.counter = self.flows.save("counters", name="all")
        self.imports: list[int] = []
        self._add_webhook()

    def import_on(self) -> None:
        """Have something imported, always."""
        if not self.imports or not self.operation(self.imports[-1]).is_open:
            self.imports.append(self._start_import(len(self.imports)))

    def count(self, table: Any, *conditions: Any) -> int:
        """How many rows meet the conditions."""
        query = select(func.count()).select_from(table).where(*conditions)
        with self.app.site.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def records(self, *modules: str) -> int:
        """How many records of these modules there are."""
        return sum(self.count(self.app.site.live.tables.module(key).table) for key in modules)

    def operation(self, number: int) -> StoredOperation:
        """An import as it stands."""
        with self.app.site.database.read() as connection:
            found = self.app.site.background.operations.find(connection, number)
        assert found is not None
        return found

    def open_runs(self) -> int:
        """How many runs of clients' saves are still to be done."""
        runs = self.tables.runs
        return self.count(runs, runs.c.state.in_(OPEN), runs.c.workflow.in_(("on_item", "on_ready")))

    def waiting(self, items: Collection[str]) -> dict[str, int]:
        """What is still to be done; ``items`` are those that the webhook is to be told of."""
        t = self.tables
        open_of = (
            (t.runs, OPEN),
            (t.operations, OPEN),
            (t.mails, ("waiting", "sending")),
            (t.deliveries, ("waiting", "calling")),
        )
        found = {table.name: self.count(table, table.c.state.in_(states)) for table, states in open_of}
        told = {heard.subject for heard in self.outside.heard["hook"]}
        found["saves that no webhook was told of"] = len(set(items) - told)
        return {name: count for name, count in found.items() if count}

    def claims(self) -> int:
        """How often a worker has taken something."""
        claims = [select(func.sum(table.c.claim)) for table in (self.tables.runs, self.tables.operations)]
        with self.app.site.database.read() as connection:
            return sum(int(connection.execute(query).scalar() or 0) for query in claims)

    def has_claimed(self, worker: str) -> bool:
        """Whether a worker has something in hand."""
        now = self.app.site.clock.now()
        return any(
            self.count(table, table.c.state == "running", table.c.worker == worker, table.c.lease_until > now)
            for table in (self.tables.runs, self.tables.operations)
        )

    def is_at_the_last_try(self) -> bool:
        """Whether something runs that would be given up if it got no further once more, and rightly."""
        table = self.tables.operations
        return self.count(table, table.c.state == "running", table.c.attempts >= MOST_ATTEMPTS - 1) > 0

    def let_time_pass(self) -> None:
        """End the leases of what the dead were sending."""
        t, before = self.tables, self.app.site.clock.now() - GONE_BY
        with self.app.site.database.write() as tx:
            for table, state in ((t.mails, "sending"), (t.deliveries, "calling")):
                tx.connection.execute(update(table).where(table.c.state == state).values(lease_until=before))
            waiting = (t.operations.c.kind == "send_mail", t.operations.c.state == "queued")
            tx.connection.execute(update(t.operations).where(*waiting).values(next_at=before))

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
