"""``column IN (…)`` for any number of values, with one parameter: a statement stays as it is for 1 and for
10,000.
"""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

_SQLITE = sqlite_dialect()


def among(column: ColumnElement[Any], values: Collection[Any], dialect: str) -> ColumnElement[bool]:
    """The condition that a column's value is one of these canonical values (none of them None)."""
    if dialect == "sqlite":
        kept = column.type.dialect_impl(_SQLITE).bind_processor(_SQLITE) or _as_it_is
        listed = func.json_each(orjson.dumps([kept(value) for value in values]).decode())
        return column.in_(select(listed.table_valued("value").c.value))
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))


def _as_it_is(value: Any) -> Any:
    return value
