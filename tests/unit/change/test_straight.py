"""Values that the database itself can work out are written by it; what it cannot is still converted."""

import pytest

from runtime.change.landing import Applied, Refused
from runtime.change.large import Sizes
from runtime.change.straight import Straight
from tests.unit.change.site import Site, deals

TEXTS = deals({"stage": {"type": "text"}})
VALUES = deals({"stage": {"type": "picklist", "picklist": "stages"}})


@pytest.fixture(params=[Sizes(), Sizes(large=4, batch=3)], ids=["at once", "by phases"])
def sizes(request: pytest.FixtureRequest) -> Sizes:
    """All in one transaction, and in several."""
    found: Sizes = request.param
    return found


@pytest.fixture
def staged(site: Site) -> Site:
    """A site with nine deals, whose stages are texts; one has none."""
    site.applied(TEXTS)
    stages = ("open", "won", None) * 3
    site.add("deals", *({"name": f"Deal {place}", "stage": stage} for place, stage in enumerate(stages)))
    return site


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Straight]:
    """Grows with each batch that the database itself writes."""
    seen: list[Straight] = []
    write = Straight.write

    def noted(straight, connection, chosen):
        seen.append(straight)
        write(straight, connection, chosen)

    monkeypatch.setattr(Straight, "write", noted)
    return seen


def test_few_different_texts_become_values_by_statements_of_the_database(staged, sizes, written):
    assert isinstance(staged.apply(VALUES, sizes=sizes), Applied)
    assert staged.column("deals", "stage_2") == ["open", "won", None] * 3
    assert len(written) == (1 if sizes.large > 4 else 4)  # the last one of what came meanwhile


def test_a_text_that_came_since_is_converted_by_itself(staged, sizes, written):
    plan = staged.plan(VALUES)
    staged.add("deals", {"name": "Late", "stage": "lost"})
    assert isinstance(staged.apply(VALUES, expected=plan, sizes=sizes), Applied)
    assert staged.column("deals", "stage_2") == [*("open", "won", None) * 3, "lost"]
    assert len(written) == (0 if sizes.large > 4 else 4)


def test_a_text_that_came_since_and_is_no_value_is_named(staged, sizes):
    plan = staged.plan(VALUES)
    staged.add("deals", {"name": "Late", "stage": "stuck"})
    outcome = staged.apply(VALUES, expected=plan, sizes=sizes)
    assert isinstance(outcome, Refused)
    assert "“stuck”" in outcome.refusals[0].message
