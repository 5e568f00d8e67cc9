"""The language: its registries, and the four things that are done with an expression."""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement

from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.registry import Registry, discover
from runtime.expressions import functions as function_files
from runtime.expressions import operators as operator_files
from runtime.expressions.binding import Binding
from runtime.expressions.checking import Checker
from runtime.expressions.evaluation import Evaluator
from runtime.expressions.functions.base import Function
from runtime.expressions.moment import Moment
from runtime.expressions.operators.base import Operator
from runtime.expressions.reading import Finding, read
from runtime.expressions.scope import Scope
from runtime.expressions.sql import Sql
from runtime.model.catalog import Expression
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
                discover(function_files, Function),  # type: ignore[type-abstract]
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

        ``span`` is the scalar's; ``locate`` tells where a stretch of the text stands, and without it the text
        is taken to begin where the span does, on one line. ``expect`` is the type that is needed: a
        condition's is BOOLEAN.
        """
        syntax, findings = read(text)
        if syntax is not None:
            checker = Checker(syntax, scope, self.functions, self.operators)
            tree = checker.whole(expect)
            if tree is not None and not checker.findings:
                return Expression(text, span, tree.type, tree), []
            findings = checker.findings
        place = locate or _on_one_line(span)
        return None, [_diagnostic(finding, place) for finding in findings]

    def evaluator(self, moment: Moment) -> Evaluator:
        """What evaluates many trees or records at one moment; for one thread."""
        return Evaluator(self.functions, self.operators, moment)

    def evaluate(
        self,
        expression: Expression,
        record: Mapping[str, object],
        moment: Moment,
        this: Mapping[str, object] | None = None,
    ) -> object:
        """The value for a record: plain data with what ``paths(expression.tree)`` names, nested by relation.

        ``this`` is the record one scope out, where the scope has one. Raises LookupError when something is
        missing.
        """
        return self.evaluator(moment).run(expression.tree, record, this)

    def holds(
        self,
        expression: Expression,
        record: Mapping[str, object],
        moment: Moment,
        this: Mapping[str, object] | None = None,
    ) -> bool:
        """Whether a condition is true of a record; empty counts as false."""
        return self.evaluate(expression, record, moment, this) is True

    def to_sql(
        self,
        expression: Expression,
        binding: Binding,
        moment: Moment,
        this: Mapping[str, object] | None = None,
    ) -> ColumnElement[bool]:
        """The condition for WHERE: true exactly where the expression is true, else false or NULL."""
        return Sql(self.functions, self.operators, binding, moment, this).condition(expression.tree)


def _on_one_line(span: Span) -> Locate:
    def locate(start: int, end: int) -> Span:
        return Span(span.file, span.line, span.column + start, span.line, span.column + max(end, start + 1))

    return locate


def _diagnostic(finding: Finding, locate: Locate) -> Diagnostic:
    place = locate(finding.start, finding.end)
    return Diagnostic(finding.code.name, finding.message, place, help=finding.help)
