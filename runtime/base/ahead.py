"""Making the next thing while the last one is worked on."""

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")


def ahead(things: Iterable[Thing]) -> Generator[Thing, None, None]:
    """The same things in the same order, each made on a second thread while its predecessor is used.

    One is made ahead, never more. What making one raises is raised where it would have come.
    """
    iterator, end = iter(things), object()
    with ThreadPoolExecutor(1, "ahead") as thread:
        coming = thread.submit(next, iterator, end)
        while (thing := coming.result()) is not end:
            coming = thread.submit(next, iterator, end)
            yield thing  # type: ignore[misc]  # it is no end, so it is a thing
