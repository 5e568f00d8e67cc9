"""Located nodes: what a YAML file says, every piece with the place that it was written at."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from runtime.base.diagnostic import Span
from runtime.language.locate import offsets_in_file
from runtime.language.source import Source

Plain = bool | int | Decimal | str | list["Plain"] | dict[str, "Plain"] | None
"""What remains of a node without its places."""


class Node:
    """A piece of a file, from the character ``start`` up to ``end``. A node that is read never changes."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """Where it was written."""
        return self.source.span(self.start, self.end)

    @property
    def plain(self) -> Plain:
        """The value without its places."""
        raise NotImplementedError


class Scalar(Node):
    """A text, number, boolean or null. ``text`` is what was written; ``style`` is YAML's: '' plain, ' " |
    >.
    """

    __slots__ = ("style", "text", "value")

    def __init__(
        self,
        source: Source,
        start: int,
        end: int,
        value: bool | int | Decimal | str | None,
        text: str,
        style: str = "",
    ) -> None:
        super().__init__(source, start, end)
        self.value = value
        self.text = text
        self.style = style

    @property
    def plain(self) -> Plain:
        """The value."""
        return self.value

    def offsets(self) -> list[int]:
        """Where each character of the text stands in the file."""
        places = offsets_in_file(self.source.text[self.start : self.end], self.text, self.style)
        return [self.start + place for place in places]

    def locate(self, start: int, end: int) -> Span:
        """The place in the file of the characters ``start`` to ``end`` of the text."""
        places = offsets_in_file(self.source.text[self.start : self.end], self.text, self.style)
        if not places:
            return self.span
        first = places[max(0, min(start, len(places) - 1))]
        last = places[max(0, min(max(end, start + 1) - 1, len(places) - 1))]
        return self.source.span(self.start + first, self.start + last + 1)


class MapNode(Node):
    """A map: keys, in the order written, to nodes. ``keys`` has the key's own node."""

    __slots__ = ("items", "keys")

    def __init__(
        self, source: Source, start: int, end: int, keys: dict[str, Scalar], items: dict[str, Node]
    ) -> None:
        super().__init__(source, start, end)
        self.keys = keys
        self.items = items

    @property
    def plain(self) -> Plain:
        """A dict of plain values."""
        return {key: node.plain for key, node in self.items.items()}

    def get(self, key: str) -> Node | None:
        """What stands under a key."""
        return self.items.get(key)

    def map(self, key: str) -> "MapNode | None":
        """The map under a key; None when there is none, or something else."""
        node = self.items.get(key)
        return node if isinstance(node, MapNode) else None

    def list(self, key: str) -> "ListNode | None":
        """The list under a key; None when there is none, or something else."""
        node = self.items.get(key)
        return node if isinstance(node, ListNode) else None

    def scalar(self, key: str) -> Scalar | None:
        """The scalar under a key; None when there is none, or something else."""
        node = self.items.get(key)
        return node if isinstance(node, Scalar) else None

    def text(self, key: str) -> str | None:
        """The text under a key; None when there is none, or something else."""
        node = self.items.get(key)
        return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None

    def flag(self, key: str, otherwise: bool) -> bool:
        """The boolean under a key, or what holds when none is written."""
        node = self.items.get(key)
        return node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else otherwise

    def maps(self) -> Iterator[tuple[str, "MapNode"]]:
        """The entries that are maps themselves."""
        for key, node in self.items.items():
            if isinstance(node, MapNode):
                yield key, node

    def without(self, *dropped: str) -> "MapNode":
        """The same map without some keys."""
        gone = frozenset(dropped)
        return MapNode(
            self.source,
            self.start,
            self.end,
            {key: node for key, node in self.keys.items() if key not in gone},
            {key: node for key, node in self.items.items() if key not in gone},
        )


class ListNode(Node):
    """A list of nodes."""

    __slots__ = ("items",)

    def __init__(self, source: Source, start: int, end: int, items: list[Node]) -> None:
        super().__init__(source, start, end)
        self.items = items

    @property
    def plain(self) -> Plain:
        """A list of plain values."""
        return [node.plain for node in self.items]

    def scalars(self) -> Iterator[Scalar]:
        """The items that are scalars."""
        return (node for node in self.items if isinstance(node, Scalar))


def walk(node: Node, path: Sequence[str | int]) -> Node:
    """The node at the end of a path of keys and indexes, or the last one on the way that is there.

    An index may also be written as text, as it stands in a dotted path.
    """
    return follow(node, path)[0]


def follow(node: Node, path: Sequence[str | int]) -> tuple[Node, int]:
    """What :func:`walk` gives, and how many steps of the path lead there."""
    for count, step in enumerate(path):
        following: Node | None = None
        if isinstance(node, MapNode):
            following = node.items.get(str(step))
        elif isinstance(node, ListNode) and str(step).isdecimal() and int(step) < len(node.items):
            following = node.items[int(step)]
        if following is None:
            return node, count
        node = following
    return node, len(path)
