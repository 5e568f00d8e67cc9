"""Faults: runs of workflows whose workers are killed or stopped, over and over, lose nothing and double
nothing.
"""

import os
import random
import signal
from collections.abc import Callable

import pytest

from tests.faults.flow_trial import PACK, FlowTrial
from tests.faults.trial import DifferenceError
from tests.support.crm import App

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1500)]

LONG = os.environ.get("TRELLIS_FAULTS") == "long"
KILLS, TERMS, ITEMS = (150, 25, 900) if LONG else (2, 1, 120)


def test_runs_whose_workers_die_lose_and_double_nothing(
    crm: Callable[..., App], database_url: str, database_engine: str, capsys: pytest.CaptureFixture[str]
):
    seed = int(os.environ.get("TRELLIS_FAULTS_SEED", random.randrange(1 << 32)))
    chance = random.Random(seed)
    signals = [signal.SIGKILL] * KILLS + [signal.SIGTERM] * TERMS
    chance.shuffle(signals)
    trial = FlowTrial(crm(PACK), database_url, ITEMS)
    trial.batter(signals, chance)
    trial.finish()
    trial.verify()
    assert trial.mid_work >= KILLS // 2, "the workers were killed while they had runs"
    with capsys.disabled():
        killed = f"{KILLS} SIGKILLs and {TERMS} SIGTERMs, {trial.mid_work} with runs under way"
        print(f"\n{database_engine}: {2 * ITEMS} runs, {killed} (seed {seed}): 0 lost, 0 doubled")


def test_the_trial_finds_a_place_that_is_kept_too_late(crm: Callable[..., App], database_url: str):
    """The control: the same trial with a careless worker must not pass."""
    trial = FlowTrial(crm(PACK), database_url, 20, "tests.faults.careless_runs")
    with trial.worker() as process:  # a step has landed, and where the run goes on has not
        process.kill()
        process.wait()
    trial.finish()
    with pytest.raises(DifferenceError, match="in place of"):
        trial.verify()
