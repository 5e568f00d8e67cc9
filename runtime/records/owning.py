"""Owning: how many records somebody owns, and handing them over to another owner, some at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from runtime.model.catalog import Catalog
from runtime.storage.tables import Tables


def owned_modules(catalog: Catalog) -> list[str]:
    """The modules whose records have owners of their own; rows are their record's."""
    return [
        key
        for key, module in catalog.modules.items()
        if module.parent is None and "owner" in module.record_fields
    ]


def count_owned(connection: Connection, tables: Tables, modules: Sequence[str], owner: int) -> dict[str, int]:
    """How many records the owner has, by module; those without any are left out."""
    found: dict[str, int] = {}
    for key in modules:
        record_id, owns = _owns(tables, key, owner)
        count = connection.execute(select(func.count(record_id)).where(*owns)).scalar_one()
        if count:
            found[key] = count
    return found


def owned_ids(
    connection: Connection, tables: Tables, module: str, owner: int, after: int, limit: int
) -> list[int]:
    """The next records of a module that the owner has, by their ids."""
    record_id, owns = _owns(tables, module, owner)
    query = select(record_id).where(*owns, record_id > after).order_by(record_id).limit(limit)
    return list(connection.execute(query).scalars())


def _owns(
    tables: Tables, module: str, owner: int
) -> tuple[ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    columns = tables.module(module).columns
    record_id, owned_by, deleted_at = (columns[key][0] for key in ("id", "owner", "deleted_at"))
    return record_id, (owned_by == owner, deleted_at.is_(None))
