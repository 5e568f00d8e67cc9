"""Folding and order of text (docs/decisions/002-text-order.md), alike in Python and on both databases.

``fold`` is for searching, ``order_key`` for sorting. Both map one character to one, so that positions are
kept and both can be indexed. The databases know them as ``trellis_fold(text)`` and ``trellis_order(text)``.
"""

import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import Function, FunctionElement

from runtime.expressions.letters import small_letters

_AFTER_Z = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ő": "}"}
_WITHOUT_PARTS = {"ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ß": "s", "œ": "o"}  # noqa: RUF001
_AS_Y = {"ü": "y", "ű": "y"}
_ACCENTED = (*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x2000))


def _base_letters() -> dict[str, str]:
    bases: dict[str, str] = {}
    for letter in map(chr, _ACCENTED):
        parts = unicodedata.normalize("NFD", letter)
        base, marks = parts[0], parts[1:]
        plain = "a" <= base <= "z" or "α" <= base <= "ω"  # noqa: RUF001
        if marks and plain and all(map(unicodedata.combining, marks)):
            bases[letter] = base
    return bases | _WITHOUT_PARTS | _AS_Y | _AFTER_Z


_FOLD = MappingProxyType(small_letters())
_BASES = MappingProxyType({ord(letter): ord(base) for letter, base in _base_letters().items()})
_ORDER = MappingProxyType(
    {letter: _BASES.get(small, small) for letter, small in _FOLD.items()}
    | {letter: base for letter, base in _BASES.items() if letter not in _FOLD}
)


def fold(text: str) -> str:
    """The text for comparing without regard to case: composed (NFC), each letter small; å stays å."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_FOLD)


def order_key(text: str) -> str:
    """The text for sorting by code point: folded, é with e, ü with y, and å, ä, ö after z in this order."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_ORDER)


def sqlite_functions() -> Mapping[str, Callable[[Any], Any]]:
    """The SQLite functions of this file by name; each takes one argument and is deterministic."""
    return MappingProxyType({"trellis_fold": _or_none(fold), "trellis_order": _or_none(order_key)})


def _or_none(function: Callable[[str], str]) -> Callable[[Any], Any]:
    def call(value: Any) -> Any:
        return function(value) if isinstance(value, str) else value

    return call


def postgresql_functions(schema: str = "public") -> list[str]:
    """The statements that make the PostgreSQL functions in a schema, or replace them.

    Text of ASCII alone takes a way that PostgreSQL inlines; the tables are only looked through for other
    text. The tables begin with the commonest characters, because PostgreSQL searches them from the start.
    """
    place = quoted(schema)
    statements = []
    for name, table in (("trellis_fold", _FOLD), ("trellis_order", _ORDER)):
        statements.append(
            f"CREATE OR REPLACE FUNCTION {place}.{name}_unicode(value text) RETURNS text LANGUAGE plpgsql "
            f"IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN translate(normalize(value, NFC), "
            f"'{_from(table)}', '{_to(table)}'); END $$"
        )
        statements.append(
            f"CREATE OR REPLACE FUNCTION {place}.{name}(value text) RETURNS text LANGUAGE sql "
            f"IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN octet_length(value) = char_length(value) "
            f'THEN lower(value COLLATE "C") ELSE {place}.{name}_unicode(value) END $$'
        )
    return statements


_COMMONEST = " eaintsorlukhmdvypgjbcfwzqxäöåéü0123456789.,-@_/"


def _from(table: Mapping[int, int]) -> str:
    return _COMMONEST + "".join(map(chr, sorted(table)))


def _to(table: Mapping[int, int]) -> str:
    return _COMMONEST.translate(table) + "".join(chr(table[letter]) for letter in sorted(table))


def quoted(identifier: str) -> str:
    """An identifier in SQL's double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def folded(text: ColumnElement[Any]) -> ColumnElement[str]:
    """``trellis_fold(text)`` in SQL, found on PostgreSQL's search path; for searching, and for an index."""
    return _ByCodePoint(Function("trellis_fold", text, type_=Text()))


def ordered(text: ColumnElement[Any]) -> ColumnElement[str]:
    """``trellis_order(text)`` in SQL, found on PostgreSQL's search path: what to sort and index text by."""
    return _ByCodePoint(Function("trellis_order", text, type_=Text()))


class _ByCodePoint(FunctionElement[str]):
    """Says that text compares by code point: SQLite does so by itself, PostgreSQL when it is told."""

    name = "by_code_point"
    type = Text()
    inherit_cache = True


@compiles(_ByCodePoint)
def _by_itself_if_plain(element: _ByCodePoint, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite's own lower knows ASCII: a column's text of nothing else needs no call of Python's function, on
    # which every thread would wait for its turn.
    (call,) = element.clauses
    (text,) = call.clauses
    mapped = compiler.process(call, **options)
    if not isinstance(text, ColumnClause):
        return mapped
    column = compiler.process(text, **options)
    return f"CASE WHEN {column} GLOB '*[^ -~]*' THEN {mapped} ELSE lower({column}) END"


@compiles(_ByCodePoint, "postgresql")
def _collated(element: _ByCodePoint, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **options) + ' COLLATE "C"'
