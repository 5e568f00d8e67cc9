"""A CRM with workflows, for their tests: deals of accounts, with rows, tasks and formulas over them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from runtime.automation.worker import Worker
from runtime.identity.actor import SYSTEM, Actor
from runtime.records.change import Change, Refused, Saved
from runtime.sites.site import Site
from runtime.storage.runs import Runs, StoredRun, StoredStep, Wanted
from tests.support.crm import App

PACK = """
    schemas/picklists/stage.yaml:
      values:
        open: {kind: open}
        proposal: {kind: open}
        won: {kind: won}
        lost: {kind: lost}
    schemas/modules/accounts.yaml:
      fields:
        name: {type: text, required: true}
        type: {type: text}
        note: {type: text}
        won_total: {type: money, formula: "sum(deals.amount, stage.kind == 'won')"}
    schemas/modules/deals.yaml:
      fields:
        name: {type: text, required: true}
        stage: {type: picklist, picklist: stage, default: open}
        amount: {type: money}
        account: {type: relation, module: accounts, inverse: deals, on_delete: cascade}
        contacts: {type: relations, module: contacts, inverse: deals}
        note: {type: text}
        turns: {type: integer, default: 0}
      rows:
        items: {module: deal_items}
    schemas/modules/contacts.yaml:
      fields:
        name: {type: text, required: true}
        note: {type: text}
    schemas/modules/deal_items.yaml:
      fields:
        product: {type: text}
        qty: {type: integer}
    schemas/modules/tasks.yaml:
      fields:
        subject: {type: text, required: true}
        deal: {type: relation, module: deals, inverse: tasks}
        account: {type: relation, module: accounts, inverse: tasks}
        due: {type: date}
      rows:
        lines: {module: task_lines}
    schemas/modules/task_lines.yaml:
      fields:
        what: {type: text}
        qty: {type: integer}
"""


def with_workflow(text: str, key: str = "flow") -> str:
    """The pack with one workflow more."""
    lines = "".join(f"      {line}\n" for line in text.strip("\n").splitlines())
    return f"{PACK}    schemas/workflows/{key}.yaml:\n{lines}"


class Flows:
    """The records and the runs of a CRM, as a test speaks of them."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.site = app.site
        self.runs = Runs(app.site.clock)

    def save(self, module: str, id: int | None = None, actor: Actor = SYSTEM, **values: Any) -> int:
        """Save a record; it must hold."""
        outcome = self.try_to_save(module, id, actor, **values)
        assert isinstance(outcome, Saved), outcome
        return outcome.id

    def try_to_save(
        self, module: str, id: int | None = None, actor: Actor = SYSTEM, **values: Any
    ) -> Saved | Refused:
        """Save a record."""
        return self.save_all([Change(module, values, id=id)], actor)[0]

    def save_all(self, changes: list[Change], actor: Actor = SYSTEM) -> list[Saved | Refused]:
        """Save records in one batch."""
        live = self.site.live
        with self.site.database.write() as tx:
            return live.writer.save(tx, changes, actor, live.parsing(actor, "rest"))

    def turn(self, module: str, id: int, action: str) -> None:
        """Delete or restore a record."""
        (outcome,) = self.save_all([Change(module, id=id, action=action)])
        assert isinstance(outcome, Saved), outcome

    def work(self) -> int:
        """Do all that waits."""
        return Worker(self.site, self.site.background, "test").drain()

    def all(self, **wanted: Any) -> list[StoredRun]:
        """The runs there are, the oldest first."""
        with self.site.database.read() as connection:
            return list(reversed(self.runs.latest(connection, Wanted(**wanted), 1000)))

    def states(self) -> list[str]:
        """The states of the runs, the oldest first."""
        return [run.state for run in self.all()]

    def steps(self, run: StoredRun) -> list[StoredStep]:
        """What the steps of a run did."""
        with self.site.database.read() as connection:
            return self.runs.steps(connection, run.id)

    def get(self, module: str, id: int) -> Mapping[str, Any]:
        """A record as it stands."""
        with self.site.database.read() as connection:
            return self.site.live.writer.plans.loader.load(connection, module, [id])[id]

    def ids(self, module: str) -> list[int]:
        """The records of a module that are not in the bin."""
        table = self.site.live.tables.module(module)
        with self.site.database.read() as connection:
            rows = connection.execute(table.table.select().where(table.columns["deleted_at"][0].is_(None)))
            return sorted(row._mapping[table.columns["id"][0]] for row in rows)


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that are run meanwhile in transactions that write."""
    heard: list[str] = []

    def hear(*given: Any) -> None:
        heard.append(given[2])

    engine = site.database._writing
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)
