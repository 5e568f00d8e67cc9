"""Functions that part a text at another: what stands before it, and what stands after it."""

from typing import Any

from sqlalchemy import ColumnElement, Text, case, func

from runtime.expressions import texts
from runtime.expressions.functions.base import Parameter
from runtime.expressions.functions.text import _TEXT, _OfText, as_text
from runtime.expressions.sql import Sql
from runtime.expressions.value import Value
from runtime.model.types import TEXT

_PARAMETERS = (_TEXT, Parameter("separator", (TEXT,)))


class _Parted(_OfText):
    """A part of a text; both databases can do that by themselves."""

    parameters = _PARAMETERS

    def column(self, sql: Sql, text: Value, *others: Value) -> Value:
        """In SQL."""
        is_sqlite = sql.binding.dialect == "sqlite"
        whole, separator = as_text(text), as_text(others[0])
        # An empty separator, which the databases find at the first place, is nowhere.
        sought = func.nullif(separator, "", type_=Text())
        place = func.coalesce((func.instr if is_sqlite else func.strpos)(whole, sought), 0)
        part = self.part(whole, separator, place)
        trimmed = (func.trim if is_sqlite else func.btrim)(part, texts.SPACE)
        return Value(TEXT, (func.nullif(trimmed, "", type_=Text()),))

    def part(
        self, text: ColumnElement[Any], separator: ColumnElement[Any], place: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        """The part, where the separator stands at a place; at 0 it is not there."""
        raise NotImplementedError


class Before(_Parted):
    """What of a text stands before a separator's first place, without the spaces around it; all of it where
    there is no separator. Case counts.

    >>> before('Anna Maria Virtanen', ' ')
    'Anna'
    >>> before('Anna', ' ')
    'Anna'
    """

    name = "before"

    def made(self, text: str, *others: Any) -> str:
        """The beginning."""
        return (text.partition(others[0])[0] if others[0] else text).strip(texts.SPACE)

    def part(
        self, text: ColumnElement[Any], separator: ColumnElement[Any], place: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        """Up to the separator."""
        return case((place > 0, func.substr(text, 1, place - 1)), else_=text)


class After(_Parted):
    """What of a text stands after a separator's first place, without the spaces around it; nothing where
    there is no separator. Case counts.

    >>> after('Anna Maria Virtanen', ' ')
    'Maria Virtanen'
    >>> after('Anna', ' ')
    none
    """

    name = "after"

    def made(self, text: str, *others: Any) -> str:
        """The end."""
        return text.partition(others[0])[2].strip(texts.SPACE) if others[0] else ""

    def part(
        self, text: ColumnElement[Any], separator: ColumnElement[Any], place: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        """From behind the separator on."""
        return case((place > 0, func.substr(text, place + func.length(separator))))
