"""The typed tree of an expression: plain, frozen nodes that know their type and where they were written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runtime.model.catalog import Path
from runtime.model.types import ValueType


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression. ``start`` and ``end`` are offsets in its text; the end is exclusive."""

    type: ValueType
    start: int
    end: int

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below."""
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written in the expression. A date and time without a zone is in the site's."""

    value: object


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written in the expression."""

    items: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The items."""
        return self.items


@dataclass(frozen=True, slots=True)
class Read(Node):
    """A field that is read, directly or through relations.

    ``paths`` has one path; over a relation to several modules it has one for each module that has the field,
    and at most one of them leads to a record. ``keys`` is how the value is found in nested plain data.
    ``outer`` means that it is read from the record one scope out.
    """

    paths: tuple[Path, ...]
    keys: tuple[str, ...]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """An attribute of a picklist field's value: ``stage.probability``. ``values`` is by picklist key."""

    of: Read
    name: str
    values: Mapping[str, object] = field(hash=False)

    @property
    def parts(self) -> tuple[Node, ...]:
        """The picklist field."""
        return (self.of,)


@dataclass(frozen=True, slots=True)
class User(Node):
    """The user, or what is known of them: ``id``, ``role`` or ``groups``."""

    key: str = "id"


@dataclass(frozen=True, slots=True)
class Operation(Node):
    """An operator and its operands."""

    operator: str
    operands: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The operands."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function and its arguments."""

    function: str
    arguments: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The arguments."""
        return self.arguments


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it."""
    yield node
    for part in node.parts:
        yield from walk(part)


def reads_record(node: Node) -> bool:
    """Whether the value depends on the record, and not on the moment, the user and the outer record alone."""
    return any(isinstance(part, Read) and not part.outer for part in walk(node))
