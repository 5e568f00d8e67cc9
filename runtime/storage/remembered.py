"""Remembering compiled statements: by their shape, and by as much of the moment as a condition really
read.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from runtime.expressions.moment import Moment
from runtime.model.catalog import Expression

T = TypeVar("T")

MOST = 2000
"""Statements that are remembered; then all are forgotten, for those in use come back at once."""


class WatchedMoment(Moment):
    """A moment that notes which of its parts are read."""

    __slots__ = ("_moment", "_read")

    def __init__(self, moment: Moment) -> None:
        object.__setattr__(self, "_moment", moment)
        object.__setattr__(self, "_read", set())

    def __getattribute__(self, name: str) -> Any:
        if name in ("today", "now", "user", "timezone"):
            object.__getattribute__(self, "_read").add(name)
            return getattr(object.__getattribute__(self, "_moment"), name)
        if name == "terms":  # of the snapshot: they do not change while its statements are remembered
            return object.__getattribute__(self, "_moment").terms
        return object.__getattribute__(self, name)

    @property
    def parts_read(self) -> frozenset[str]:
        """The parts that were read so far."""
        read: set[str] = self._read
        return frozenset(read)


class Remembered:
    """Compiled statements of one snapshot. Threads may share it: at worst two compile the same one."""

    def __init__(self) -> None:
        self._statements: dict[Hashable, Any] = {}
        self._reads: dict[tuple[str, str], frozenset[str]] = {}

    def condition_key(self, module: str, condition: Expression, moment: Moment) -> Hashable:
        """What a condition's SQL depends on: its text, and what it reads of the moment."""
        parts = self._reads.get((module, condition.text), frozenset())
        if not parts:
            return condition.text
        return (condition.text, *(_part(moment, part) for part in sorted(parts)))

    def note(self, module: str, conditions: tuple[Expression, ...], parts: frozenset[str]) -> None:
        """Note what compiling these conditions read of the moment."""
        for condition in conditions:
            known = self._reads.get((module, condition.text), frozenset())
            if not parts <= known:
                if len(self._reads) >= MOST:
                    self._reads.clear()
                self._reads[module, condition.text] = known | parts

    def get(self, key: Hashable) -> Any:
        """The statement of a shape, or None."""
        return self._statements.get(key)

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """The statement of a shape, made when it is not there yet."""
        found: T | None = self._statements.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def put(self, key: Hashable, statement: object) -> None:
        """Remember a statement."""
        if len(self._statements) >= MOST:
            self._statements.clear()
        self._statements[key] = statement


def _part(moment: Moment, part: str) -> Hashable:
    value = getattr(moment, part)
    if part == "user" and value is not None:
        return tuple(sorted((key, _frozen(item)) for key, item in value.items()))
    return value  # type: ignore[no-any-return]


def _frozen(value: object) -> Hashable:
    return tuple(value) if isinstance(value, list | set | frozenset) else value
