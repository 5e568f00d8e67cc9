"""What an operator declares: which operands it takes, its meaning in Python and its meaning in SQL."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, true

from runtime.expressions import codes
from runtime.expressions.fitting import Report, fit_member, fit_pair
from runtime.expressions.naming import named, named_first
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Literal, Node
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    NONE,
    NUMBERS,
    TEXT,
    TIME,
    ListType,
    PicklistType,
    ValueType,
)

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql
    from runtime.expressions.value import Value


@dataclass(frozen=True, slots=True)
class Checked:
    """Operands of fitting types, and the type of what the operator makes of them."""

    type: ValueType
    operands: tuple[Node, ...]


class Operator(ABC):
    """One operator. It has no state."""

    name: ClassVar[str]
    """As it is written."""
    syntax: ClassVar[type[ast.AST]]
    """What Python's syntax tree calls it."""
    signature: ClassVar[str]
    """What it takes and gives, in words."""

    @abstractmethod
    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """The operands fitted to each other; None, and reported, when they do not fit."""

    @abstractmethod
    def value(self, operands: Iterator[object]) -> object:
        """The value in Python. Operands are evaluated as they are taken, and None when empty."""

    def condition(self, sql: "Sql", operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL, for one that gives a boolean: true exactly where the value is true, else false or NULL."""
        raise NotImplementedError(f"{self.name} is no condition.")

    def negation(self, sql: "Sql", operands: tuple[Node, ...]) -> ColumnElement[bool]:
        """In SQL: true exactly where the value is not true, else false or NULL."""
        return self.condition(sql, operands).is_not(true())

    def column(self, sql: "Sql", operands: tuple[Node, ...]) -> "Value":
        """In SQL, for one that gives no boolean: its value."""
        raise NotImplementedError(f"{self.name} has no value over fields.")


class Equality(Operator):
    """Compares two values of one kind for being the same."""

    signature = "two values of one kind → boolean"

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """Both of one kind, and no lists."""
        left, right = operands
        pair = fit_pair(left, right, scope, report)
        if pair is None:
            return None
        for side in pair:
            if isinstance(side.type, ListType):
                message = f'Lists are not compared with "{self.name}".'
                help_text = "write 'a' in list, or is_empty(list)"
                report(codes.INCOMPARABLE, left.start, right.end, message, help_text)
                return None
        return Checked(BOOLEAN, pair)


class Ordering(Operator):
    """Compares two values of one kind that have an order."""

    signature = "two texts, numbers, moneys or dates → boolean"
    orders: ClassVar[tuple[ValueType, ...]] = (TEXT, *NUMBERS, MONEY, DATE, DATETIME, TIME, DURATION)

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """Both of one kind that has an order, and neither the literal ``none``."""
        left, right = operands
        for side in operands:
            if side.type == NONE or (isinstance(side, Literal) and side.value is None):
                message = f'Nothing is "{self.name}" none: ordering with empty is never true.'
                help_text = "write is_empty(…), or compare with == none"
                report(codes.NEVER_TRUE, left.start, right.end, message, help_text)
                return None
        pair = fit_pair(left, right, scope, report)
        if pair is None:
            return None
        for side in pair:
            if side.type not in self.orders:
                message = f'{named_first(side.type)} has no order, so it is not compared with "{self.name}".'
                report(codes.INCOMPARABLE, left.start, right.end, message, "write == or in")
                return None
        return Checked(BOOLEAN, pair)


class Membership(Operator):
    """Asks whether a list has a value."""

    signature = "a value and a list of its kind → boolean"

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """A value, and a list of values of its kind; a written list is fitted value by value."""
        pair = fit_member(operands[0], operands[1], scope, report)
        return Checked(BOOLEAN, pair) if pair else None


class Logic(Operator):
    """Joins conditions; empty counts as false."""

    signature = "conditions → boolean"

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """Conditions alone."""
        wrong = False
        for operand in operands:
            if operand.type not in (BOOLEAN, NONE):
                message = f'"{self.name}" joins conditions; this is {named(operand.type)}.'
                help_text = "compare it, or write not is_empty(…)"
                report(codes.WRONG_TYPE, operand.start, operand.end, message, help_text)
                wrong = True
        return None if wrong else Checked(BOOLEAN, operands)


class Arithmetic(Operator):
    """Calculates with two values."""

    signature = "numbers or money → the same"

    @abstractmethod
    def meaning(self, left: Any, right: Any) -> Any:
        """What it does in Python."""

    def check(self, operands: tuple[Node, ...], scope: Scope, report: Report) -> Checked | None:
        """Values that go together, and the type of what they make."""
        left, right = operands
        if left.type == NONE or right.type == NONE:
            other = right.type if left.type == NONE else left.type
            found = self.gives(other, other) or (other if other == NONE else None)
        else:
            left, right = self.fitted(left, right)
            found = self.gives(left.type, right.type)
        if found is None:
            what = f"{named(left.type)} and {named(right.type)}"
            message = f'"{self.name}" does not calculate with {what}.'
            report(codes.CALCULATION, left.start, right.end, message, self.hint(left.type, right.type))
            return None
        return Checked(found, (left, right))

    def fitted(self, left: Node, right: Node) -> tuple[Node, Node]:
        """The operands as they are taken."""
        return left, right

    @abstractmethod
    def gives(self, left: ValueType, right: ValueType) -> ValueType | None:
        """The type of the result; None when the two do not go together."""

    def hint(self, left: ValueType, right: ValueType) -> str:
        """What may have been meant."""
        if TEXT in (left, right):
            return "text becomes a number by number(text), and texts are joined by concat(a, b)"
        if any(isinstance(each, PicklistType) for each in (left, right)):
            return "calculate with an attribute of the value, such as stage.probability"
        return ""

    def value(self, operands: Iterator[object]) -> object:
        """In Python."""
        left, right = operands
        return self.meaning(left, right)

    def column(self, sql: "Sql", operands: tuple[Node, ...]) -> "Value":
        """In SQL."""
        from runtime.expressions.calculating_in_sql import calculated

        return calculated(sql, self.name, *map(sql.value, operands))


def number_of(left: ValueType, right: ValueType) -> ValueType | None:
    """What two plain numbers make: a whole one of whole ones, else a decimal."""
    if left in NUMBERS and right in NUMBERS:
        return INTEGER if left == right == INTEGER else DECIMAL
    return None


def sum_of(left: ValueType, right: ValueType) -> ValueType | None:
    """What two numbers or amounts make that are added up: money where one is money."""
    if MONEY in (left, right):
        return MONEY if {left, right} <= {MONEY, *NUMBERS} else None
    return number_of(left, right)
