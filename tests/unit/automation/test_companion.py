"""Tests of the worker beside a server: it is started again when it is killed, and ends with the server."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from runtime.automation.companion import Companion
from runtime.identity.actor import SYSTEM
from tests.support.crm import App
from tests.unit.automation.desk import PACK


@pytest.fixture
def database_engine() -> str:
    """One engine is enough: what differs is the worker's own matter."""
    return "sqlite"


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_worker_that_is_killed_is_started_again_and_ends_with_its_server(
    crm: Callable[..., App], database_url: str, monkeypatch: pytest.MonkeyPatch
):
    app = crm(PACK)
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    environment = {"TRELLIS_DATABASE": database_url, "TRELLIS_FILES": str(app.site.settings.files)}
    companion = Companion(environment, after=0)
    companion.start()
    try:
        until(lambda: companion._process)
        first = companion._process
        assert first is not None
        until(lambda: psutil.Process(first.pid).cmdline()[3:4] == ["worker"])
        first.kill()
        until(lambda: companion._process is not first)
        with app.site.database.write() as tx:
            operation = app.site.background.start(tx, "clean_files", {}, SYSTEM)

        def is_done() -> bool:
            with app.site.database.read() as connection:
                found = app.site.background.operations.find(connection, operation)
            return found is not None and found.state == "done"

        until(is_done)
    finally:
        companion.stop()
    second = companion._process
    assert second is not None
    assert second.poll() == 0
