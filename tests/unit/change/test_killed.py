"""Killed with SIGKILL in the middle of an apply: the database is as it was, and the next apply finishes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.change.site import Site
from tests.unit.change.test_apply import AFTER, BEFORE

ROOT = Path(__file__).parents[3]
PROGRAM = """
import os, signal, sys
from runtime.storage.database import Database
from tests.unit.change.site import Site
from tests.unit.change.test_apply import AFTER, BEFORE

def stop(place, step):
    if place == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

Site(Database.open(sys.argv[1], pool=1)).apply(AFTER, on_step=stop)
"""


def killed_at(url: str, place: int) -> None:
    """Apply in another process, which dies before the step of this place."""
    command = [sys.executable, "-c", PROGRAM, url, str(place)]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert ended.returncode == -signal.SIGKILL


def settle(site: Site, before: object) -> None:
    """Wait for PostgreSQL to notice that its client is gone; what it was doing is then undone."""
    for _ in range(50):
        if site.state() == before:
            return
        time.sleep(0.1)
    assert site.state() == before


def prepare(site: Site) -> int:
    """A site with records, and how many steps there are to the next revision."""
    site.applied(BEFORE)
    site.add("deals", {"name": "One", "old": 1}, {"name": "Two", "old": 2})
    return len(site.plan(AFTER).steps)


def test_killed_before_the_last_step_nothing_has_happened(site, database_url):
    steps = prepare(site)
    before = site.state()
    killed_at(database_url, steps - 1)
    settle(site, before)
    assert site.applied(AFTER).revision == 2
    assert site.plan(AFTER).is_empty


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_killed_at_any_step_nothing_has_happened(site, database_url):
    steps = prepare(site)
    before = site.state()
    for place in range(steps):
        for _ in range(3):
            killed_at(database_url, place)
            settle(site, before)
    assert site.applied(AFTER).revision == 2
    assert site.column("deals", "code") == ["none", "none"]
