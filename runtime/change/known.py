"""Known: what planning has found out by reading many records or much text, for whoever plans the same again.

A command plans once to show the plan, and again under the lock, while others wait. What a rehearsal has found
is not found again there: the step itself looks at each value that it writes, and where one is not as the
rehearsal promised, it raises :class:`UnforeseenError`; all of it is then forgotten, and planned anew.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from runtime.model.catalog import Catalog

Found = TypeVar("Found")

MANY = 5_000
"""Of so many records nothing is rehearsed while others wait."""


class UnforeseenError(Exception):
    """A record is no more as the plan took it for; nothing is applied, and the plan is to be made anew."""


class UnrehearsedError(Exception):
    """Many records are to be rehearsed, and others wait: to be done before the lock is taken."""


class Known:
    """What one command's plans have found out, by what it depends on. Not for several threads."""

    def __init__(self) -> None:
        self._found: dict[Hashable, object] = {}
        self._catalogs: dict[str, Catalog] = {}
        self.others_wait = False

    def rehearsal(self, key: Hashable, rows: int, work: Callable[[], Found]) -> Found:
        """What a rehearsal of so many records finds. Raises :class:`UnrehearsedError` where others wait."""
        if key not in self._found:
            if self.others_wait and rows >= MANY:
                raise UnrehearsedError
            self._found[key] = work()
        return self._found[key]  # type: ignore[return-value]

    def catalog(self, hash_: str, load: Callable[[], Catalog]) -> Catalog:
        """The catalog of a text, loaded once."""
        if hash_ not in self._catalogs:
            self._catalogs[hash_] = load()
        return self._catalogs[hash_]

    def forget(self) -> None:
        """Records have changed: let everything be rehearsed again."""
        self._found.clear()
