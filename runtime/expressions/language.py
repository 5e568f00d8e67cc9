"""The language: its registries, and the four things that are done with an expression."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeEngine

from runtime.base.diagnostic import Diagnostic, Severity, Span
from runtime.base.registry import Registry, discover
from runtime.expressions import functions as function_files
from runtime.expressions import operators as operator_files
from runtime.expressions.binding import Binding, Related
from runtime.expressions.checking import Checker
from runtime.expressions.evaluation import Evaluator
from runtime.expressions.functions.base import Function
from runtime.expressions.inlining import inlined, tree_of
from runtime.expressions.keeping_in_sql import field_columns
from runtime.expressions.moment import Moment
from runtime.expressions.operators.base import Operator
from runtime.expressions.reading import Finding, read
from runtime.expressions.reference import FunctionPage, function_pages
from runtime.expressions.scope import Scope
from runtime.expressions.sql import Sql
from runtime.expressions.storing import columns_of
from runtime.expressions.tracing import Tracer
from runtime.expressions.tree import Aggregate, Node
from runtime.expressions.warning import not_sql, warnings
from runtime.model.catalog import Expression, Field
from runtime.model.types import ValueType

Locate = Callable[[int, int], Span]
"""From offsets in an expression's text to the place in its file."""


class Language:
    """The language with the functions and operators it is given; immutable, and shared by threads."""

    def __init__(self, functions: Registry[Function], operators: Registry[Operator]) -> None:
        self.functions = functions
        self.operators = operators

    @classmethod
    def standard(cls) -> "Language":
        """With every function and operator that this package brings."""
        return cls(
            Registry(
                "function",
                discover(function_files, Function),
            ),
            Registry(
                "operator",
                discover(operator_files, Operator),  # type: ignore[type-abstract]
            ),
        )

    def parse(
        self,
        text: str,
        span: Span,
        scope: Scope,
        expect: ValueType | None = None,
        locate: Locate | None = None,
    ) -> tuple[Expression | None, list[Diagnostic]]:
        """The expression, checked in its scope; None with what is wrong, each finding where it stands.

        An expression may come with warnings.

        ``span`` is the scalar's; ``locate`` tells where a stretch of the text stands, and without it the text
        is taken to begin where the span does, on one line. ``expect`` is the type that is needed: a
        condition's is BOOLEAN.
        """
        place = locate or _on_one_line(span)
        syntax, findings = read(text)
        if syntax is None:
            return None, [_diagnostic(finding, place) for finding in findings]
        if scope.earlier.any:
            scope = replace(scope, met={})
        checker = Checker(syntax, scope, self.functions, self.operators)
        written = checker.whole(expect)
        tree = None if written is None else inlined(written, checker.report)
        findings = checker.findings
        if tree is not None and not findings and scope.database:
            findings = list(not_sql(tree, self.functions))
        if tree is None or written is None or findings:
            return None, [_diagnostic(finding, place) for finding in findings]
        warned = [_diagnostic(finding, place) for finding in warnings(written, expect)]
        met = tuple((start, end, now) for (start, end), now in sorted((scope.met or {}).items()))
        return Expression(text, span, tree.type, tree, written, met), warned

    def evaluator(self, moment: Moment) -> Evaluator:
        """What evaluates many trees or records at one moment; for one thread."""
        return Evaluator(self.functions, self.operators, moment)

    def tracer(self, moment: Moment) -> Tracer:
        """An evaluator that also tells the values of an expression's parts; for one thread."""
        return Tracer(self.functions, self.operators, moment)

    def evaluate(
        self,
        expression: Expression,
        record: Mapping[str, object],
        moment: Moment,
        this: Mapping[str, object] | None = None,
        old: Mapping[str, object] | None = None,
    ) -> object:
        """The value for a record: plain data with what ``dependencies(expression.tree)`` names, nested.

        ``this`` is the record one scope out, where the scope has one; ``old`` the record before the save,
        None while it is being created. Raises LookupError when something is missing, BudgetError when it
        takes too long.
        """
        return self.evaluator(moment).run(expression.tree, record, this, old)

    def holds(
        self,
        expression: Expression,
        record: Mapping[str, object],
        moment: Moment,
        this: Mapping[str, object] | None = None,
        old: Mapping[str, object] | None = None,
    ) -> bool:
        """Whether a condition is true of a record; empty counts as false."""
        return self.evaluate(expression, record, moment, this, old) is True

    def to_sql(
        self,
        expression: Expression,
        binding: Binding,
        moment: Moment,
        this: Mapping[str, object] | None = None,
    ) -> ColumnElement[bool]:
        """The condition for WHERE: true exactly where the expression is true, else false or NULL."""
        return Sql(self.functions, self.operators, binding, moment, this).condition(expression.tree)

    def value_in_sql(
        self,
        node: Node,
        binding: Binding,
        moment: Moment,
        this: Mapping[str, object] | None = None,
    ) -> tuple[ColumnElement[Any], ...]:
        """The columns of a value, for SELECT, SET, GROUP BY or ORDER BY; money has its currency second.

        ``node`` is an expression's tree, or an aggregate that stands in one. A number is of type ``Exact``
        or ``ScaledDecimal``: :func:`runtime.expressions.storing.stored` makes what a field's column takes.
        """
        return columns_of(Sql(self.functions, self.operators, binding, moment, this), node)

    def virtual_in_sql(
        self,
        path: tuple[Field, ...],
        kinds: Sequence[TypeEngine[Any]],
        binding: Binding,
        moment: Moment,
    ) -> tuple[ColumnElement[Any], ...]:
        """The columns of the virtual field at the end of a path, of these types, as if it were stored."""
        sql = Sql(self.functions, self.operators, binding, moment)
        return field_columns(sql, tree_of(path), kinds)

    def related_in_sql(
        self, aggregate: Aggregate, binding: Binding, moment: Moment
    ) -> tuple[Related, list[ColumnElement[bool]], tuple[ColumnElement[Any], ...]]:
        """The records that an aggregate looks over, the conditions on them, and their order."""
        return Sql(self.functions, self.operators, binding, moment).over(aggregate)

    def function_reference(self) -> tuple[FunctionPage, ...]:
        """What each function and operator is, as data for a page of the reference."""
        return function_pages(self.functions, self.operators)


def _on_one_line(span: Span) -> Locate:
    def locate(start: int, end: int) -> Span:
        return Span(span.file, span.line, span.column + start, span.line, span.column + max(end, start + 1))

    return locate


def _diagnostic(finding: Finding, locate: Locate) -> Diagnostic:
    place = locate(finding.start, finding.end)
    severity = Severity.WARNING if finding.is_warning else Severity.ERROR
    return Diagnostic(finding.code.name, finding.message, place, help=finding.help, severity=severity)
