"""A trial of workflows: runs go on in a real worker, which is ended again and again, and what it left is
counted.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from runtime.records.change import Change
from tests.faults.trial import PATIENCE, DifferenceError
from tests.support.crm import App
from tests.support.flows import Flows

PACK = """
    schemas/modules/counters.yaml:
      fields:
        name: {type: text}
        total: {type: integer, default: 0}
    schemas/modules/items.yaml:
      fields:
        name: {type: text}
        counter: {type: relation, module: counters, inverse: items}
        is_done: {type: boolean}
    schemas/modules/notes.yaml:
      fields:
        name: {type: text}
        item: {type: relation, module: items, inverse: notes}
        told: {type: text}
    schemas/workflows/on_item.yaml:
      module: items
      trigger: created
      steps:
        - create: {module: notes, set: {name: =name, item: =this}}
          as: note
        - update: {record: =counter, set: {total: =counter.total + 1}}
        - update: {record: =note, set: {told: =note.name}}
        - update: {set: {is_done: true}}
    schemas/workflows/on_done.yaml:
      module: items
      trigger: {changed: is_done}
      steps: [{update: {record: =counter, set: {total: =counter.total + 1}}}]
"""
"""Each item has one note and adds two to its counter, however often anybody dies."""


class FlowTrial:
    """Runs of ``items`` items in a database, and their workers."""

    def __init__(self, app: App, url: str, items: int, module: str = "runtime") -> None:
        self.flows = Flows(app)
        self.items = items
        self.mid_work = 0
        self._module = module
        self._environment = {**os.environ, "TRELLIS_DATABASE": url, "PYTHONPATH": str(Path.cwd())}
        self.counter = self.flows.save("counters", name="all")
        self.flows.save_all(
            [Change("items", {"name": f"item {at}", "counter": self.counter}) for at in range(items)]
        )

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """A worker's process, which has done a step when it is handed out."""
        before = self.steps()
        command = [sys.executable, "-m", self._module, "worker", "--name", "trial"]
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL) as process:
            try:
                self.until(lambda: self.steps() > before or process.poll() is not None)
                if process.poll() is not None:
                    raise DifferenceError(
                        f"The worker ended with {process.returncode} before it did anything."
                    )
                yield process
            finally:
                process.kill()

    def batter(self, signals: list[signal.Signals], chance: random.Random) -> None:
        """Let worker after worker begin, and end each at a moment that nobody chose, amid the runs."""
        for number in signals:
            with self.worker() as process:
                time.sleep(chance.uniform(0.0, 0.5))
                if process.poll() is not None or not self.open():
                    raise DifferenceError("There was nothing left to be done: the trial needs more items.")
                process.send_signal(number)
                code = process.wait(timeout=PATIENCE)
                self.mid_work += any(run.state == "running" for run in self.flows.all(state="running"))
                if code != (-number if number == signal.SIGKILL else 0):
                    raise DifferenceError(f"The worker ended with {code}.")

    def finish(self) -> None:
        """Let one worker do the rest in peace."""
        with self.worker() as process:
            self.until(lambda: not self.open())
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)

    def open(self) -> bool:
        """Whether something is still to be done."""
        return bool(self.flows.all(state="queued") or self.flows.all(state="running"))

    def steps(self) -> int:
        """How many steps were done."""
        steps = self.flows.site.live.tables.runtime.run_steps
        with self.flows.site.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(steps)).scalar_one())

    def until(self, true: Any) -> None:
        """Wait for something."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, Counter(self.flows.states())
            time.sleep(0.02)

    def verify(self) -> None:
        """Raise :class:`DifferenceError` unless each step of each run was done once."""
        flows = self.flows
        _same("the runs", Counter(flows.states()), Counter(done=2 * self.items))
        ids = flows.ids("notes")
        with flows.site.database.read() as connection:
            notes = flows.site.live.writer.plans.loader.load(connection, "notes", ids).values()
        by_item = Counter(note["item"] for note in notes)
        _same("the notes", Counter(by_item.values()), Counter({1: self.items}))
        _same("the counter", flows.get("counters", self.counter)["total"], 2 * self.items)
        told = sum(note["told"] is not None for note in notes)
        _same("the notes that were told", told, self.items)
        _same("the journal", self.steps(), 5 * self.items)


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise DifferenceError(f"{what}: {found} in place of {wanted}")
