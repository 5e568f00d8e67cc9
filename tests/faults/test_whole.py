"""Faults: web and worker are killed and stopped at random moments amid saves, imports and workflows, and
nothing that was accepted is lost, nothing in the database is doubled, and outside every repeat has its key.

`pytest -m fault tests/faults/test_whole.py` ends them a few times; with TRELLIS_FAULTS=long there are 300
SIGKILLs and 50 SIGTERMs on each database, a quarter of an hour each.
"""

import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.trial import DifferenceError
from tests.faults.whole.outside import listening
from tests.faults.whole.pack import pack
from tests.faults.whole.telling import told
from tests.faults.whole.trial import Trial, settings_for
from tests.faults.whole.verdict import Verdict
from tests.support.crm import App

pytestmark = [pytest.mark.fault, pytest.mark.timeout(5400)]

LONG = os.environ.get("TRELLIS_FAULTS") == "long"
KILLS, TERMS, ROWS = (300, 50, 20_000) if LONG else (4, 2, 6_000)
CLIENTS = 4


def test_kills_at_random_moments_lose_nothing_and_double_nothing(
    crm: Callable[..., App], database_url: str, database_engine: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    seed = int(os.environ.get("TRELLIS_FAULTS_SEED", random.randrange(1 << 32)))
    chance, began = random.Random(seed), time.monotonic()
    signals = [signal.SIGKILL] * KILLS + [signal.SIGTERM] * TERMS
    chance.shuffle(signals)
    with listening() as outside:
        app = crm(pack(outside.url), settings=settings_for(outside))
        trial = Trial(app, database_url, outside, tmp_path, ROWS)
        with trial.working(CLIENTS, chance):
            trial.batter(signals, chance)
            trial.finish(patient=LONG)
        verdict = Verdict(trial).reach()
    both = trial.web.tally.signals + trial.worker.tally.signals
    assert both == {"SIGKILL": KILLS, "SIGTERM": TERMS}
    assert trial.clients.accepted["items"]
    assert trial.web.tally.at_work > 0
    assert trial.worker.tally.at_work > 0
    with capsys.disabled():
        print(f"\n{database_engine}, {time.monotonic() - began:.0f} s (seed {seed}): {told(verdict)}")


def test_the_trial_finds_what_a_careless_program_doubles(
    crm: Callable[..., App], database_url: str, tmp_path: Path
):
    """The control: the same trial must name all three faults of a careless program that is killed."""
    with listening() as outside:
        app = crm(pack(outside.url), settings=settings_for(outside))
        trial = Trial(app, database_url, outside, tmp_path, 100, "tests.faults.whole.careless")
        web, worker, clients = trial.web, trial.worker, trial.clients
        with trial.working(CLIENTS, random.Random(1)):
            web.start()
            there = trial.ground.records(*clients.accepted)
            trial.until(lambda: trial.ground.records(*clients.accepted) > there)
            web.end(signal.SIGKILL)  # a save has landed that is not answered yet
            worker.start()
            trial.until(lambda: len(outside.heard["call"]) > 0)
            worker.end(signal.SIGKILL)  # a step has landed, somebody was called, and nothing says so
            trial.repair()
            trial.finish(patient=False)
        with pytest.raises(DifferenceError) as found:
            Verdict(trial).reach()
    for fault in (r"items that were accepted: .* [1-9]\d* doubled", r"notes: .* [1-9]\d* doubled",
                  "calls that were repeated under another key"):  # fmt: skip
        assert re.search(fault, str(found.value)), fault
