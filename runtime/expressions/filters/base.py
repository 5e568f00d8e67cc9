"""What an operator of a filter declares: the fields it is asked of, its words, its shape as a condition."""

from abc import ABC
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from runtime.expressions.literals import write_literal
from runtime.expressions.shapes import Shape, path_of
from runtime.expressions.tree import Attribute, Items, Literal, Node
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONEY,
    NUMBERS,
    TEXT,
    TIME,
    ListType,
    PicklistType,
    RecordType,
    ValueType,
)

DATES = ("date", "datetime")
EVERY = (
    *("text", "word", "number", "date", "datetime", "time", "duration", "boolean", "choice", "choices"),
    *("words", "record", "records", "closed"),
)
"""What a field can be to a filter; a ``word`` is a text of an attribute that a picklist's values have."""


@dataclass(frozen=True, slots=True)
class Example:
    """A condition that an operator reads, and the deals of ``tests/support/filter_deals.py`` that fulfil it,
    by their names.
    """

    text: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A condition as a row: a field, an operator, and the values in the operator's holes, canonical."""

    path: str
    operator: str
    values: Mapping[str, object]


class FilterOperator(ABC):
    """One operator of the filter builder. It has no state."""

    name: ClassVar[str]
    """What a form calls it."""
    title: ClassVar[str]
    """How it reads between a field and its value, in English."""
    sentence: ClassVar[str]
    """The condition as a sentence, in English: about ``{field}``, with the values in the places of its
    holes.
    """
    text: ClassVar[str]
    """The condition with its holes (:mod:`runtime.expressions.shapes`)."""
    kinds: ClassVar[Sequence[str]]
    """Which kinds of fields (:func:`kinds_of`) it is asked of."""
    needs: ClassVar[str] = ""
    """The operator of the expression language that the field's type must offer; '' where any will do."""
    exact: ClassVar[bool] = False
    """Whether its value is a whole one of the field's, to be chosen where there are only so many."""
    relative: ClassVar[bool] = False
    """Whether it goes by the day on which it is asked."""
    place: ClassVar[int] = 50
    """Where it stands among the others; those of one place by their names."""
    examples: ClassVar[tuple[Example, ...]]
    """Conditions that it is; they run as tests, on both databases."""

    @cached_property
    def shape(self) -> Shape:
        """The condition, to be written and known again."""
        return Shape(self.text)

    def suits(self, kinds: frozenset[str]) -> bool:
        """Whether it is asked of fields of such kinds."""
        return any(kind in kinds for kind in self.kinds)

    def read(self, node: Node) -> Row | None:
        """The condition as a row; None when it is not one of this operator."""
        found = self.shape.match(node)
        if found is None:
            return None
        field = found.pop("field")
        path = path_of(field)
        if path is None or not self.suits(kinds_of(field)):
            return None
        return Row(path, self.name, {hole: _value(part) for hole, part in found.items()})

    def write(self, row: Row) -> str:
        """The row as a condition."""
        return self.shape.write(row.path, {hole: _written(value) for hole, value in row.values.items()})


class RelativeDate(FilterOperator):
    """A condition on a date that goes by the day on which it is asked."""

    kinds = DATES
    relative = True


class Period(RelativeDate):
    """Whether a date lies in a period of the calendar; ``shift`` is what takes today into it."""

    period: ClassVar[str]
    shift: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """From the period's first day to its last."""
        day = f"today(){cls.shift}"
        cls.text = f"start_of({day}, '{cls.period}') <= {{day}} <= end_of({day}, '{cls.period}')"


def kinds_of(node: Node) -> frozenset[str]:
    """What a field, or an attribute of a picklist's value, is to a filter."""
    if isinstance(node, Attribute) and node.type == TEXT and node.name != "label":
        return frozenset(["word"])
    return _kinds(node.type)


def _kinds(type_: ValueType) -> frozenset[str]:
    if isinstance(type_, ListType):
        of = type_.of
        if isinstance(of, RecordType):
            return frozenset(["records", "users"] if "users" in of.modules else ["records"])
        return frozenset(["choices" if isinstance(of, PicklistType) else "words"])
    if isinstance(type_, RecordType):
        people = {"users": "user", "groups": "group"}
        known = [name for module, name in people.items() if module in type_.modules]
        return frozenset(["record", *known, *(["owner"] if len(known) == 2 else [])])
    if isinstance(type_, PicklistType):
        return frozenset(["choice"])
    if type_ in (*NUMBERS, MONEY):
        return frozenset(["number"])
    named = {TEXT: "text", BOOLEAN: "boolean", DATE: "date", DATETIME: "datetime", TIME: "time"}
    return frozenset([named.get(type_, "duration" if type_ == DURATION else "closed")])


def _value(node: Node) -> object:
    if isinstance(node, Items):
        return tuple(map(_value, node.items))
    return node.value if isinstance(node, Literal) else None


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(write_literal, value))
    return write_literal(value)
