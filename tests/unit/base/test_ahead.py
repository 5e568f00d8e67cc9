"""Things made ahead: in order, one ahead and no more, and what goes wrong is raised in its place."""

import threading
from collections.abc import Iterator

import pytest

from runtime.base.ahead import Ahead


def test_things_come_in_their_order() -> None:
    with Ahead(range(100)) as numbers, Ahead[int](()) as nothing:
        assert list(numbers) == list(range(100))
        assert list(nothing) == []


def test_the_next_thing_is_made_on_another_thread_once_that_is_said() -> None:
    made: list[tuple[int, int]] = []
    second = threading.Event()

    def things() -> Iterator[int]:
        for number in range(5):
            made.append((number, threading.get_ident()))
            if number == 1:
                second.set()
            yield number

    with Ahead(things()) as coming:
        numbers = iter(coming)
        assert next(numbers) == 0
        assert not second.wait(0.05)
        coming.go_on()
        coming.go_on()
        assert second.wait(5)
        assert next(numbers) == 1
    assert [number for number, _ in made] == [0, 1]
    assert threading.get_ident() not in {thread for _, thread in made}


def test_what_making_a_thing_raises_is_raised_where_it_would_have_come() -> None:
    def things() -> Iterator[int]:
        yield 1
        raise ValueError("The second cannot be made.")

    with Ahead(things()) as coming:
        numbers = iter(coming)
        assert next(numbers) == 1
        with pytest.raises(ValueError, match="second"):
            next(numbers)
