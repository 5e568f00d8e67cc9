"""Dependency order: what is read comes before what reads it, and a circle is shown whole."""

from collections.abc import Hashable, Mapping, Set
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def in_turn(reads: Mapping[Name, Set[Name]]) -> tuple[list[Name], list[Name]]:
    """The names, each after those it reads, else as they were written; and a circle, if there is one.

    What reads itself is no circle.
    """
    order: dict[Name, None] = {}
    way: dict[Name, None] = {}
    for name in reads:
        loop = _visit(name, reads, order, way)
        if loop:
            return list(order), loop
    return list(order), []


def _visit(
    name: Name, reads: Mapping[Name, Set[Name]], order: dict[Name, None], way: dict[Name, None]
) -> list[Name]:
    if name in order:
        return []
    if name in way:
        walked = list(way)
        return [*walked[walked.index(name) :], name]
    way[name] = None
    for other in reads:
        if other in reads[name] and other != name:
            loop = _visit(other, reads, order, way)
            if loop:
                return loop
    del way[name]
    order[name] = None
    return []
