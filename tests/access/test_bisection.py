"""Nobody reads a hidden number of 16 bits, by any operator at any door.

A plain run tries some of the operators at each door, and ``TRELLIS_MATRIX=full`` all of them. That each
of them would read it, were it not hidden, an administrator shows.
"""

from collections import Counter

import pytest

from tests.access.bisection import BITS, Extractor, extractors, plant, recovered
from tests.access.knocking import FULL
from tests.access.matrix import World

pytestmark = pytest.mark.timeout(3000 if FULL else 240)


@pytest.fixture(scope="session")
def numbers(standing_world: World) -> tuple[int, int]:
    """Two deals of a seller with numbers that the seller may not read."""
    return plant(standing_world)


def some(part: int) -> list[Extractor]:
    """All of them; or of those at each door every so many."""
    if FULL:
        return extractors()
    seen: Counter[str] = Counter()
    found = []
    for each in extractors():
        door = each.name.partition(":")[0]
        seen[door] += 1
        if (seen[door] + len(door)) % part == 0:
            found.append(each)
    return found


def test_nobody_reads_a_bit_of_a_hidden_number(world: World, numbers: tuple[int, int]) -> None:
    began, tried = world.probes, some(7)
    read = {each.name: bits for each in tried if (bits := recovered(world, "sam", each, numbers))}
    print(
        f"{len(tried)} ways, {world.probes - began:,} probes, {sum(read.values())} bits of {BITS} recovered"
    )
    assert read == {}


def test_who_sees_the_number_reads_all_of_it(world: World, numbers: tuple[int, int]) -> None:
    tried = some(40)
    missed = {each.name: bits for each in tried if (bits := recovered(world, "admin", each, numbers)) != BITS}
    print(f"{len(tried)} ways, {BITS} bits by {len(tried) - len(missed)}")
    assert missed == {}
