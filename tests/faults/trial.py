"""A trial: an import runs in a real worker, which is killed again and again, and what it left is counted.

A worker gets no further than its share of the file, so that the last of them is still in mid-import however
fast imports are.
"""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from runtime.identity.actor import SYSTEM
from runtime.records.importing import BATCH
from runtime.storage.operations import MOST_ATTEMPTS, StoredOperation
from tests.faults.writing import is_writing
from tests.support.crm import App

PACK = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        row: {type: integer}
        above: {type: relation, module: items}
"""
MAP = "columns: {name: name, row: row, above: {field: above, match: name}}\n"
BAD_EVERY, LATER_EVERY = 997, 499
PATIENCE = 180.0
"""Seconds for anything; a machine that is busy is slow, not wrong."""
ROUND = 0.01


class DifferenceError(AssertionError):
    """What was lost, doubled or altered."""


@dataclass
class Tally:
    """What happened to the workers."""

    kills: int = 0
    terms: int = 0
    in_a_batch: int = 0
    lines: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        kills = f"{self.kills} SIGKILLs, {self.in_a_batch} of them within a transaction"
        return f"{kills}, and {self.terms} SIGTERMs; checkpoints at lines {self.lines}"


class Trial:
    """One import of ``rows`` rows into a database, and its workers."""

    def __init__(self, app: App, url: str, rows: int, module: str = "runtime") -> None:
        self.app = app
        self.rows = rows
        self.tally = Tally()
        self._module = module
        self._temporary = app.site.settings.files.parent / "temporary"
        self._temporary.mkdir(parents=True)
        self._environment = {
            **os.environ,
            "TRELLIS_DATABASE": url,
            "TRELLIS_FILES": str(app.site.settings.files),
            "PYTHONPATH": str(Path.cwd()),
            "TMPDIR": str(self._temporary),
        }
        self.operation = self._start()

    # The file, and what must come of it

    def is_bad(self, row: int) -> bool:
        """Whether a row is one of those that are refused: it has no name."""
        return row % BAD_EVERY == 0

    def above(self, row: int) -> int | None:
        """The row that a row points at: one that stands further down in the file."""
        target = row + LATER_EVERY
        return target if row % LATER_EVERY == 1 and target <= self.rows and not self.is_bad(target) else None

    def _file(self) -> bytes:
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(("name", "row", "above"))
        for row in range(1, self.rows + 1):
            above = self.above(row)
            name = "" if self.is_bad(row) else f"item {row}"
            writer.writerow((name, row, f"item {above}" if above else ""))
        return text.getvalue().encode()

    def _start(self) -> int:
        site = self.app.site
        live, parsing = site.live, site.live.parsing(SYSTEM, "rest")
        file_id = live.attachments.keep(
            site.database, site.files, "items.csv", BytesIO(self._file()), SYSTEM, parsing
        )
        arguments = {"module": "items", "map": MAP, "files": {"file": file_id}}
        with site.database.write() as tx:
            return site.background.start(tx, "import", arguments, SYSTEM, "items.csv")

    # Workers

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """A worker's process, which has claimed the import when it is handed out."""
        claims = self.look().claim
        command = [sys.executable, "-m", self._module, "worker", "--name", "trial"]
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL) as process:
            try:
                self.until(lambda: self.look().claim > claims or process.poll() is not None)
                if process.poll() is not None:
                    raise DifferenceError(
                        f"The worker ended with {process.returncode} before it did anything."
                    )
                yield process
            finally:
                process.kill()

    def kill(self, process: "subprocess.Popen[bytes]", *, in_a_batch: bool = False) -> None:
        """Kill a worker that is in the midst of the import, and of a transaction where ``in_a_batch``."""
        before = self.look()
        self.until(lambda: self._is_caught(process, in_a_batch))
        self.tally.in_a_batch += is_writing(self.app.site.database)
        self._end(process, signal.SIGKILL, -signal.SIGKILL)
        after = self.look()
        if (after.state, after.claim) != ("running", before.claim):
            raise DifferenceError(f"A killed worker left {after.state}, claim {after.claim}.")
        self.tally.kills += 1

    def stop(self, process: "subprocess.Popen[bytes]") -> None:
        """Tell a worker to stop that is in the midst of the import: it gives the import back."""
        before = self.look()
        self._end(process, signal.SIGTERM, 0)
        after = self.look()
        if after.state != "queued" or after.attempts > max(0, before.attempts - 1):
            raise DifferenceError(f"A stopped worker left {after.state}, {after.attempts} attempts.")
        self.tally.terms += 1

    def _is_caught(self, process: "subprocess.Popen[bytes]", in_a_batch: bool) -> bool:
        # It stands still while one looks at what it was doing, and goes on when that is not what is wanted.
        process.send_signal(signal.SIGSTOP)
        if not in_a_batch or is_writing(self.app.site.database):
            return True
        process.send_signal(signal.SIGCONT)
        return False

    def _end(self, process: "subprocess.Popen[bytes]", number: signal.Signals, code: int) -> None:
        state = self.look().state
        if state != "running" or process.poll() is not None:
            raise DifferenceError(f"The worker is not at work: {state}, {process.poll()}.")
        process.send_signal(number)
        if (ended := process.wait(timeout=PATIENCE)) != code:
            raise DifferenceError(f"The worker ended with {ended} in place of {code}.")
        self.tally.lines.append(self.line())

    def batter(self, signals: list[signal.Signals], chance: random.Random) -> None:
        """Let worker after worker begin, and end each at a moment that nobody chose; of three kills two are
        within a transaction.
        """
        share = self.rows // (len(signals) + 1) - BATCH  # for a batch may land before the signal comes
        assert share > 0
        for place, number in enumerate(signals):
            with self.worker() as process:
                if self.look().attempts >= MOST_ATTEMPTS - 1:  # one more without a batch would be the last
                    self.until(lambda: self.look().attempts == 0)
                begun, moment = self.line(), time.monotonic() + chance.uniform(0.0, 2.0)
                self.until(
                    lambda begun=begun, moment=moment: (
                        time.monotonic() >= moment or self.line() >= begun + share
                    )
                )
                if number == signal.SIGKILL:
                    self.kill(process, in_a_batch=place % 3 != 0)
                else:
                    self.stop(process)

    def finish(self) -> None:
        """Let one worker do the rest in peace."""
        with self.worker() as process:
            while self.look().is_open:  # with as much patience for each batch
                line = self.line()
                self.until(lambda line=line: self.line() != line or not self.look().is_open)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=PATIENCE) == 0

    # Looking

    def look(self) -> StoredOperation:
        """The import as it stands."""
        with self.app.site.database.read() as connection:
            found = self.app.site.background.operations.find(connection, self.operation)
        assert found is not None
        return found

    def line(self) -> int:
        """How far the import has come: the line of its checkpoint."""
        return int((self.look().checkpoint or {}).get("line", 0))

    def until(self, true: Any) -> None:
        """Wait for something. The rounds are counted and not the time, for a machine may stand still."""
        for _ in range(int(PATIENCE / ROUND)):
            if true():
                return
            time.sleep(ROUND)
        raise AssertionError(self.look())

    def count(self) -> int:
        """How many records there are."""
        table = self.app.site.live.tables.module("items").table
        with self.app.site.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def verify(self) -> None:
        """Raise :class:`DifferenceError` unless every row is there once, with its history, or was reported
        once.
        """
        good = [row for row in range(1, self.rows + 1) if not self.is_bad(row)]
        bad = [row for row in range(1, self.rows + 1) if self.is_bad(row)]
        done = self.look()
        if done.state != "done" or done.result is None:
            raise DifferenceError(f"The import is {done.state}: {done.error}")
        counts = {"created": len(good), "updated": 0, "unchanged": 0, "refused": len(bad)}
        _same("the summary", done.result["counts"], counts)
        records = self._records()
        _same("the records", sorted(number for _, number, _ in records), good)
        rows = {record: number for record, number, _ in records}
        pointing = {number: rows[above] for _, number, above in records if above is not None}
        _same("the links", pointing, {row: self.above(row) for row in good if self.above(row)})
        logged = {"created": len(good)} | ({"updated": len(pointing)} if pointing else {})
        _same("the change log", self._logged(), logged)
        _same("the temporary files", list(self._temporary.iterdir()), [])
        _same("the reported rows", self._reported(done.result["files"]["errors"]), bad)

    def _records(self) -> list[tuple[int, int, int | None]]:
        table = self.app.site.live.tables.module("items")
        columns = [table.columns[key][0] for key in ("id", "row", "above")]
        with self.app.site.database.read() as connection:
            return [(row[0], int(row[1]), row[2]) for row in connection.execute(select(*columns))]

    def _logged(self) -> dict[str, int]:
        log = self.app.site.live.tables.change_log
        counted = select(log.c.action, func.count()).where(log.c.module == "items").group_by(log.c.action)
        with self.app.site.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def _reported(self, file_id: int) -> list[int]:
        site = self.app.site
        with site.database.read() as connection:
            found = site.live.attachments.find(connection, SYSTEM, file_id)
        assert found is not None
        text = b"".join(site.files.open(found.sha256)).decode("utf-8-sig")
        return [int(row["row"]) for row in csv.DictReader(StringIO(text))]


def _same(what: str, found: object, wanted: object) -> None:
    if found == wanted:
        return
    if isinstance(found, list) and isinstance(wanted, list):
        lost, doubled = len(set(wanted) - set(found)), len(found) - len(set(found))
        raise DifferenceError(f"{what}: {lost} lost, {doubled} doubled, of {len(wanted)}")
    raise DifferenceError(f"{what}: {found!r:.300} in place of {wanted!r:.300}")
