"""A site with kinds of operations made for tests, and workers that do them in the test's own thread."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from runtime.automation.background import Background
from runtime.automation.context import Context
from runtime.automation.operations.base import Operation
from runtime.automation.worker import Worker
from runtime.base.clock import FrozenClock
from runtime.base.messages import message
from runtime.base.registry import Registry
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change
from runtime.storage.operations import StoredOperation
from tests.support.crm import App

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PACK = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        above: {type: relation, module: items}
"""


class Power(BaseException):
    """The power is cut: nothing in the program may catch this, as nothing catches SIGKILL."""


@dataclass
class Script:
    """What the next runs of the test's operation do after each batch, by its number."""

    batches: int = 3
    after: dict[int, Callable[[Context], object]] = field(default_factory=dict)
    runs: int = 0


class Adding(Operation):
    """Adds a record in each batch."""

    name = "adding"
    title = message("Adding")

    def __init__(self, script: Script) -> None:
        self.script = script

    def run(self, context: Context) -> Mapping[str, object]:
        """Go on after the last batch that landed."""
        script = self.script
        script.runs += 1
        for number in range(context.checkpoint.get("number", 0), script.batches):
            with context.batch() as batch:
                add(context, batch.tx, f"item {number}")
                batch.note("made", [number])
                batch.keep({"number": number + 1}, done=number + 1, total=script.batches)
            if (call := script.after.pop(number, None)) is not None:
                call(context)
        return {"noted": list(context.notes("made"))}


def add(context: Context, tx: Any, name: str) -> None:
    """Add a record through the one writer."""
    writer, parsing = context.live.writer, context.live.parsing(context.actor, "rest")
    (saved,) = writer.save(tx, [Change("items", {"name": name})], context.actor, parsing)
    assert saved.__class__.__name__ == "Saved", saved


@dataclass
class Desk:
    """The site, its clock, and the script of its operation."""

    app: App
    clock: FrozenClock
    script: Script
    background: Background

    def worker(self, name: str = "one") -> Worker:
        """A worker of the site."""
        return Worker(self.app.site, self.background, name, timedelta(seconds=30))

    def start(self, kind: str = "adding", arguments: Mapping[str, Any] | None = None) -> int:
        """Queue an operation as the system."""
        with self.app.site.database.write() as tx:
            return self.background.start(tx, kind, arguments or {}, SYSTEM)

    def cancel(self, operation_id: int) -> bool:
        """Cancel an operation."""
        with self.app.site.database.write() as tx:
            return self.background.operations.ask_cancel(tx, operation_id)

    def resume(self, operation_id: int) -> int | None:
        """Go on with what ended early; the id of what goes on, or None."""
        with self.app.site.database.write() as tx:
            return self.app.site.background.resume(tx, operation_id, None)

    def look(self, operation_id: int) -> StoredOperation:
        """An operation as it stands."""
        with self.app.site.database.read() as connection:
            found = self.background.operations.find(connection, operation_id)
        assert found is not None
        return found

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.moment += timedelta(seconds=seconds)

    def items(self) -> list[str]:
        """The names of the records, in the order they were made."""
        table = self.app.site.live.tables.module("items")
        with self.app.site.database.read() as connection:
            rows = connection.execute(table.table.select().order_by(table.columns["id"][0]))
            return [row._mapping[table.columns["name"][0]] for row in rows]


@contextmanager
def open_desk(crm: Callable[..., App]) -> Iterator[Desk]:
    """A site of the test's pack, with the test's kind of operation beside the program's own."""
    clock, script = FrozenClock(NOW), Script()
    app = crm(PACK, clock=clock)
    kinds = Registry("operation", [*app.site.background.kinds.values(), Adding(script)])
    background = Background(kinds, app.site.background.operations, lambda: None)
    yield Desk(app, clock, script, background)
