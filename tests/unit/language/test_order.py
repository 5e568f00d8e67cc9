"""Records stand after those they point at, and in a circle after those they need."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.language.resolve.order import in_order

GRAPHS = st.integers(1, 8).flatmap(
    lambda size: st.tuples(
        *(
            st.tuples(st.frozensets(st.integers(1, size)), st.frozensets(st.integers(1, size)))
            for _ in range(size)
        )
    )
)


@given(GRAPHS)
def test_nobody_stands_before_whom_they_need(
    graph: tuple[tuple[frozenset[int], frozenset[int]], ...],
) -> None:
    points_at = {number: soft | hard for number, (soft, hard) in enumerate(graph, 1)}
    needs = {number: hard for number, (_, hard) in enumerate(graph, 1)}
    order, stuck = in_order(points_at, needs)
    assert sorted([*order, *stuck]) == sorted(points_at)
    for place, number in enumerate(order):
        assert needs[number] <= set(order[:place])
    for number in stuck:
        assert needs[number] & set(stuck)


def test_without_circles_all_that_is_pointed_at_comes_first() -> None:
    chain = {number: {number + 1} for number in range(20_000)} | {20_000: set()}
    order, stuck = in_order(chain, dict.fromkeys(chain, frozenset()))
    assert order == list(range(20_000, -1, -1))
    assert stuck == []


def test_in_a_circle_one_stands_before_whom_it_points_at() -> None:
    assert in_order({1: {2}, 2: {1}}, {1: set(), 2: {1}}) == ([1, 2], [])
    assert in_order({1: {2}, 2: {1}, 3: {1}}, {1: {2}, 2: {1}, 3: set()}) == ([3], [1, 2])
