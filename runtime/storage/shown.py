"""Shown: the SQL of an expression on this database, as a person reads it. It is never run."""

from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import CompileError, StatementError

from runtime.expressions.moment import Moment
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN
from runtime.storage.binding import Binding
from runtime.storage.joins import Joins
from runtime.storage.statement import Parts

LONGEST = 20_000
"""More characters than this say nothing to a person."""


def shown_sql(
    connection: Connection, parts: Parts, module: str, expression: Expression, moment: Moment
) -> str:
    """The query for a condition's records, or for a value of every record."""
    joins = Joins(parts.tables, module)
    own_id = joins.id(joins.root, module)
    binding = Binding(joins)
    statement: Select[tuple[object, ...]]
    if expression.type == BOOLEAN:
        condition = parts.language.to_sql(expression, binding, moment)
        statement = select(own_id).select_from(joins.source).where(condition)
    else:
        columns = parts.language.value_in_sql(expression.tree, binding, moment)
        statement = select(own_id, *columns).select_from(joins.source)
    try:
        text = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    except (CompileError, StatementError, NotImplementedError, TypeError):
        text = _with_parameters(statement, connection)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _with_parameters(statement: "Select[tuple[object, ...]]", connection: Connection) -> str:
    """The same with its values behind it, where one of them cannot be written into SQL."""
    compiled = statement.compile(dialect=connection.dialect)
    values = "\n".join(f"-- {name} = {value!r}" for name, value in compiled.params.items())
    return f"{compiled}\n{values}"
