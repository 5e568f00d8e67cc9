"""The typed tree of an expression: plain, frozen nodes that know their type and where they were written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runtime.model.catalog import Field, Path
from runtime.model.types import ValueType


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression. ``start`` and ``end`` are offsets in its text; the end is exclusive."""

    type: ValueType
    start: int
    end: int

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, of the same record."""
        return ()

    @property
    def inner(self) -> "tuple[Node, ...]":
        """The nodes directly below that are about each of several related records."""
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written in the expression. A date and time without a zone is in the site's.

    ``constant`` is the name of the pack's constant that it was written as.
    """

    value: object
    constant: str | None = None


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
    ``outer`` means that it is read from the record one scope out, ``old`` that it is the value before the
    save, and ``link`` that it is an attribute of the link over which the record was reached.
    """

    paths: tuple[Path, ...]
    keys: tuple[str, ...]
    outer: bool = False
    old: bool = False
    link: bool = False

    @property
    def own(self) -> bool:
        """Whether it is the record's own present value, or one that it leads to."""
        return not (self.outer or self.old or self.link)


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """An attribute of a picklist field's value: ``stage.probability``. ``values`` is by picklist key."""

    of: Node
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
class Shared(Node):
    """Whether the record of an id was shared by hand with the user, or with a group of theirs, to be read, to
    be changed, or (a user's calendar) to show the times. Rights alone ask it: it is not written in an
    expression, and has a meaning in SQL only.
    """

    of: Node
    level: str

    @property
    def parts(self) -> tuple[Node, ...]:
        """The id."""
        return (self.of,)


@dataclass(frozen=True, slots=True)
class IsNew(Node):
    """Whether the record is being created by this save."""


@dataclass(frozen=True, slots=True)
class Changed(Node):
    """Whether any of these fields has another value than before the save; never true of a new record."""

    fields: tuple[Read, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The fields, as they are now."""
        return self.fields


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


@dataclass(frozen=True, slots=True)
class Kept(Node):
    """A value as a field keeps it: rounded to its decimals, in one of its currencies, cut to its length;
    empty where it does not fit.
    """

    of: Node
    field: Field = field(hash=False)

    @property
    def parts(self) -> tuple[Node, ...]:
        """What is kept."""
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a record to several.

    ``hops`` are the to-one relations that are walked first, to a record of the module ``at``. ``kind`` says
    how the records of ``module`` hang on it: by their own relation ``via`` (``inverse``, ``rows``), as the
    links of its field ``via`` (``links``), as the records whose field ``via`` links to it (``linked``), or
    not at all (``all``, for a lookup). ``key`` is the name under which they are nested in plain data.
    """

    hops: tuple[Field, ...]
    at: str
    kind: str
    module: str
    via: Field | None
    key: str

    @property
    def keys(self) -> tuple[str, ...]:
        """How the records are found in the plain data of the record before."""
        return (*(field.key for field in self.hops), self.key)


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """A value over related records: how many there are, a sum, the first of them.

    ``steps`` lead to the records, from this record or, when ``outer``, from the one that is one scope out.
    ``value``, ``condition`` and ``order`` are about each of them: bare names are its fields, and ``this`` is
    the record that asks. ``key`` tells aggregates of one record apart in the data that is fetched for it.
    """

    function: str
    steps: tuple[Step, ...]
    value: Node | None = None
    condition: Node | None = None
    order: Node | None = None
    descending: bool = False
    outer: bool = False
    key: str = ""

    @property
    def inner(self) -> tuple[Node, ...]:
        """The value, the condition and the order."""
        return tuple(node for node in (self.value, self.condition, self.order) if node is not None)

    @property
    def module(self) -> str:
        """The module of the related records."""
        return self.steps[-1].module


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it that is about the same record."""
    yield node
    for part in node.parts:
        yield from walk(part)


def walk_all(node: Node) -> Iterator[Node]:
    """The node and every node below it, of related records too."""
    for part in walk(node):
        yield part
        for inner in part.inner:
            yield from walk_all(inner)


def reads_record(node: Node) -> bool:
    """Whether the value depends on the record (or on others), and not on the moment, the user and the outer
    record alone.
    """
    return any(
        (isinstance(part, Read) and not part.outer) or isinstance(part, Aggregate | Changed | IsNew)
        for part in walk(node)
    )
