"""Functions over related records, rows and links, and the look at another module's records."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from runtime.base.suggest import did_you_mean
from runtime.expressions import codes
from runtime.expressions.arithmetic import CurrencyError
from runtime.expressions.calculating_in_sql import extreme_in_sql
from runtime.expressions.fitting import common, fit_member
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.meaning import order
from runtime.expressions.moment import Moment
from runtime.expressions.naming import named
from runtime.expressions.tree import Aggregate, Call, Items, Node, Operation, Step
from runtime.model.types import (
    BOOLEAN,
    CLOSED,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    NONE,
    NUMBERS,
    ListType,
    ValueType,
)
from runtime.model.values import Money

if TYPE_CHECKING:
    from runtime.expressions.checking import Checker, Route
    from runtime.expressions.sql import Sql
    from runtime.expressions.value import Value

_RELATED = Parameter("records")
_CONDITION = Parameter("condition", optional=True)
_ADDED = (*NUMBERS, MONEY, DURATION)
_ORDERED = (*_ADDED, DATE, DATETIME)


class _OverRecords(Function):
    """Takes a path to several records, and a condition in their terms."""

    family = "records"
    parameters: ClassVar[Sequence[Parameter]] = (_RELATED, _CONDITION)
    most: ClassVar[int] = 2
    of: ClassVar[tuple[ValueType, ...]] = ()
    """The types that values may be of; none named: any that is one value."""
    of_records: ClassVar[bool] = False
    """Whether it may be over the records themselves, and not over a value of each."""

    def check_syntax(self, checker: "Checker", node: ast.Call) -> Node | None:
        """The aggregate; what is said about each record is checked in that record's scope."""
        start, end = checker.syntax.span(node)
        route = checker.route(node.args[0]) if node.args else None
        if route is None:
            return self.otherwise(checker, node)
        if len(node.args) > self.most:
            message = f"{self.name} takes at most {self.most} arguments, not {len(node.args)}."
            checker.report(codes.ARGUMENTS, start, end, message, f"write {self.signature}")
            return None
        inside = checker.within(route.scope)
        value = self._value(inside, route)
        condition = inside.check(node.args[1]) if len(node.args) > 1 else None
        if len(node.args) > 1 and condition is not None:
            condition = inside.expected(condition, BOOLEAN)
        order_ = ordering(inside, node.args[2]) if len(node.args) > 2 else (None, False)
        if value is False or (len(node.args) > 1 and condition is None) or order_ is None:
            return None
        return Aggregate(
            self.type_of(value),
            start,
            end,
            self.name,
            route.steps,
            value,
            condition,
            order_[0],
            order_[1],
            route.outer,
            checker.syntax.text[start:end],
        )

    def otherwise(self, checker: "Checker", node: ast.Call) -> Node | None:
        """What it means when its first argument is no path to several records."""
        start, end = checker.syntax.span(node)
        if not node.args:
            message = f"{self.name} takes records to look over."
            checker.report(codes.ARGUMENTS, start, end, message, f"write {self.signature}")
            return None
        before = len(checker.findings)
        for argument in node.args[:1]:
            if checker.check(argument) is None and len(checker.findings) > before:
                return None
        place = checker.syntax.span(node.args[0])
        message = f"{self.name} looks over several records, and this is not several."
        checker.report(codes.NOT_SEVERAL, *place, message, "name an inverse, rows, or links")
        return None

    def type_of(self, value: Node | None) -> ValueType:
        """The type of what it gives."""
        return value.type if value is not None else INTEGER

    def _value(self, inside: "Checker", route: "Route") -> Node | Literal[False] | None:
        """What is taken of each record; None for the record itself, False when it is wrong."""
        if not route.names:
            if self.of_records:
                return None
            last = route.steps[-1].key
            message = f'{self.name} takes a value of each record, and "{last}" is the records themselves.'
            inside.report(
                codes.ARGUMENT_TYPE, route.start, route.ends[0], message, f"write {self.name}({last}.…)"
            )
            return False
        value = inside.roots.path(route.names, route.start, _behind(route))
        if value is None:
            return False
        closed = isinstance(value.type, ListType) or value.type in CLOSED
        if closed or (self.of and value.type not in self.of):
            message = f"{self.name} does not take {named(value.type)}."
            inside.report(codes.ARGUMENT_TYPE, route.start, route.ends[-1], message)
            return False
        return value


def _behind(route: "Route") -> tuple[int, ...]:
    return route.ends[1:]


def ordering(inside: "Checker", node: ast.expr) -> tuple[Node, bool] | None:
    """What records are ordered by, and whether it descends: a leading ``-`` turns it round."""
    descending = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    inner = node.operand if descending and isinstance(node, ast.UnaryOp) else node
    found = inside.check(inner)
    if found is None:
        return None
    if isinstance(found.type, ListType) or found.type in (NONE, *CLOSED):
        message = f"Nothing is ordered by {named(found.type)}."
        inside.report(codes.ARGUMENT_TYPE, found.start, found.end, message)
        return None
    return found, descending


class Count(_OverRecords):
    """How many related records there are, or how many that meet a condition; 0 when there are none.

    Of a value behind a dot, it counts the records that have one. Of several chosen values, it counts those.

    >>> count(account.contacts) >= 0
    true
    >>> count(['a', 'b'])
    2
    """

    name = "count"
    returns = INTEGER
    of_records = True

    def type_of(self, value: Node | None) -> ValueType:
        """A whole number."""
        return INTEGER

    def otherwise(self, checker: "Checker", node: ast.Call) -> Node | None:
        """The number of items of a list."""
        if len(node.args) == 1 and not isinstance(node.args[0], ast.Name | ast.Attribute):
            found = checker.check(node.args[0])
            if found is not None and isinstance(found.type, ListType):
                return Call(INTEGER, *checker.syntax.span(node), "len", (found,))
            if found is None:
                return None
        return super().otherwise(checker, node)


class Exists(_OverRecords):
    """Whether there is a related record, or one that meets a condition.

    >>> exists(account.contacts, name == 'nobody')
    false
    """

    name = "exists"
    returns = BOOLEAN
    of_records = True

    def type_of(self, value: Node | None) -> ValueType:
        """True or false."""
        return BOOLEAN


class Sum(_OverRecords):
    """The sum of a value over related records, or over those that meet a condition; 0 over none.

    Empty values are left out. Money of several currencies is not added up: the sum is empty.

    >>> sum(account.deals.count)
    0
    """

    name = "sum"
    returns = DECIMAL
    of = _ADDED

    def type_of(self, value: Node | None) -> ValueType:
        """That of the value; of percentages, a number."""
        return super().type_of(value)


class Avg(_OverRecords):
    """The average of a value over related records, or over those that meet a condition; empty over none.

    Empty values are left out. It is taken to 12 places.

    >>> avg(account.deals.count)
    none
    """

    name = "avg"
    returns = DECIMAL
    of = _ADDED

    def type_of(self, value: Node | None) -> ValueType:
        """A number, or money, or a duration."""
        kind = super().type_of(value)
        return kind if kind in (MONEY, DURATION) else DECIMAL


class First(_OverRecords):
    """The value of the first related record that has one and meets a condition; empty when there is none.

    The third argument is what they are ordered by; a ``-`` before it turns the order round. Without it, rows
    and links are in their own order, and other records in the order in which they were made.

    >>> first(account.deals.name, stage == 'won', -close_date)
    none
    """

    name = "first"
    parameters = (Parameter("records"), _CONDITION, Parameter("order", optional=True))
    returns = NONE
    most = 3


class _Extreme(_OverRecords):
    of = _ORDERED
    sign: ClassVar[int]

    def otherwise(self, checker: "Checker", node: ast.Call) -> Node | None:
        """Of plain values."""
        found = [checker.check(argument) for argument in node.args]
        known = tuple(argument for argument in found if argument is not None)
        start, end = checker.syntax.span(node)
        if not node.args:
            checker.report(codes.ARGUMENTS, start, end, f"{self.name} takes values.", "write max(a, b)")
        if len(known) < len(found) or not known:
            return None
        agreed = common(known, checker.scope, checker.report)
        if agreed is None:
            return None
        type_, arguments = agreed
        if type_ not in (*_ORDERED, NONE):
            message = f"{self.name} does not take {named(type_)}."
            checker.report(codes.ARGUMENT_TYPE, known[0].start, known[-1].end, message)
            return None
        return Call(type_, start, end, self.name, arguments)

    def value(self, moment: Moment, *arguments: Any) -> object:
        """In Python; empty values are left out."""
        codes = {value.currency for value in arguments if isinstance(value, Money)}
        if len(codes) > 1:
            raise CurrencyError(f"{' and '.join(sorted(codes))} are not compared.")
        best: Any = None
        for value in arguments:
            if best is None or (value is not None and self.sign * (order(value, best) or 0) > 0):
                best = value
        if codes and best is not None and not isinstance(best, Money):
            return Money(Decimal(best), codes.pop())
        return best

    def node_column(self, sql: "Sql", node: Call) -> "Value":
        """In SQL."""
        return extreme_in_sql(sql, node.type, self.name, [sql.value(each) for each in node.arguments])


class Min(_Extreme):
    """The least of some values, or of a value over related records. Empty ones are left out.

    >>> min(3, 1, 2)
    1
    >>> min(none, 5)
    5
    >>> min(account.deals.close_date)
    none
    """

    name = "min"
    returns = NONE
    sign = -1


class Max(_Extreme):
    """The greatest of some values, or of a value over related records. Empty ones are left out.

    >>> max(3, 1, 2)
    3
    >>> max(account.deals.count, count < 10)
    none
    """

    name = "max"
    returns = NONE
    sign = 1


class AnyOf(Function):
    """Whether a list has any of some values, or any related record has one of them.

    >>> any_of(['a', 'b'], ['b', 'c'])
    true
    >>> any_of(account.deals.name, ['Big', 'Small'])
    false
    """

    name = "any_of"
    family = "records"
    parameters = (Parameter("list"), Parameter("values"))
    returns = BOOLEAN

    def check_syntax(self, checker: "Checker", node: ast.Call) -> Node | None:
        """A list and a list, or a path to a value of several records and a list."""
        route = checker.route(node.args[0]) if len(node.args) == 2 else None
        if route is None or not route.names:
            return super().check_syntax(checker, node)
        start, end = checker.syntax.span(node)
        inside = checker.within(route.scope)
        value = inside.roots.path(route.names, route.start, _behind(route))
        values = checker.check(node.args[1])
        if value is None or values is None:
            return None
        if not isinstance(values, Items):
            message = f"{self.name} takes a written list here."
            checker.report(codes.ARGUMENT_TYPE, values.start, values.end, message, "write ['a', 'b']")
            return None
        pair = fit_member(value, values, inside.scope, inside.report)
        if pair is None:
            return None
        member = Operation(BOOLEAN, start, end, "in", pair)
        key = checker.syntax.text[start:end]
        return Aggregate(BOOLEAN, start, end, "exists", route.steps, None, member, outer=route.outer, key=key)

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Two lists of one kind: each value asked for by itself."""
        listed, values = arguments
        if not isinstance(listed.type, ListType) or not isinstance(values, Items):
            message = f"{self.name} takes a list, and a written list of values."
            site.report(codes.ARGUMENT_TYPE, site.start, site.end, message, "any_of(interests, ['a', 'b'])")
            return None
        asked: list[Node] = []
        for value in values.items:
            pair = fit_member(value, listed, site.scope, site.report)
            if pair is None:
                return None
            asked.append(Operation(BOOLEAN, value.start, value.end, "in", pair))
        return Operation(BOOLEAN, site.start, site.end, "or", tuple(asked))


class Lookup(Function):
    """A value of the first record of a module that meets a condition; empty when none does.

    In the condition bare names are the fields of that module's records, and ``this`` is the record that
    asks. A fourth argument orders them; without it the record made first is taken.

    >>> lookup(accounts, name == 'nobody', founded)
    none
    """

    name = "lookup"
    family = "records"
    parameters = (
        Parameter("module"),
        Parameter("condition"),
        Parameter("value"),
        Parameter("order", optional=True),
    )
    returns = NONE

    def check_syntax(self, checker: "Checker", node: ast.Call) -> Node | None:
        """The aggregate over all the records of the module."""
        start, end = checker.syntax.span(node)
        if not 3 <= len(node.args) <= 4:
            message = f"lookup takes 3 to 4 arguments, not {len(node.args)}."
            checker.report(codes.ARGUMENTS, start, end, message, f"write {self.signature}")
            return None
        module = node.args[0]
        if not isinstance(module, ast.Name) or module.id not in checker.scope.modules:
            written = module.id if isinstance(module, ast.Name) else ""
            message = f'There is no module "{written}".' if written else "lookup takes a module's name first."
            help_text = did_you_mean(written, checker.scope.modules) if written else f"write {self.signature}"
            checker.report(codes.UNKNOWN_NAME, *checker.syntax.span(module), message, help_text)
            return None
        scope = replace(checker.scope, module=module.id, this=checker.scope.module, saving=False, link=None)
        inside = checker.within(scope)
        condition, value = inside.check(node.args[1]), inside.check(node.args[2])
        order_ = ordering(inside, node.args[3]) if len(node.args) > 3 else (None, False)
        condition = None if condition is None else inside.expected(condition, BOOLEAN)
        if condition is None or value is None or order_ is None:
            return None
        if isinstance(value.type, ListType) or value.type in CLOSED:
            message = f"lookup does not take {named(value.type)}."
            checker.report(codes.ARGUMENT_TYPE, value.start, value.end, message)
            return None
        step = Step((), checker.scope.module, "all", module.id, None, module.id)
        key = checker.syntax.text[start:end]
        by, descending = order_
        return Aggregate(value.type, start, end, "first", (step,), value, condition, by, descending, key=key)
