"""The functions the databases need: registered on SQLite connections, made in a PostgreSQL schema."""

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from runtime.expressions import summing, text, times, writing
from runtime.expressions.carrying import Caller
from runtime.expressions.patterns import compiled


def register_sqlite(connection: sqlite3.Connection) -> None:
    """Make every function known to a connection; for each connection that is opened."""
    for name, one_argument in text.sqlite_functions().items():
        connection.create_function(name, 1, one_argument, deterministic=True)
    for name, two_arguments in times.sqlite_functions().items():
        connection.create_function(name, 2, two_arguments, deterministic=True)
    for name, (count, function) in summing.sqlite_functions().items():
        connection.create_function(name, count, function, deterministic=True)
    for name, kind in summing.SQLITE_AGGREGATES.items():
        connection.create_aggregate(name, 1, kind)
    connection.create_function("trellis_matches", 2, _matches, deterministic=True)
    connection.create_function("trellis_money", 2, writing.money_text, deterministic=True)
    connection.create_function("trellis_call", -1, _caller(), deterministic=True)


def postgresql_functions(schema: str = "public") -> list[str]:
    """The statements that make every function in a schema, or replace them."""
    from runtime.expressions.language import Language

    place = text.quoted(schema)
    definitions = [*summing.POSTGRESQL]
    for function in Language.standard().functions.values():
        definitions.extend(function.postgresql())
    made = [f"CREATE OR REPLACE FUNCTION {each.replace('{place}', place)}" for each in definitions]
    return [*text.postgresql_functions(schema), *made]


@lru_cache(maxsize=1)
def _caller() -> Caller:
    from runtime.expressions.language import Language

    language = Language.standard()
    functions: dict[str, Callable[..., Any]] = {
        name: function.value for name, function in language.functions.items() if not function.lazy
    }
    for name, operator in language.operators.items():
        functions[name] = _of_operator(operator.value)
    return Caller(functions, times.moment_at)


def _of_operator(value: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _moment, *operands: value(iter(operands))


def _matches(value: str | None, pattern: str) -> bool:
    return value is not None and compiled(pattern).matches(value)
