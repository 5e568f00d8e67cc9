"""Every corner of the matrix, in one world."""

from tests.access.corners import CORNERS
from tests.access.matrix import World


def test_no_corner_is_left_open(world: World) -> None:
    wrong = [f"{corner.__name__}: {said}" for corner in CORNERS for said in corner(world)]
    assert not wrong, "\n".join(wrong[:40])
