"""The shelf: what was read of files already, for whoever loads configurations that share most of theirs."""

from runtime.base.diagnostic import Diagnostic
from runtime.language.nodes import MapNode, Node
from runtime.language.read import read
from runtime.language.shape import ShapeCheck
from runtime.language.source import Source
from runtime.language.table import read_table


class Shelf:
    """Keeps the nodes of each text, which never change. It is for loads with the same field types, and not
    for several threads.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, str, str], tuple[Node | None, list[Diagnostic]]] = {}
        self._sound: dict[tuple[str, str, int], tuple[MapNode, MapNode]] = {}

    def read(self, source: Source) -> tuple[Node | None, list[Diagnostic]]:
        """What a file says, and what is wrong with how it is written."""
        place = (source.name, source.layer, source.path, source.text)
        if place not in self._read:
            self._read[place] = read_table(source) if source.is_table else read(source)
        return self._read[place]

    def sound(self, check: ShapeCheck, kind: str, key: str, node: MapNode) -> MapNode | None:
        """What of a key's files is sound; what nothing is wrong with is not checked again."""
        place = (kind, key, id(node))  # the node itself is kept below, so that no other one gets its id
        known = self._sound.get(place)
        if known is not None:
            return known[1]
        before = len(check.found), len(check.broken)
        sound = check.check(kind, node, (kind, key), node)
        if sound is not None and (len(check.found), len(check.broken)) == before:
            self._sound[place] = node, sound
        return sound
