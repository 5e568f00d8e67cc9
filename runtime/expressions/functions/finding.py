"""Functions that look for a text in another, without regard to case, or match it with a pattern."""

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Text, false, func, literal

from runtime.expressions import codes
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.matching import contains_in_sql, ends_with_in_sql, starts_with_in_sql
from runtime.expressions.moment import Moment
from runtime.expressions.patterns import PatternError, compiled, for_postgresql
from runtime.expressions.text import fold
from runtime.expressions.tree import Literal, Node
from runtime.expressions.value import Value
from runtime.model.types import BOOLEAN, TEXT

if TYPE_CHECKING:
    from runtime.expressions.sql import Sql


class Contains(Function):
    """Whether a text has another in it, without regard to case. False when either is empty.

    >>> contains('Åbo Akademi', 'åBO')
    true
    >>> contains('Åbo', 'abo')
    false
    >>> contains(none, 'a')
    false
    """

    name = "contains"
    family = "text"
    parameters = (Parameter("text", (TEXT,)), Parameter("part", (TEXT,)))
    returns = BOOLEAN

    def value(self, moment: Moment, text: str | None, part: str | None) -> bool:
        """In Python."""
        return text is not None and part is not None and fold(part) in fold(text)

    def condition(self, sql: "Sql", text: Value, part: Value) -> ColumnElement[bool]:
        """In SQL."""
        return contains_in_sql(sql, text, part)


class StartsWith(Function):
    """Whether a text starts with another, without regard to case. False when either is empty.

    >>> starts_with('Åbo Akademi', 'åbo')
    true
    >>> starts_with('Åbo', 'abo')
    false
    >>> starts_with(none, 'a')
    false
    """

    name = "starts_with"
    family = "text"
    parameters = (Parameter("text", (TEXT,)), Parameter("start", (TEXT,)))
    returns = BOOLEAN

    def value(self, moment: Moment, text: str | None, start: str | None) -> bool:
        """In Python."""
        return text is not None and start is not None and fold(text).startswith(fold(start))

    def condition(self, sql: "Sql", text: Value, start: Value) -> ColumnElement[bool]:
        """In SQL."""
        return starts_with_in_sql(sql, text, start)


class EndsWith(Function):
    """Whether a text ends with another, without regard to case. False when either is empty.

    >>> ends_with('Åbo Akademi', 'MI')
    true
    >>> ends_with('Åbo', 'abo')
    false
    >>> ends_with(none, 'a')
    false
    """

    name = "ends_with"
    family = "text"
    parameters = (Parameter("text", (TEXT,)), Parameter("end", (TEXT,)))
    returns = BOOLEAN

    def value(self, moment: Moment, text: str | None, end: str | None) -> bool:
        """In Python."""
        return text is not None and end is not None and fold(text).endswith(fold(end))

    def condition(self, sql: "Sql", text: Value, end: Value) -> ColumnElement[bool]:
        """In SQL."""
        return ends_with_in_sql(sql, text, end)


class Matches(Function):
    """Whether the whole of a text is of a pattern. False when the text is empty; case counts.

    The pattern is the part of regular expressions that means the same everywhere: letters, ``.``, sets
    ``[A-Z0-9]`` and ``[^ ]``, ``\\\\d \\\\w \\\\s`` (of ASCII), groups, ``|``, and ``* + ? {2,5}``.

    >>> matches('FI12345678', 'FI[0-9]{8}')
    true
    >>> matches('xFI12345678', 'FI[0-9]{8}')
    false
    >>> matches(none, '.*')
    false
    """

    name = "matches"
    family = "text"
    parameters = (Parameter("text", (TEXT,)), Parameter("pattern", (TEXT,), constant=True))
    returns = BOOLEAN

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """The pattern is read at once."""
        pattern = arguments[1]
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            if pattern.type != TEXT:
                return super().check(arguments, site)
            message = "The pattern is a text that is written here."
            site.report(codes.PATTERN, pattern.start, pattern.end, message, "write matches(code, '[A-Z]+')")
            return None
        try:
            compiled(pattern.value)
        except PatternError as error:
            site.report(codes.PATTERN, pattern.start, pattern.end, str(error), error.help)
            return None
        return super().check(arguments, site)

    def value(self, moment: Moment, text: str | None, pattern: str | None) -> bool:
        """In Python."""
        return text is not None and pattern is not None and compiled(pattern).matches(text)

    def condition(self, sql: "Sql", text: Value, pattern: Value) -> ColumnElement[bool]:
        """In SQL."""
        if not isinstance(pattern.known, str):
            return false()
        if sql.binding.dialect == "sqlite":
            return func.trellis_matches(text.column, literal(pattern.known)) == 1
        return text.column.op("~")(literal(for_postgresql(pattern.known), Text()))
