"""Every corner of the matrix, in one world."""

from collections.abc import Callable

from tests.access.corners import CORNERS
from tests.access.matrix import build
from tests.support.crm import App


def test_no_corner_is_left_open(crm: Callable[..., App]) -> None:
    world = build(crm)
    wrong = [f"{corner.__name__}: {said}" for corner in CORNERS for said in corner(world)]
    assert not wrong, "\n".join(wrong[:40])
