"""Functions that choose: one value or another, by a condition or by what is there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, not_

from runtime.expressions import codes
from runtime.expressions.choosing import chosen, first_present, is_same
from runtime.expressions.fitting import common, fit_pair
from runtime.expressions.functions.base import Evaluate, Function, Parameter, Site
from runtime.expressions.moment import Moment
from runtime.expressions.naming import named
from runtime.expressions.tree import Call, Changed, Node, Read
from runtime.model.types import BOOLEAN, CLOSED, NONE, ListType

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql
    from runtime.expressions.value import Value

_CONDITION = (BOOLEAN,)


def _no_lists(name: str, nodes: Sequence[Node], site: Site) -> bool:
    for node in nodes:
        if isinstance(node.type, ListType) or node.type in CLOSED:
            message = f"{name} chooses one value, not {named(node.type)}."
            site.report(codes.ARGUMENT_TYPE, node.start, node.end, message)
            return False
    return True


class If(Function):
    """One value when a condition holds, another when it does not; the other is empty when left out.

    ``a if condition else b`` means the same. An empty condition does not hold.

    >>> if_(2 > 1, 'more', 'less')
    'more'
    >>> if_(none, 1)
    none
    >>> 'yes' if 1 > 2 else 'no'
    'no'
    """

    name = "if_"
    family = "logic"
    parameters = (
        Parameter("condition", _CONDITION),
        Parameter("then"),
        Parameter("otherwise", optional=True),
    )
    returns = NONE
    lazy = True

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A condition, and values of one kind."""
        condition = self._argument(self.parameters[0], arguments[0], site)
        agreed = common(arguments[1:], site.scope, site.report)
        if condition is None or agreed is None or not _no_lists(self.name, arguments[1:], site):
            return None
        return Call(agreed[0], site.start, site.end, self.name, (condition, *agreed[1]))

    def choose(self, evaluate: Evaluate, arguments: Sequence[Node]) -> object:
        """In Python; only what is chosen is evaluated."""
        if evaluate(arguments[0]) is True:
            return evaluate(arguments[1])
        return evaluate(arguments[2]) if len(arguments) > 2 else None

    def node_column(self, sql: "Sql", node: Call) -> "Value":
        """In SQL: CASE."""
        otherwise = node.arguments[2] if len(node.arguments) > 2 else None
        return chosen(sql, node.type, [(sql.condition(node.arguments[0]), node.arguments[1])], otherwise)


class Case(Function):
    """The value beside the first one that fits.

    After the value that is looked at come pairs, what it may be and what is given then, and at the end what
    is given otherwise. Without a value to look at, conditions stand in the pairs.

    >>> case('b', 'a', 1, 'b', 2, 0)
    2
    >>> case('z', 'a', 1, 'b', 2)
    none
    >>> case(5 > 10, 'large', 5 > 3, 'middle', 'small')
    'middle'
    """

    name = "case"
    family = "logic"
    parameters = (
        Parameter("value", optional=True),
        Parameter("when"),
        Parameter("then"),
        Parameter("otherwise", optional=True, many=True),
    )
    returns = NONE
    lazy = True

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Pairs of what fits and what is given."""
        asked = arguments[0].type in (BOOLEAN, NONE)
        subject, rest = (None, arguments) if asked else (arguments[0], arguments[1:])
        if len(rest) < 2:
            message = "case takes pairs of what fits and what is given then."
            site.report(codes.ARGUMENTS, site.start, site.end, message, f"write {self.signature}")
            return None
        tests, thens = rest[0:-1:2], rest[1::2]
        otherwise = rest[-1:] if len(rest) % 2 else ()
        conditions = [self._test(subject, test, site) for test in tests]
        agreed = common((*thens, *otherwise), site.scope, site.report)
        known = [condition for condition in conditions if condition is not None]
        if agreed is None or len(known) < len(conditions):
            return None
        if not _no_lists(self.name, (*thens, *otherwise), site):
            return None
        pairs = [part for pair in zip(known, agreed[1], strict=False) for part in pair]
        return Call(agreed[0], site.start, site.end, self.name, (*pairs, *agreed[1][len(known) :]))

    def _test(self, subject: Node | None, test: Node, site: Site) -> Node | None:
        if subject is None:
            return self._argument(Parameter("condition", _CONDITION), test, site)
        pair = fit_pair(subject, test, site.scope, site.report)
        return None if pair is None else is_same(pair, test)

    def choose(self, evaluate: Evaluate, arguments: Sequence[Node]) -> object:
        """In Python; only what is chosen is evaluated."""
        for index in range(0, len(arguments) - 1, 2):
            if evaluate(arguments[index]) is True:
                return evaluate(arguments[index + 1])
        return evaluate(arguments[-1]) if len(arguments) % 2 else None

    def node_column(self, sql: "Sql", node: Call) -> "Value":
        """In SQL: CASE."""
        arguments = node.arguments
        pairs = [
            (sql.condition(arguments[index]), arguments[index + 1])
            for index in range(0, len(arguments) - 1, 2)
        ]
        return chosen(sql, node.type, pairs, arguments[-1] if len(arguments) % 2 else None)


class Default(Function):
    """The first of some values that is not empty.

    >>> default(none, 0)
    0
    >>> default('', none, 'x')
    'x'
    """

    name = "default"
    family = "logic"
    parameters = (Parameter("value"), Parameter("otherwise", many=True))
    returns = NONE
    lazy = True

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Values of one kind."""
        agreed = common(arguments, site.scope, site.report)
        if agreed is None or not _no_lists(self.name, arguments, site):
            return None
        return Call(agreed[0], site.start, site.end, self.name, agreed[1])

    def choose(self, evaluate: Evaluate, arguments: Sequence[Node]) -> object:
        """In Python; what is behind the first that is there is not evaluated."""
        for argument in arguments:
            value = evaluate(argument)
            if value is not None:
                return value
        return None

    def node_column(self, sql: "Sql", node: Call) -> "Value":
        """In SQL."""
        return first_present(sql, node.type, node.arguments)


class IsEmpty(Function):
    """Whether a value is empty: nothing was written, nothing chosen, nothing linked.

    >>> is_empty(none)
    true
    >>> is_empty('')
    true
    >>> is_empty(0)
    false
    >>> is_empty([])
    true
    """

    name = "is_empty"
    family = "logic"
    takes_closed = True
    parameters = (Parameter("value"),)
    returns = BOOLEAN

    def value(self, moment: Moment, value: object) -> bool:
        """In Python."""
        return value is None or value == ()

    def condition(self, sql: "Sql", value: "Value") -> ColumnElement[bool]:
        """In SQL."""
        if value.links:
            return and_(*(not_(link(None)) for link in value.links))
        return value.column.is_(None)


class ChangedFunction(Function):
    """Whether a field, or any of several, has another value than before the save. Never true of a new record.

    It means something only while a record is saved: in field formulas, rules, checks and workflows.
    ``old.<field>`` is the value before, and ``is_new`` tells whether the record is being created.

    >>> changed(stage) and old.stage == 'proposal'
    false
    """

    name = "changed"
    family = "logic"
    parameters = (Parameter("field", many=True),)
    returns = BOOLEAN
    no_sql = "what a save changes is known only to the save"

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Fields of the record that is saved."""
        if not site.scope.saving:
            message = "What changed is known only while a record is saved."
            help_text = "leave it to a rule or to a field formula"
            site.report(codes.NOT_SAVING, site.start, site.end, message, help_text)
            return None
        fields = [node for node in arguments if isinstance(node, Read) and node.own and len(node.keys) == 1]
        if len(fields) < len(arguments):
            wrong = next(node for node in arguments if node not in fields)
            message = "changed takes fields of the record itself."
            site.report(codes.ARGUMENT_TYPE, wrong.start, wrong.end, message, "write changed(stage)")
            return None
        return Changed(BOOLEAN, site.start, site.end, tuple(fields))
