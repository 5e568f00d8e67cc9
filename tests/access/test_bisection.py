"""Nobody reads a hidden number of 16 bits, by any operator at any door.

A plain run tries some of the operators at each door, and ``TRELLIS_MATRIX=full`` all of them. That each
of them would read it, were it not hidden, an administrator shows.
"""

import pytest

from tests.access.bisection import BITS, Extractor, extractors, one_of_each, plant, recovered
from tests.access.knocking import FULL
from tests.access.matrix import World

pytestmark = pytest.mark.timeout(3000 if FULL else 240)


@pytest.fixture(scope="session")
def numbers(standing_world: World) -> tuple[int, int]:
    """Two deals of a seller with numbers that the seller may not read."""
    return plant(standing_world)


def some(every: list[Extractor], part: int) -> list[Extractor]:
    """All of them; in a plain run every so many."""
    return every if FULL else every[part // 2 :: part]


def test_nobody_reads_a_bit_of_a_hidden_number(world: World, numbers: tuple[int, int]) -> None:
    began, tried = world.probes, some(extractors(), 31)
    read = {each.name: bits for each in tried if (bits := recovered(world, "sam", each, numbers))}
    print(
        f"{len(tried)} ways, {world.probes - began:,} probes, {sum(read.values())} bits of {BITS} recovered"
    )
    assert read == {}


def test_who_sees_the_number_reads_all_of_it(world: World, numbers: tuple[int, int]) -> None:
    tried = some(one_of_each(), 19)
    missed = {each.name: bits for each in tried if (bits := recovered(world, "admin", each, numbers)) != BITS}
    print(f"{len(tried)} ways, {BITS} bits by {len(tried) - len(missed)}")
    assert missed == {}
