"""How fast one worker does what waits, and what the web feels of it: 10,000 runs of a workflow of two steps.

As many deals are saved in batches, each of which sets a run going: it changes the deal, and makes a task for
it. A web process lists and saves at a fixed rate, at first alone, then while one worker does the runs as
``trellis serve`` has it done. Afterwards every run is done, every deal changed once, and has one task.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from bench import databases, servers, site
from bench.client import Answer, Client
from runtime.identity.users import Users
from runtime.sites.people import add_key
from runtime.sites.site import Site

RUNS, ALONE = 10_000, 20.0
MOST_SECONDS = {"sqlite": 120.0, "postgresql": 60.0}
MOST_TIMES = 2.0
LISTS, SAVES = 10.0, 5.0
"""So many a second, each over a connection of its own."""
PATIENCE = 600.0
WARM = 5.0
"""Seconds of which nothing counts: what was filled comes to rest, and statements are compiled."""
ACCOUNTS = 200
FILES = {
    "schemas/modules/tasks.yaml": "title: subject\nfields:\n  subject: {type: text, required: true}\n"
    "  deal: {type: relation, module: deals, inverse: tasks}\n  due: {type: date}\n",
    "schemas/workflows/welcome.yaml": "module: deals\ntrigger: created\nsteps:\n"
    "  - update: {set: {next_step: \"=concat('Call ', account.name)\"}}\n"
    "  - create: {module: tasks, set: {subject: \"=concat('Call about ', name)\", deal: =this}}\n",
}
TASKS = "(SELECT count(*) FROM tasks t WHERE t.deal = d.id)"
LEFT = {
    "runs that are not done": "FROM trellis_runs WHERE state <> 'done'",
    "deals that were not changed once": "FROM deals WHERE version <> 2 OR next_step NOT LIKE 'Call %'",
    "deals that have not one task": f"FROM deals d WHERE {TASKS} <> 1",
}
"""What is wrong afterwards, where there is any of it."""


@dataclass(slots=True)
class Load:
    """Asks the same again and again at a fixed rate. What comes late is late from when it was to be asked."""

    name: str
    rate: float
    ask: Callable[[int], Answer]
    times: list[float] = field(default_factory=list)

    def run(self, stopped: threading.Event) -> None:
        """Ask until it is stopped."""
        begun, number = time.perf_counter(), 0
        while not stopped.wait(max(0.0, begun + number / self.rate - time.perf_counter())):
            due = begun + number / self.rate
            answer = self.ask(number)
            if answer.status != 200:
                raise ValueError(f"A {self.name} is answered with {answer.status}: {answer.text[:300]}")
            self.times.append((time.perf_counter() - due) * 1000)
            number += 1

    def p95(self) -> float:
        """The 95th percentile in milliseconds; what comes is counted anew."""
        times, self.times = self.times, []
        return statistics.quantiles(times, n=20)[-1]


def main() -> int:
    """Measure, print, and say by the exit status whether the goals are kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.runs", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--alone", type=float, default=ALONE, help="seconds that the web is measured alone")
    arguments = parser.parse_args()
    engines: Sequence[str] = arguments.engine or databases.ENGINES
    kept = [_measured(engine, arguments.runs, arguments.alone) for engine in engines]
    return 0 if all(kept) else 1


def _measured(engine: str, count: int, alone: float) -> bool:
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh(engine))
        pack = _pack(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trellis-bench-"))))
        with site.opened(url, pack) as opened:
            account_ids = site.fill(opened, ACCOUNTS, count)
            cookie = site.signed_in(opened)
            key = _key(opened)
        port = servers.free_port()
        command = [*servers.trellis(pack, port), "--no-worker"]
        stack.enter_context(servers.running(command, port, "/health", TRELLIS_DATABASE=url))
        loads = list(_loads(port, cookie, key, account_ids))
        stopping = stack.enter_context(_asking(loads))
        time.sleep(WARM)
        for load in loads:
            load.times.clear()
        time.sleep(alone)
        usual = [load.p95() for load in loads]
        begun = datetime.now().astimezone()
        with _worker(url):
            oldest = _drained(port, key, begun, stopping)
        meanwhile = [load.p95() for load in loads]
        stopping.set()
        seconds, wrong = _outcome(url, begun)
    return _told(engine, count, seconds, oldest, wrong, loads, usual, meanwhile)


def _pack(folder: Path) -> Path:
    pack = Path(shutil.copytree(site.PACK, folder / "pack"))
    for name, content in FILES.items():
        file = pack / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    return pack


def _key(opened: Site) -> str:
    """An API key of the administrator's."""
    with opened.database.read() as connection:
        user = Users(opened.live.tables).by_email(connection, "admin@example.com")
    assert user is not None, "nobody has signed in"
    return add_key(opened, user.id, "bench")


def _loads(port: int, cookie: str, key: str, account_ids: Sequence[int]) -> Iterator[Load]:
    browser, program = Client(port, {"Cookie": cookie}), Client(port, {"Authorization": f"Bearer {key}"})

    def save(number: int) -> Answer:
        account = account_ids[number % len(account_ids)]
        body = json.dumps({"employees": number % 1000}).encode()
        return program.post(f"/api/v1/accounts/{account}", body, "PATCH")

    yield Load("list", LISTS, lambda _: browser.get("/app/deals?filter=new_business"))
    yield Load("save", SAVES, save)


@contextmanager
def _asking(loads: Sequence[Load]) -> Iterator[threading.Event]:
    stopped = threading.Event()
    threads = [threading.Thread(target=load.run, args=(stopped,), daemon=True) for load in loads]
    for thread in threads:
        thread.start()
    try:
        yield stopped
    finally:
        stopped.set()
        for thread in threads:
            thread.join(PATIENCE)


@contextmanager
def _worker(url: str) -> Iterator[None]:
    """One worker, as a server starts it beside itself."""
    command = [sys.executable, "-m", "runtime", "worker", "--companion"]
    environment = {**os.environ, "TRELLIS_DATABASE": url}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, cwd=servers.ROOT
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def _drained(port: int, key: str, begun: datetime, stopping: threading.Event) -> float:
    """Wait until no run waits any more, as the metrics tell; the greatest age of the queue that they told."""
    client, oldest = Client(port, {"Authorization": f"Bearer {key}"}), 0.0
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        said = client.get("/metrics").text
        found = dict(re.findall(r'^trellis_queue_(\w+){queue="runs"} (\S+)$', said, re.MULTILINE))
        oldest = max(oldest, float(found["oldest_seconds"]))
        if float(found["due"]) + float(found["running"]) == 0:
            return oldest
        stopping.wait(0.5)
    raise TimeoutError(f"The queue was not empty {PATIENCE:g} seconds after {begun}.")


def _outcome(url: str, begun: datetime) -> tuple[float, list[str]]:
    """From the worker's start to the end of the last run, in seconds; and what is wrong."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        last = connection.execute(text("SELECT max(finished_at) FROM trellis_runs")).scalar_one()
        wrong = {
            name: connection.execute(text(f"SELECT count(*) {which}")).scalar_one()
            for name, which in LEFT.items()
        }
    engine.dispose()
    ended = last if isinstance(last, datetime) else datetime.fromisoformat(f"{last}+00:00")
    return (ended - begun).total_seconds(), [f"{n:,} {name}" for name, n in wrong.items() if n]


def _told(
    engine: str,
    count: int,
    seconds: float,
    oldest: float,
    wrong: list[str],
    loads: Sequence[Load],
    usual: Sequence[float],
    meanwhile: Sequence[float],
) -> bool:
    most = MOST_SECONDS[engine] * count / RUNS
    kept = seconds <= most and not wrong
    print(
        f"{engine}: {count:,} runs of two steps in {seconds:.1f} s (at most {most:g}),"
        f" {count / seconds:.0f} a second; the queue was {oldest:.0f} s old at most"
        f"{'' if kept else '  MISSED'}{''.join(f'; {each}' for each in wrong)}"
    )
    for load, before, then in zip(loads, usual, meanwhile, strict=True):
        is_quick = then <= MOST_TIMES * before
        kept = kept and is_quick
        print(
            f"{engine}: a {load.name} at {load.rate:g} a second: the 95th of a hundred {before:.1f} ms alone,"
            f" {then:.1f} ms meanwhile: {then / before:.2f}x (at most {MOST_TIMES:g}x)"
            f"{'' if is_quick else '  MISSED'}",
            flush=True,
        )
    return kept


if __name__ == "__main__":
    raise SystemExit(main())
