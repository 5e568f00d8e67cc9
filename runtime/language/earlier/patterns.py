"""Where files of one kind name things: the patterns that the kind declares, asked about a place."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.language.kinds.base import Kind
from runtime.language.shape import Path


@dataclass(frozen=True, slots=True)
class Place:
    """What sort of name stands somewhere, and what the names on the way there were."""

    what: str
    captures: Mapping[str, str]


Pattern = tuple[tuple[str, ...], str]


class Patterns:
    """The patterns of one kind. In a pattern ``*`` is any key, ``#`` an item of a list, ``{field}`` a key
    that
    later names depend on; ``of above`` behind what it is marks a value of the field that this one depends on.
    """

    def __init__(self, kind: Kind) -> None:
        self._keys = _by_length(kind.names_in_keys)
        self._texts = _by_length(kind.names_in_texts)

    def of_keys(self, inside: Path, captures: Mapping[str, str]) -> Place | None:
        """What the keys of the map at a place are."""
        return _first(self._keys, inside, captures)

    def of_text(self, inside: Path, captures: Mapping[str, str]) -> Place | None:
        """What the text at a place is."""
        return _first(self._texts, inside, captures)


def _by_length(patterns: Mapping[str, str]) -> dict[int, list[Pattern]]:
    found: dict[int, list[Pattern]] = {}
    for written, what in patterns.items():
        pattern = tuple(written.split(".")) if written else ()
        found.setdefault(len(pattern), []).append((pattern, what))
    return found


def _first(patterns: Mapping[int, list[Pattern]], inside: Path, captures: Mapping[str, str]) -> Place | None:
    for pattern, what in patterns.get(len(inside), ()):
        if all(map(_fits, pattern, inside)):
            found = dict(captures)
            found |= {part[1:-1]: step for part, step in zip(pattern, inside, strict=True) if part[:1] == "{"}
            sort, _, of = what.partition(" of ")
            return Place(sort, {**found, "of": of} if of else found)
    return None


def _fits(part: str, step: str) -> bool:
    return part == step or part[:1] == "{" or (part == "*" and step != "#")
