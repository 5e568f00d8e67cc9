"""The column type of a picklist whose values are stored by names of before: what is renamed stays as it is
stored.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, case, literal, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Renamed(TypeDecorator[str]):
    """Keys of values, stored by other names: ``won``, and of several values ``|open|won|``.

    ``stored`` has the stored name of each key that has another one. A stored name that is no value's is given
    out behind a mark, so that it is never taken for the value of that key.
    """

    impl = Text
    cache_ok = True

    def __init__(self, stored: Mapping[str, str]) -> None:
        self.stored = tuple(sorted(stored.items()))
        self._stored = dict(stored)
        gone = {name: f"{name}@" for name in stored}
        self._keys = {**gone, **{name: key for key, name in stored.items()}}
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """What is stored."""
        return value if value is None else self.to_stored(value)

    def process_literal_param(self, value: str | None, dialect: Dialect) -> str:
        """What stands in SQL itself."""
        return self.to_stored(value or "")

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The keys."""
        return value if value is None else _each(value, self._keys)

    def to_stored(self, keys: str) -> str:
        """What is stored for a key, or for several between bars."""
        return _each(keys, self._stored)


def as_keys(column: ColumnElement[Any], kind: Renamed) -> ColumnElement[Any]:
    """The key of one value, worked out by the database."""
    raw = type_coerce(column, Text())
    return case({name: literal(key, Text()) for key, name in kind.stored}, value=raw, else_=raw)


def stored_text(kind: object, key: str) -> str:
    """What a column of a kind stores for a key."""
    return kind.to_stored(key) if isinstance(kind, Renamed) else key


def _each(text: str, names: Mapping[str, str]) -> str:
    if "|" not in text:
        return names.get(text, text)
    return "|".join(names.get(part, part) for part in text.split("|"))
