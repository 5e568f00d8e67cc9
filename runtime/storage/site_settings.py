"""Settings of a site that are kept in its database: groups of values, each read and written as a whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from runtime.storage.runtime_tables import runtime_tables


def read_setting(connection: Connection, key: str) -> Mapping[str, Any]:
    """The values of a group; empty where nobody has set any."""
    table = runtime_tables().site_settings
    found: Mapping[str, Any] | None = connection.execute(
        select(table.c.value).where(table.c.key == key)
    ).scalar()
    return found or {}


def write_setting(
    connection: Connection, key: str, value: Mapping[str, Any], at: datetime, by: int | None
) -> None:
    """Keep the values of a group, in place of those before."""
    table = runtime_tables().site_settings
    connection.execute(delete(table).where(table.c.key == key))
    connection.execute(insert(table).values(key=key, value=dict(value), changed_at=at, changed_by=by))
