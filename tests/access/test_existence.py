"""What one does not see, and what is not there: told alike, and as fast.

``pytest tests/access/test_existence.py -m load`` on a quiet machine; some two minutes.
"""

import statistics
import time
from typing import Any

import pytest

from tests.access.matrix import World

pytestmark = [pytest.mark.load, pytest.mark.timeout(900)]
PAIRS = 200
CLOSE = 0.005
"""Seconds between the medians."""
MISSING = 900_000_000
DOORS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("rest", "GET", "/deals/{}", {}),
    ("rest", "GET", "/deals/{}/files", {}),
    ("rest", "PATCH", "/deals/{}", {"json": {"name": "x"}}),
    ("rest", "DELETE", "/deals/{}", {}),
    ("page", "GET", "/app/deals/{}", {}),
    ("page", "GET", "/app/deals/{}/edit", {}),
    ("page", "GET", "/app/deals/{}/quick", {}),
    ("page", "GET", "/app/deals/{}/field/name", {}),
    ("page", "GET", "/app/deals/{}/explain/summary", {}),
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door[1]} {door[2]}")
def test_what_is_not_seen_is_told_as_what_is_not_there_and_as_fast(
    world: World, door: tuple[str, str, str, dict[str, Any]]
) -> None:
    kind, method, path, options = door
    sam = world.people["sam"]
    unseen = [
        item.id
        for item in world.items
        if item.module == "deals" and not item.deleted and not world.oracle.may(sam, "read", item)
    ]
    times: dict[bool, list[float]] = {True: [], False: []}
    differing = 0
    for number in range(PAIRS):
        told = []
        for there in (True, False) if number % 2 else (False, True):
            each = unseen[number % len(unseen)] if there else MISSING + number
            began = time.perf_counter()
            if kind == "rest":
                answer = world.program("sam")(method, path.format(each), **options)
            else:
                answer = world.browser("sam").client.request(
                    method, path.format(each), follow_redirects=False
                )
            times[there].append(time.perf_counter() - began)
            told.append((answer.status_code, answer.text.replace(str(each), "ID")))
        differing += told[0] != told[1]
    apart = abs(statistics.median(times[True]) - statistics.median(times[False]))
    print(
        f"{method} {path}: {PAIRS} pairs, {differing} differing bodies, medians {apart * 1000:.1f} ms apart"
    )
    assert differing == 0
    assert apart < CLOSE
