"""Order: records after those that they point at, as far as circles let them."""

from collections.abc import Mapping, Set


def in_order(points_at: Mapping[int, Set[int]], needs: Mapping[int, Set[int]]) -> tuple[list[int], list[int]]:
    """The numbers, each after those it points at; in a circle at least after those it ``needs``, which are
    some of them. The second list has those that need each other.
    """
    pointing: dict[int, list[int]] = {number: [] for number in points_at}
    for number, others in points_at.items():
        for other in others:
            pointing[other].append(number)
    left = {number: len(others) for number, others in points_at.items()}
    needed = {number: len(others) for number, others in needs.items()}
    waiting = dict.fromkeys(points_at)
    order: list[int] = []
    while waiting:
        ready = [number for number in waiting if not left[number]]
        ready = ready or [number for number in waiting if not needed[number]]
        if not ready:
            break
        for number in ready:
            del waiting[number]
        for number in ready:  # grows while it is walked
            order.append(number)
            for other in pointing[number]:
                left[other] -= 1
                needed[other] -= number in needs[other]
                if not left[other] and other in waiting:
                    del waiting[other]
                    ready.append(other)
    return order, list(waiting)
