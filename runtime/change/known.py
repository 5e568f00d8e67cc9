"""Known: what planning has found out by reading many records or much text, for whoever plans the same again.

A command plans once to show the plan, and again under the lock, while others wait. What a rehearsal has found
is not found again there: the step itself looks at each value that it writes, and where one is not as the
rehearsal promised, it raises :class:`UnforeseenError`; all of it is then forgotten, and planned anew.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from runtime.change.revisions import Revision, is_set_up, latest_number, read_revision
from runtime.change.shape import Shape
from runtime.model.catalog import Catalog
from runtime.storage.names import Names
from runtime.storage.tables import Tables

Found = TypeVar("Found")

MANY = 5_000
"""Of so many records nothing is rehearsed while others wait."""
REMEMBERED = 200_000
"""What came of so many records whoever applies keeps in memory, so that it need not be worked out again."""


class UnforeseenError(Exception):
    """A record is no more as the plan took it for; nothing is applied, and the plan is to be made anew."""


class UnrehearsedError(Exception):
    """Many records are to be rehearsed, and others wait: to be done before the lock is taken."""


class Remembered:
    """What came of batches of records: it holds as long as the records read the same."""

    def __init__(self, room: int) -> None:
        self._found: dict[object, tuple[Sequence[Any], object]] = {}
        self._room = room

    def keep(self, given: Sequence[Any], found: object) -> None:
        """Keep what came of a batch, if there is room; ``given`` are its columns, the ids first."""
        if self._room >= len(given[0]):
            self._room -= len(given[0])
            self._found[given[0][0]] = given, found

    def of(self, given: Sequence[Any]) -> object:
        """What came of a batch that read exactly the same; None where there was none."""
        before, found = self._found.get(given[0][0], ((), None))
        return found if before == given else None


class Known:
    """What one command's plans have found out, by what it depends on. Not for several threads."""

    def __init__(self, room: int = 0) -> None:
        """``room`` is for so many records: what came of each of them is kept, too."""
        self._room = room
        self._tables: list[tuple[str, str, Names, Tables]] = []
        self._found: dict[Hashable, object] = {}
        self._catalogs: dict[str, Catalog] = {}
        self._revisions: dict[int, Revision] = {}
        self._shapes: dict[str, Shape] = {}
        self._batches: dict[Hashable, Remembered] = {}
        self.others_wait = False

    def rehearsal(self, key: Hashable, rows: int, work: Callable[[], Found]) -> Found:
        """What a rehearsal of so many records finds. Raises :class:`UnrehearsedError` where others wait."""
        if key not in self._found:
            if self.others_wait and rows >= MANY:
                raise UnrehearsedError
            self._found[key] = work()
        return self._found[key]  # type: ignore[return-value]

    def batches(self, key: Hashable) -> Remembered:
        """What came of the records of one rehearsal."""
        return self._batches.setdefault(key, Remembered(self._room))

    def catalog(self, hash_: str, load: Callable[[], Catalog]) -> Catalog:
        """The catalog of a text, loaded once."""
        if hash_ not in self._catalogs:
            self._catalogs[hash_] = load()
        return self._catalogs[hash_]

    def applied(self, connection: Connection, schema: str) -> Revision | None:
        """The applied revision; its text is read once, for a revision stays as it was written."""
        if not is_set_up(connection, schema):
            return None
        number = latest_number(connection)
        if number and number not in self._revisions:
            self._revisions[number] = read_revision(connection, number)
        return self._revisions.get(number)

    def shape(self, hash_: str, work: Callable[[], Shape]) -> Shape:
        """The shape of a catalog, worked out once."""
        if hash_ not in self._shapes:
            self._shapes[hash_] = work()
        return self._shapes[hash_]

    def tables(self, hash_: str, names: Names, dialect: str, build: Callable[[], Tables]) -> Tables:
        """The tables of a catalog by their names, built once: nobody changes them."""
        for *key, tables in self._tables:
            if key == [hash_, dialect, names]:
                return tables
        made = build()
        self._tables.append((hash_, dialect, names, made))
        return made

    def forget(self) -> None:
        """Records have changed: let everything be rehearsed again."""
        self._found.clear()
        self._batches.clear()
