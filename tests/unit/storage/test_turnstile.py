"""Tests of the turnstile: processes that write to one file take turns, and nobody is passed by."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from runtime.storage.database import Database
from runtime.storage.errors import BusyError
from runtime.storage.turnstile import Turnstile

GREEDY = """
import sys, time
from pathlib import Path
from runtime.storage.turnstile import Turnstile
turnstile = Turnstile(Path(sys.argv[1]), 10)
print("ready", flush=True)
while True:
    turnstile.acquire()
    time.sleep(float(sys.argv[2]))
    turnstile.release()
"""


@contextmanager
def greedy(file: Path, seconds: float) -> Iterator["subprocess.Popen[str]"]:
    """A process that takes turn after turn, without a pause between them."""
    command = [sys.executable, "-c", GREEDY, str(file), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05)
        try:
            yield process
        finally:
            process.kill()


def test_who_waits_is_next_however_greedy_the_other_process_is(tmp_path: Path):
    file = tmp_path / "x.db"
    with greedy(file, 0.1), closing(Turnstile(file, 5)) as mine:
        for _ in range(5):
            began = time.monotonic()
            mine.acquire()
            waited = time.monotonic() - began
            mine.release()
            assert waited < 1  # a tenth of a second, and whatever else the machine does


def test_who_waits_in_vain_is_told_so_and_leaves_the_way_free(tmp_path: Path):
    file = tmp_path / "x.db"
    with greedy(file, 1.5), closing(Turnstile(file, 0.2)) as mine, closing(Turnstile(file, 5)) as other:
        with pytest.raises(BusyError, match=r"for 0\.2 seconds"):
            mine.acquire()
        other.acquire()
        other.release()


def test_a_process_that_is_killed_in_its_turn_holds_nobody_up(tmp_path: Path):
    file = tmp_path / "x.db"
    with greedy(file, 60) as process, closing(Turnstile(file, 5)) as mine:
        process.kill()
        process.wait()
        mine.acquire()


def test_two_databases_of_one_file_take_turns(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with closing(Database.open(url, patience=0.2)) as one, closing(Database.open(url, patience=0.2)) as two:

        def write_inside() -> None:
            with one.write(), two.write():
                pass

        with pytest.raises(BusyError, match="Another process"):
            write_inside()
        with two.write():
            pass
