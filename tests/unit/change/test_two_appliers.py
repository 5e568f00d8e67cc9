"""Two processes that apply at once: one after the other, or the second says who is at it."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from runtime.change.locking import applying, who_applies
from runtime.storage.database import Database
from runtime.storage.errors import BusyError
from tests.unit.change.packs import DEAL, Trellis, make_pack, write

ROOT = Path(__file__).parents[3]
HOLD = """
import sys
from runtime.change.locking import applying
from runtime.storage.database import Database
with applying(Database.open(sys.argv[1], pool=1), "ada (command line)"):
    print("held", flush=True)
    sys.stdin.read()
"""


def start(url: str, *command: str) -> subprocess.Popen[str]:
    """Another process of the program."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRELLIS_DATABASE": url}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def test_who_applies_is_told_to_those_who_only_look(database_url):
    with closing(Database.open(database_url, pool=2)) as database:
        assert who_applies(database) is None
        holder = start(database_url, "-c", HOLD, database_url)
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        told = who_applies(database)
        assert told is not None
        assert told.endswith("by ada (command line)")
        holder.communicate()
        until = time.monotonic() + 20  # PostgreSQL frees the lock a moment after its holder has gone
        while who_applies(database) is not None:
            assert time.monotonic() < until


def test_two_processes_at_once_make_two_revisions(database_url, tmp_path):
    trellis = Trellis(database_url, tmp_path)
    pack = make_pack(tmp_path / "acme")
    trellis("apply", pack, "--yes")
    others = [make_pack(tmp_path / name / "acme") for name in ("one", "two")]
    for number, other in enumerate(others):
        write(other, f"{DEAL}  field_{number}: {{type: integer}}\n")
    running = [start(database_url, "-m", "runtime", "apply", str(other), "--yes") for other in others]
    ended = [(each.communicate(timeout=100), each.returncode) for each in running]
    assert [code for _, code in ended] == [0, 0], ended
    revisions = sorted(said.splitlines()[-1] for (said, _), _ in ended)
    assert revisions == ["Applied as revision 2.", "Applied as revision 3."]
    assert trellis("history")[1].startswith("    3 ")


def test_whoever_waits_too_long_is_told_who_applies_since_when(database_url):
    with closing(Database.open(database_url)) as database:
        other = start(database_url, "-c", HOLD, database_url)
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            told = r"begun \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by ada \(command line\), is at work"
            with pytest.raises(BusyError, match=told), applying(database, "bob", patience=0.2):
                pass
        finally:
            other.communicate("")
        with applying(database, "bob", patience=5):
            pass
