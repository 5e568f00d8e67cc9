"""By values: the first record whose fields hold what another system says, those in the bin left out."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from runtime.fields.base import Parsing
from runtime.records.base import Workplace


def find_by_values(
    connection: Connection, workplace: Workplace, module: str, values: Mapping[str, object], parsing: Parsing
) -> int | None:
    """Its id. The values are as REST has them; raises InvalidValueError for one that does not fit."""
    known, columns = workplace.catalog.modules[module], workplace.tables.module(module).columns
    where: list[Any] = [columns["deleted_at"][0].is_(None)]
    for key, raw in values.items():
        field = known.field(key)
        assert field is not None
        kind = workplace.types[field.type]
        parts = kind.to_columns(kind.parse(raw, field, parsing))
        where += [column == part for column, part in zip(columns[key], parts, strict=True)]
    number = columns["id"][0]
    found: int | None = connection.execute(select(number).where(*where).order_by(number).limit(1)).scalar()
    return found
