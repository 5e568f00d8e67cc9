"""Tests of the tests: with each permission check switched off in turn, somebody notices.

``TRELLIS_MUTATIONS=full pytest tests/access/test_mutations.py -m ""`` goes over every place (some minutes on
one core; ``-n 2`` shares them out), and without the setting over a few that are noticed at once. A part of a
file's name instead of ``full`` (or several, with commas) goes over the places of those files. What nobody can
notice stands in ``SILENT`` with its reason: there may be one in twenty of them.
"""

import os

import pytest

from tests.access.mutations import Place, places, switched_off, unanswered
from tests.access.noticing import Noticing

WANTED = os.environ.get("TRELLIS_MUTATIONS", "")
pytestmark = pytest.mark.timeout(900)

SILENT: dict[str, str] = {
    "runtime/storage/statement.py Statements.conditions_of: self._rights(query)": "It names a statement that"
    " is remembered. Who sees something else asks another reader, or at another moment, which is in that name"
    " as well; the conditions themselves are joined beside it.",
}
"""Places that make no difference by themselves, as they are written, and why."""

TOGETHER: dict[str, str] = {
    "runtime/records/save.py _judge_new: batch.judge.may(batch.actor, work.plan.key,"
    " right_of(work.asked.change), record=record)": "runtime/records/standing.py _take:"
    " batch.judge.may(batch.actor, plan.key, right_of(change), record=values)",
}
"""Places that another one covers, by its name: the two are switched off at once."""

FEW = (
    "runtime/sites/live.py Live.seen_by: self.judge.sight(actor)",
    "runtime/records/beginning.py read: writing_rights.keep_to_fields(batch, works)",
)
"""Those that a plain run switches off."""


def wanted() -> list[Place]:
    every = places()
    if not WANTED:
        return [each for each in every if str(each) in FEW]
    parts = WANTED.split(",")
    return [each for each in every if WANTED == "full" or any(part in each.file for part in parts)]


@pytest.fixture(scope="session")
def noticing(tmp_path_factory: pytest.TempPathFactory) -> Noticing:
    made = Noticing(tmp_path_factory.mktemp("mutations"))
    assert made.wrongly_noticed() == []
    return made


def test_every_permission_call_can_be_switched_off() -> None:
    assert unanswered() == []
    assert len(places()) > 120
    for each in places():
        with switched_off(each):
            pass


def test_what_is_said_of_places_is_said_of_ones_that_are_there() -> None:
    every = {str(each) for each in places()}
    assert {*SILENT, *TOGETHER, *TOGETHER.values(), *FEW} <= every
    assert len(SILENT) <= len(every) / 20


@pytest.mark.fault
def test_nobody_notices_anything_while_every_check_is_on(noticing: Noticing) -> None:
    assert noticing is not None


@pytest.mark.fault
@pytest.mark.parametrize("place", wanted(), ids=str)
def test_somebody_notices(place: Place, noticing: Noticing) -> None:
    if str(place) in SILENT:
        pytest.skip(SILENT[str(place)])
    other = [each for each in places() if str(each) == TOGETHER.get(str(place))]
    with switched_off(place, *other):
        said = noticing.noticed(place)
    print(f"{place}\n  {said or 'NOBODY'}")
    assert said, f"{place} is switched off, and nobody notices."
