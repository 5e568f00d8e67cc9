"""Load: while people and programs work on two processes, applies change what they work on, a rename among
them; nobody gets an error, and no write is lost.

The short one belongs to every run; `make load` does 50 applies at 50 requests a second on each database.
"""

from collections.abc import Callable

import pytest

from tests.load.trial import Trial, pack
from tests.support.crm import App


def test_nobody_notices_a_few_applies(crm: Callable[..., App], database_url: str):
    work(crm, database_url, applies=3, rate=10, pause=0.5)


@pytest.mark.load
@pytest.mark.timeout(3600)
def test_nobody_notices_fifty_applies(
    crm: Callable[..., App],
    database_url: str,
    database_engine: str,
    capsys: pytest.CaptureFixture[str],
):
    trial = work(crm, database_url, applies=50, rate=50, pause=1.0)
    with capsys.disabled():
        print(f"\n{database_engine}: {trial.tally}")


def work(crm: Callable[..., App], url: str, applies: int, rate: float, pause: float) -> Trial:
    """Work, and find nothing wrong."""
    trial = Trial(crm(pack(0, applies)), url, rate)
    trial.run(applies, pause)
    assert trial.tally.errors == []
    return trial
