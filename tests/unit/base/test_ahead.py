"""Things made ahead: in order, one ahead and no more, and what goes wrong is raised in its place."""

import threading
from collections.abc import Iterator

import pytest

from runtime.base.ahead import ahead


def test_things_come_in_their_order() -> None:
    assert list(ahead(range(100))) == list(range(100))
    assert list(ahead(())) == []


def test_the_next_thing_is_made_on_another_thread_while_one_is_used() -> None:
    made: list[tuple[int, int]] = []
    second = threading.Event()

    def things() -> Iterator[int]:
        for number in range(5):
            made.append((number, threading.get_ident()))
            if number == 1:
                second.set()
            yield number

    coming = ahead(things())
    assert next(coming) == 0
    assert second.wait(5)
    coming.close()
    assert [number for number, _ in made] == [0, 1]
    assert threading.get_ident() not in {thread for _, thread in made}


def test_what_making_a_thing_raises_is_raised_where_it_would_have_come() -> None:
    def things() -> Iterator[int]:
        yield 1
        raise ValueError("The second cannot be made.")

    coming = ahead(things())
    assert next(coming) == 1
    with pytest.raises(ValueError, match="second"):
        next(coming)
