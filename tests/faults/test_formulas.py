"""Faults: a run of formulas whose process is killed goes on, and changes each record once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from runtime.identity.actor import SYSTEM
from runtime.records.change import Change
from tests.support.crm import App

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

PACK = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        price: {type: integer}
        total: {type: integer}
    formulas/items.yaml:
      total: {field: total, value: price * 2}
"""
RECORDS, KILLS = 20_000, 4


def test_a_run_of_formulas_whose_process_is_killed_changes_each_record_once(
    crm: Callable[..., App], database_url: str
):
    app = crm(PACK)
    fill(app)
    for kill in range(1, KILLS + 1):
        process = run(app, database_url)
        while done(app) < kill * RECORDS // (KILLS + 2):
            assert process.poll() is None, "it ends before it is killed"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert done(app) < RECORDS
    assert run(app, database_url).wait() == 0
    items, log = app.site.live.tables.module("items"), app.site.live.tables.change_log
    total, price, version = (items.columns[key][0] for key in ("total", "price", "version"))
    with app.site.database.read() as connection:
        whole = select(func.count()).select_from(items.table).where(total == price * 2, version == 2)
        assert connection.execute(whole).scalar() == RECORDS
        told = select(func.count(), func.count(log.c.record_id.distinct())).where(log.c.action == "updated")
        assert tuple(connection.execute(told).one()) == (RECORDS, RECORDS)
        assert len(app.site.background.operations.latest(connection, 10)) == 1


def fill(app: App) -> None:
    """Records as they stood before there was a formula."""
    live = app.site.live
    changes = [Change("items", {"name": f"item {number}", "price": number}) for number in range(RECORDS)]
    table = live.tables.module("items")
    with app.site.database.write() as tx:
        live.writer.save(tx, changes, SYSTEM, live.parsing(SYSTEM, "rest"))
        tx.connection.execute(update(table.table).values({table.columns["total"][0]: None}))


def run(app: App, url: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    environment = {**os.environ, "TRELLIS_DATABASE": url}
    words = [sys.executable, "-m", "runtime", "formulas", "run", "items"]
    return subprocess.Popen(words, cwd=app.folder.parent, env=environment, stdout=subprocess.DEVNULL)


def done(app: App) -> int:
    """How many records have been changed."""
    items = app.site.live.tables.module("items")
    with app.site.database.read() as connection:
        total = items.columns["total"][0]
        return connection.execute(
            select(func.count()).select_from(items.table).where(total.is_not(None))
        ).scalar_one()
