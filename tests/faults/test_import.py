"""Faults: an import whose worker is killed or stopped, over and over, loses nothing and doubles nothing.

`pytest -m fault` ends a few workers; `make faults` sets TRELLIS_FAULTS=long, and 30 are killed and 10
stopped on each database.
"""

import os
import random
import signal
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select

from tests.faults.trial import PACK, DifferenceError, Trial
from tests.support.crm import App

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1500)]

LONG = os.environ.get("TRELLIS_FAULTS") == "long"
KILLS, TERMS, ROWS = (30, 10, 500_000) if LONG else (4, 2, 80_000)


def test_an_import_whose_workers_die_loses_and_doubles_nothing(
    crm: Callable[..., App], database_url: str, database_engine: str, capsys: pytest.CaptureFixture[str]
):
    seed = int(os.environ.get("TRELLIS_FAULTS_SEED", random.randrange(1 << 32)))
    chance = random.Random(seed)
    signals = [signal.SIGKILL] * KILLS + [signal.SIGTERM] * TERMS
    chance.shuffle(signals)
    trial = Trial(crm(PACK), database_url, ROWS)
    trial.batter(signals, chance)
    trial.finish()
    trial.verify()
    assert (trial.tally.kills, trial.tally.terms) == (KILLS, TERMS)
    assert trial.tally.in_a_batch > KILLS // 2
    assert trial.tally.lines == sorted(trial.tally.lines)
    assert 0 < trial.tally.lines[-1] < ROWS
    with capsys.disabled():
        print(f"\n{database_engine}: {ROWS} rows, {trial.tally} (seed {seed}): 0 lost, 0 doubled")


def test_the_trial_finds_a_checkpoint_that_is_kept_too_late(crm: Callable[..., App], database_url: str):
    """The control: the same trial with a careless worker must not pass."""
    trial = Trial(crm(PACK), database_url, 20_000, "tests.faults.careless")
    with trial.worker() as process:
        trial.until(lambda: trial.count() > 0)  # the batch has landed, and its checkpoint has not
        trial.kill(process)
    trial.finish()
    with pytest.raises(DifferenceError, match=r"doubled|in place of"):
        trial.verify()


def test_the_trial_finds_a_single_row_that_is_not_there(crm: Callable[..., App], database_url: str):
    """The control for what is lost: nothing is killed, and then one record is taken away."""
    trial = Trial(crm(PACK), database_url, 2_000)
    trial.finish()
    trial.verify()
    items = trial.app.site.live.tables.module("items").table
    with trial.app.site.database.write() as tx:
        last = tx.connection.execute(select(func.max(items.c.id))).scalar_one()
        tx.connection.execute(delete(items).where(items.c.id == last))
    with pytest.raises(DifferenceError, match="1 lost, 0 doubled"):
        trial.verify()
