"""Load: lists answer while an apply goes through a hundred thousand records; what it took is printed."""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import httpx2
import pytest

from tests.load.trial import Trial, sign_in
from tests.support.crm import App, write_pack

pytestmark = [pytest.mark.load, pytest.mark.timeout(3600)]

RECORDS = 100_000
BEFORE = """
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        code: {type: text}
        seats: {type: integer, index: true}
"""
CHANGES = {
    "a required field with an index": "size: {type: integer, required: true, default: 3, index: true}",
    "a formula": "double: {type: integer, formula: seats * 2}",
    "an index": "other: {type: text}\n        more: {type: date, index: true}",
}


def test_lists_answer_while_an_apply_goes_through_many_records(
    crm: Callable[..., App],
    database_url: str,
    database_engine: str,
    capsys: pytest.CaptureFixture[str],
):
    app = crm(BEFORE)
    fill(app)
    trial, text = Trial(app, database_url, rate=1), BEFORE
    with (
        trial.served() as (address, _),
        httpx2.Client(base_url=address, timeout=60, follow_redirects=True) as client,
    ):
        sign_in(client)
        said = [f"{database_engine}: without an apply {told(measure(client, threading.Timer(5, int)))}"]
        for name, field in CHANGES.items():
            text += f"        {field}\n"
            write_pack(app.folder, text)
            command = [sys.executable, "-m", "runtime", "apply", str(app.folder), "--yes"]
            process = subprocess.Popen(command, env=trial.environment, stdout=subprocess.DEVNULL)
            began = time.monotonic()
            times = measure(client, process)
            assert process.wait() == 0
            said.append(f"{name}: {time.monotonic() - began:.1f} s, lists {told(times)}")
    with capsys.disabled():
        print("\n" + "\n  ".join(said))


def fill(app: App) -> None:
    """A hundred thousand deals, as they stand."""
    table = app.site.live.tables.module("deals").table
    with app.site.database.write() as tx:
        rows = [
            {"id": number, "version": 1, "name": f"Deal {place}", "code": f"C-{place}", "seats": place % 900}
            for place, number in enumerate(tx.allocate_ids(RECORDS))
        ]
        tx.connection.execute(table.insert(), rows)
    app.site.database.optimize()


def measure(client: httpx2.Client, going_on: "subprocess.Popen[bytes] | threading.Timer") -> list[float]:
    """How long lists take while something goes on, in seconds."""
    times: list[float] = []
    if isinstance(going_on, threading.Timer):
        going_on.start()
    while going_on.is_alive() if isinstance(going_on, threading.Timer) else going_on.poll() is None:
        began = time.monotonic()
        assert client.get("/app/deals").status_code == 200
        times.append(time.monotonic() - began)
        time.sleep(0.05)
    return times


def told(times: list[float]) -> str:
    """Times in words."""
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    middle, slowest = statistics.median(times), max(times)
    half = f"{len(times)} lists, half under {middle * 1000:.0f} ms"
    return f"{half}, p95 {p95 * 1000:.0f} ms, slowest {slowest * 1000:.0f} ms"
