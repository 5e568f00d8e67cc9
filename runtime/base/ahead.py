"""Making the next thing while the last one is worked on."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

_END = object()


class Ahead(Generic[Thing]):
    """The same things in the same order, each made on a second thread; a context manager to go through.

    One is made ahead, never more, from when its predecessor's user says :meth:`go_on`: best when that one
    begins to wait, for threads take turns at Python. At the latest it is made when it is asked for. What
    making one raises is raised where it would have come.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        self._things = iter(things)
        self._thread = ThreadPoolExecutor(1, "ahead")
        self._coming: Future[object] | None = None

    def go_on(self) -> None:
        """Begin to make the next one, if nobody has yet."""
        if self._coming is None:
            self._coming = self._thread.submit(next, self._things, _END)

    def __enter__(self) -> "Ahead[Thing]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def __iter__(self) -> Iterator[Thing]:
        while True:
            self.go_on()
            coming, self._coming = self._coming, None
            if coming is None or (thing := coming.result()) is _END:
                return
            yield thing  # type: ignore[misc]  # it is no end, so it is a thing
