"""A registry: the kinds of one noun (field types, functions, checks …), found by discovery and then only
read.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import TypeVar

from runtime.base.suggest import suggest

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """An ordered, read-only mapping from a kind's name to the kind. It is a value: a test builds its own."""

    def __init__(self, noun: str, items: Iterable[T], name: Callable[[T], str] | None = None) -> None:
        self.noun = noun
        read_name = name or _name_of
        self._items: dict[str, T] = {}
        for item in items:
            key = read_name(item)
            if key in self._items:
                raise ValueError(f"Two {noun}s are both named {key!r}: {self._items[key]!r} and {item!r}.")
            self._items[key] = item

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def suggest(self, name: str) -> str | None:
        """The registered name nearest to what was written, if one is near."""
        return suggest(name, self._items)


def discover(package: ModuleType, kind: type[T]) -> list[T]:
    """Instantiate every concrete subclass of ``kind`` that a file of ``package`` defines, in the files'
    order.

    Each kind is one file; ``base`` and names with a leading underscore are not plug-ins.
    """
    found: list[T] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.name == "base" or info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found.extend(value() for value in list(vars(module).values()) if _is_kind(value, kind, module))
    return found


def _is_kind(value: object, kind: type, module: ModuleType) -> bool:
    return (
        isinstance(value, type)
        and issubclass(value, kind)
        and value.__module__ == module.__name__
        and not inspect.isabstract(value)
        and not value.__name__.startswith("_")
    )


def _name_of(item: object) -> str:
    name = getattr(item, "name", None)
    if not isinstance(name, str):
        raise TypeError(f"{item!r} has no name to register it by.")
    return name
