"""Finding a text in another, in SQL: both folded, so that an index on the folded text can serve."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, false, func, literal

from runtime.expressions.sql import Sql
from runtime.expressions.text import fold, folded
from runtime.expressions.value import Value


def contains_in_sql(sql: Sql, text: Value, part: Value) -> ColumnElement[bool]:
    """Whether one text is anywhere in the other."""
    if _is_nothing(text) or _is_nothing(part):
        return false()
    if sql.binding.dialect == "postgresql" and part.is_known:
        return _folded(text).like(f"%{_escaped(part)}%", escape="\\")
    find = func.instr if sql.binding.dialect == "sqlite" else func.strpos
    return find(_folded(text), _folded(part)) > 0


def starts_with_in_sql(sql: Sql, text: Value, start: Value) -> ColumnElement[bool]:
    """Whether one text starts with the other; a range of the folded text, where the start is known."""
    if _is_nothing(text) or _is_nothing(start):
        return false()
    column = _folded(text)
    if not start.is_known:
        prefix = _folded(start)
        left = func.substr(column, 1, func.length(prefix))
        return left == prefix
    if sql.binding.dialect == "postgresql":
        return column.like(f"{_escaped(start)}%", escape="\\")
    prefix_text = fold(str(start.known))
    after = _next_prefix(prefix_text)
    from_start = column >= literal(prefix_text, Text())
    return and_(from_start, column < literal(after, Text())) if after else from_start


def ends_with_in_sql(sql: Sql, text: Value, end: Value) -> ColumnElement[bool]:
    """Whether one text ends with the other."""
    if _is_nothing(text) or _is_nothing(end):
        return false()
    column, suffix = _folded(text), _folded(end)
    if sql.binding.dialect == "sqlite":
        return func.substr(column, -func.length(suffix)) == suffix
    return func.right(column, func.length(suffix)) == suffix


def _is_nothing(value: Value) -> bool:
    return value.is_known and value.known is None


def _folded(value: Value) -> ColumnElement[Any]:
    if value.is_known:
        return literal(fold(str(value.known)), Text())
    return folded(value.column)


def _escaped(value: Value) -> str:
    pattern = fold(str(value.known))
    for character in ("\\", "%", "_"):
        pattern = pattern.replace(character, "\\" + character)
    return pattern


def _next_prefix(prefix: str) -> str:
    """The first text after all that start with the prefix, by code point; '' when there is none."""
    for index in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[index])
        if code < 0x10FFFF:
            return prefix[:index] + chr(0xE000 if code == 0xD7FF else code + 1)
    return ""
