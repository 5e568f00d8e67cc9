"""Virtual fields in a query: what has no column is worked out where a column of it is asked for."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement

from runtime.base.registry import Registry
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.fields.base import FieldType
from runtime.model.catalog import Expression, Field, Path

if TYPE_CHECKING:
    from runtime.storage.joins import Joins


class Virtual:
    """Works virtual fields out in one query, at one moment."""

    def __init__(self, language: Language, types: Registry[FieldType], moment: Moment) -> None:
        self._language = language
        self._types = types
        self._moment = moment

    def columns(self, joins: "Joins", fields: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        """The columns of the virtual field at the end of a path, as if it were stored."""
        from runtime.storage.binding import Binding

        field = fields[-1]
        kinds = [column.type for column in self._types[field.type].columns(field.settings)]
        return self._language.virtual_in_sql(fields, kinds, Binding(joins.bare()), self._moment)


def formulas_of(paths: Iterable[Path]) -> tuple[tuple[str, Expression], ...]:
    """The formulas of the virtual fields that paths end in, each with its module."""
    return tuple(
        (path.field.module, path.field.computed.expression)
        for path in paths
        if path.field.computed is not None and not path.field.computed.is_stored
    )
