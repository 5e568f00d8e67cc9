"""What a function declares: its signature, its meaning in Python and its meaning in SQL."""

import ast
from abc import ABC
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, true

from runtime.expressions import codes
from runtime.expressions.fitting import Report, converted
from runtime.expressions.moment import Moment
from runtime.expressions.naming import named
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Call, Node, reads_record
from runtime.model.types import CLOSED, ValueType

if TYPE_CHECKING:
    from runtime.expressions.checking import Checker
    from runtime.expressions.sql import Sql
    from runtime.expressions.value import Value

Evaluate = Callable[[Node], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its name and the types it may be of (none named: any).

    ``constant``: it may read no field. ``optional``: it may be left out; so may those behind it. ``many``: it
    is the last, and may be given again and again.
    """

    name: str
    accepts: tuple[ValueType, ...] = ()
    constant: bool = False
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Where a call stands: its scope, its place in the text, and whom to tell what is wrong with it."""

    scope: Scope
    start: int
    end: int
    report: Report


class Function(ABC):
    """One function. It has no state, and its value depends on its arguments and the moment alone."""

    name: ClassVar[str]
    family: ClassVar[str]
    """What it is about: the heading that the reference lists it under."""
    parameters: ClassVar[Sequence[Parameter]] = ()
    returns: ClassVar[ValueType]
    lazy: ClassVar[bool] = False
    """Whether it takes its arguments unevaluated, and evaluates those that it needs (:meth:`choose`)."""
    no_sql: ClassVar[str] = ""
    """Why it has no meaning in SQL over fields: half a sentence behind "because"; '' where it has one."""
    takes_closed: ClassVar[bool] = False
    """Whether it takes what can only be asked to be empty or not: a secret, JSON, a place."""
    zoned: ClassVar[bool] = False
    """Whether its value depends on the site's time zone, or on its workdays."""

    @property
    def signature(self) -> str:
        """How it is called: ``contains(text, part)``."""
        return f"{self.name}({', '.join(map(_shown, self.parameters))})"

    def check_syntax(self, checker: "Checker", node: ast.Call) -> Node | None:
        """The call, checked from its syntax on; None, and reported, when it is wrong."""
        start, end = checker.syntax.span(node)
        arguments = [checker.check(argument) for argument in node.args]
        if not self._counts(len(arguments)):
            taken = _taken(self.parameters)
            message = f"{self.name} takes {taken}, not {len(arguments)}."
            checker.report(codes.ARGUMENTS, start, end, message, f"write {self.signature}")
            return None
        known = tuple(argument for argument in arguments if argument is not None)
        if len(known) < len(arguments):
            return None
        return self.check(known, Site(checker.scope, start, end, checker.report))

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """The call with arguments of its types; None, and reported, when one is of another."""
        fitted = self.fitted(arguments, site)
        if fitted is None:
            return None
        return Call(self.returns, site.start, site.end, self.name, fitted)

    def fitted(self, arguments: tuple[Node, ...], site: Site) -> tuple[Node, ...] | None:
        """Each argument as its parameter takes it."""
        found = [
            self._argument(self.parameters[min(index, len(self.parameters) - 1)], argument, site)
            for index, argument in enumerate(arguments)
        ]
        known = tuple(argument for argument in found if argument is not None)
        return known if len(known) == len(found) else None

    def value(self, moment: Moment, *arguments: Any) -> object:
        """Its value in Python; arguments are canonical, and None when empty."""
        raise NotImplementedError(f"{self.name} has no value of its own.")

    def choose(self, evaluate: Evaluate, arguments: Sequence[Node]) -> object:
        """The value of a lazy one: it evaluates the arguments that it needs."""
        raise NotImplementedError(f"{self.name} is not lazy.")

    def condition(self, sql: "Sql", *arguments: Any) -> ColumnElement[bool]:
        """In SQL, for one that returns a boolean: true exactly where its value is, else false or NULL.

        Arguments are of type Value, and one of them at least is not known.
        """
        column: ColumnElement[bool] = self.column(sql, *arguments).column == true()
        return column

    def column(self, sql: "Sql", *arguments: Any) -> "Value":
        """In SQL, for any other: its value. It is only asked for when an argument reads a field."""
        raise NotImplementedError(f"{self.name} has no meaning over fields.")

    def node_column(self, sql: "Sql", node: Call) -> "Value":
        """In SQL, from the node: for one whose type depends on its arguments."""
        values = [sql.value(argument) for argument in node.arguments]
        if all(value.is_known for value in values):  # a part of it can never be anything but empty
            known = self.value(sql.moment, *(value.known for value in values))
            return values[0].__class__(node.type, known=known) if values else self.column(sql)
        return self.column(sql, *values)

    @property
    def is_condition(self) -> bool:
        """Whether it gives true or false and is never empty."""
        return type(self).condition is not Function.condition

    def postgresql(self) -> tuple[str, ...]:
        """Definitions of PostgreSQL functions that it needs: what follows CREATE OR REPLACE FUNCTION."""
        return ()

    def _counts(self, given: int) -> bool:
        least = sum(not parameter.optional for parameter in self.parameters)
        many = bool(self.parameters) and self.parameters[-1].many
        return given >= least and (many or given <= len(self.parameters))

    def _argument(self, parameter: Parameter, argument: Node, site: Site) -> Node | None:
        if parameter.constant and reads_record(argument):
            message = f"{self.name} takes a fixed value for its {parameter.name}, not what a record has."
            site.report(codes.ARGUMENT_TYPE, argument.start, argument.end, message, "write the value itself")
            return None
        if not parameter.accepts:
            if argument.type not in CLOSED or self.takes_closed:
                return argument
            message = f"{self.name} does not take {named(argument.type)}."
            site.report(codes.ARGUMENT_TYPE, argument.start, argument.end, message)
            return None
        fitted = converted(argument, parameter.accepts, site.scope, site.report)
        if fitted is None:
            return None
        if fitted is False:
            wanted = " or ".join(map(named, parameter.accepts))
            message = f"{self.name} takes {wanted} here, not {named(argument.type)}."
            site.report(codes.ARGUMENT_TYPE, argument.start, argument.end, message, f"write {self.signature}")
            return None
        return fitted


def _shown(parameter: Parameter) -> str:
    name = f"{parameter.name}, …" if parameter.many else parameter.name
    return f"[{name}]" if parameter.optional else name


def _taken(parameters: Sequence[Parameter]) -> str:
    least = sum(not parameter.optional for parameter in parameters)
    if parameters and parameters[-1].many:
        return f"at least {least} arguments" if least != 1 else "at least one argument"
    count = str(least) if least == len(parameters) else f"{least} to {len(parameters)}"
    return f"{count} arguments"
