"""A plan in words: how long it takes, what causes a step, what becomes of values, what changes for people."""

import pytest

from runtime.base.diagnostic import Span
from runtime.change.estimate import FILL, seconds
from runtime.change.plan import Plan
from runtime.change.report import as_text
from runtime.change.sample import LONGEST, becomes
from runtime.change.shape import Shape
from runtime.change.step import Safety, Step, nothing
from runtime.storage.names import Names
from runtime.storage.structure import Structure


def plan(*steps: Step) -> Plan:
    return Plan(steps, (), Names(), Shape(), 3, "a", "b", Structure({}))


def test_a_step_shows_its_line_its_records_and_what_becomes_of_them():
    origin = Span.point("schemas/modules/deals.yaml", 2)
    step = Step("Do it.", nothing, origin, 1200, Safety.SLOW, sample=("id 1: a → b",), estimate=12.2)
    said = as_text(
        plan(step), {origin.file: "fields:\n  size: {type: integer}  \n"}, {"Fields": ["It is so."]}
    )
    assert said.split("\n") == [
        "From revision 3 to 4: 1 step, slow, about 12 seconds.",
        "   1. Do it.",
        "      slow, 1,200 records, about 12 seconds, schemas/modules/deals.yaml:2",
        "      |   size: {type: integer}",
        "      e.g. id 1: a → b",
        "",
        "What changes for people",
        "  Fields",
        "    - It is so.",
    ]


@pytest.mark.parametrize(
    "estimate, said",
    [(0.4, "safe."), (1, "about 1 second."), (89, "89 seconds."), (600, "10 minutes."), (7200, "2 hours.")],
)
def test_a_plan_says_how_long_it_may_take(estimate, said):
    assert as_text(plan(Step("Do it.", nothing, estimate=estimate)), {}).split("\n")[0].endswith(said)


def test_estimates_follow_from_the_records():
    assert seconds(FILL * 3, FILL) == 3


def test_samples_are_short_and_say_what_is_empty():
    assert becomes(7, None, "x") == "id 7: (empty) → x"
    assert len(becomes(7, "y" * 1000, None)) < LONGEST + 30
