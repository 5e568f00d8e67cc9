"""Rows a second of an import of deals: through the writer alone, and from a file by ``trellis import``.

Both check every value, find the account of each deal, log the change and write to the outbox; the file's
accounts are named, the writer's are ids. The seconds of the processor tell more than those of the clock on a
machine that does other work: PostgreSQL's own are not among them.
"""

import argparse
import csv
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psutil

from bench import data, databases, servers, site
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.sites.people import add_user
from runtime.sites.site import Site

LEAST = 8000
"""Rows a second that an import must reach."""
MAP = Path(__file__).parent / "deals_map.yaml"
BATCH = 5000


@dataclass(slots=True)
class Watch:
    """Seconds of the clock and of the processor."""

    clock: float = 0.0
    processor: float = 0.0

    def shown(self, what: str, rows: int) -> str:
        """One line of the report."""
        return (
            f"  {what:16}{rows / self.clock:10,.0f} rows/s{rows / self.processor:10,.0f} rows/s of processor"
        )


def main() -> int:
    """Measure, print, and say by the exit status whether every import was quick enough."""
    arguments = _arguments()
    kept = True
    for engine in arguments.engine or databases.ENGINES:
        print(f"{engine}: {arguments.rows:,} deals over {arguments.accounts:,} accounts", flush=True)
        for name, way in (("the writer", through_writer), ("trellis import", through_command)):
            with databases.fresh(engine) as url:
                watch = way(url, arguments)
            print(watch.shown(name, arguments.rows), flush=True)
            kept &= arguments.rows >= LEAST * watch.clock
    return 0 if kept else 1


def through_writer(url: str, arguments: argparse.Namespace) -> Watch:
    """Save the deals in batches, each a transaction of its own, as an import does."""
    with site.opened(url) as opened:
        owner, accounts = _accounts(opened, arguments)
        rest = iter([Change("deals", values) for values in data.deals(arguments.rows, accounts)])
        gc.freeze()  # they are no part of what is measured
        live = opened.live
        actor = Actor(user_id=owner, name="Ana", admin=True, door="import")
        with _watched() as watch:
            while batch := list(islice(rest, BATCH)):
                with opened.database.write() as tx:
                    saved = live.writer.save(tx, batch, actor, live.parsing(actor, "rest"))
                if any(isinstance(outcome, Refused) for outcome in saved):
                    raise ValueError("A deal was refused.")
    return watch


def through_command(url: str, arguments: argparse.Namespace) -> Watch:
    """Run ``trellis import``; its start is part of the time."""
    with site.opened(url) as opened:
        _accounts(opened, arguments)
    command = [Path(sys.executable).with_name("trellis"), "import", "deals"]
    environment = {**os.environ, "TRELLIS_DATABASE": url}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deals.csv"
        _write_file(file, arguments.rows, arguments.accounts)
        line = [*map(str, command), str(file), "--map", str(MAP)]
        with _watched() as watch:
            subprocess.run(line, env=environment, cwd=servers.ROOT, check=True, capture_output=True)
    return watch


def _accounts(opened: Site, arguments: argparse.Namespace) -> tuple[int, list[int]]:
    owner = add_user(opened, data.OWNERS[0], "Ana", None)
    return owner, site.write(opened, "accounts", data.accounts(arguments.accounts), [owner])


def _write_file(file: Path, rows: int, accounts: int) -> None:
    names = [values["name"] for values in data.accounts(accounts)]
    with file.open("w", newline="", encoding="utf-8") as output:
        writer = csv.writer(output)
        for number, values in enumerate(data.deals(rows, names, start=rows + 1)):
            if number == 0:
                writer.writerow(values)
            writer.writerow(values.values())


@contextmanager
def _watched() -> Iterator[Watch]:
    watch, process = Watch(), psutil.Process()

    def spent() -> float:
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)

    clock, processor = time.perf_counter(), spent()
    yield watch
    watch.clock, watch.processor = time.perf_counter() - clock, spent() - processor


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.import_rows", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES, help="only this database")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
