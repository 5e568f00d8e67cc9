"""Changes by the dice: what is let through was allowed of the record as it was and as it has become.

A plain run makes a few, and ``TRELLIS_MATRIX=full`` 5,000 of them.
"""

import random
from dataclasses import replace
from typing import Any

import pytest

from tests.access.knocking import FULL, state, undo
from tests.access.matrix import PEOPLE, World
from tests.access.oracle import Item

CHANGES = 5_000 if FULL else 80
pytestmark = pytest.mark.timeout(1200 if FULL else 120)


def test_nothing_is_written_that_the_rules_forbid_before_or_after(world: World) -> None:
    dice, done, wrong = random.Random(11), 0, []
    deals = [item for item in world.items if item.module == "deals" and not item.deleted]
    before = state(world)
    for _ in range(CHANGES):
        name, item = dice.choice(PEOPLE)[0], dice.choice(deals)
        body = patch(dice, world)
        world.probes += 1
        answer = world.program(name)("PATCH", f"/deals/{item.id}", json=body)
        told = f"{name}, {item}: {body}: {answer.status_code}"
        if answer.status_code >= 500:
            wrong.append(told)
        if answer.status_code < 300:
            done += 1
            wrong += [f"{told}, and {each}" for each in forbidden(world, name, item, body)]
            world.admin("PATCH", f"/deals/{item.id}", json={"stage": item.values["stage"]})
            undo(world, item)
            before = state(world)
        elif state(world) != before:
            wrong.append(f"{told}, and something has changed")
    print(f"{CHANGES:,} changes, {done:,} of them let through, {len(wrong)} failures")
    assert not wrong, "\n".join(wrong[:20])
    assert CHANGES > done > CHANGES / 20


def patch(dice: random.Random, world: World) -> dict[str, Any]:
    """Values for some fields."""
    every: dict[str, Any] = {
        "name": f"x{dice.randrange(9)}",
        "stage": dice.choice(("open", "won")),
        "note": dice.choice(("a", None)),
        "secret": f"guess{dice.randrange(10**9)}",
        "owner": dice.choice([each.id for each in world.people.values()]),
    }
    return {key: every[key] for key in dice.sample(sorted(every), dice.choice((1, 1, 2, 3)))}


def forbidden(world: World, name: str, item: Item, body: dict[str, Any]) -> list[str]:
    """What the oracle forbids of a change that was let through."""
    who, oracle = world.people[name], world.oracle
    values = {**item.values, **{key: value for key, value in body.items() if key != "owner"}}
    after = replace(item, values=values, owner=body.get("owner", item.owner))
    wrong = [f"{key} was not theirs to change" for key in body if not oracle.changes(who, item, key)]
    if not oracle.may(who, "update", item):
        wrong.append("the record was not theirs to change")
    if not oracle.may(who, "update", after):
        wrong.append("it is not theirs to change any more")
    return wrong
