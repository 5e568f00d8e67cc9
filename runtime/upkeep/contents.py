"""What a database holds, told from its own tables: how many rows, which files, which revision."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, Text, column, func, literal_column, select, table

from runtime.change.revisions import open_applied
from runtime.storage.inspect import inspect
from runtime.storage.runtime_tables import FORMAT
from runtime.upkeep.errors import UpkeepError
from runtime.upkeep.manifest import RevisionIn


@dataclass(frozen=True, slots=True)
class Content:
    """Content that files of the database name. ``is_needed`` is false where all of them were deleted."""

    sha256: str
    size: int
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """The rows of each table, the content of files, and the applied revision."""

    tables: Mapping[str, int]
    files: tuple[Content, ...]
    revision: RevisionIn
    database_format: int = FORMAT


def read_contents(connection: Connection, schema: str) -> Contents:
    """Look at a whole database, whatever its configuration says; all that is read is of one moment only when
    the connection sees one. Raises :class:`UpkeepError` when no Trellis has set it up.
    """
    live = inspect(connection, schema)
    applied = open_applied(connection, schema) if live.is_trellis else None
    if applied is None:
        raise UpkeepError("There is nothing to back up: no configuration was applied to this database yet.")
    words = select(column("title", Text), column("version", Text)).select_from(table("trellis_revisions"))
    said = connection.execute(words.where(column("id") == applied.number)).one()
    known = RevisionIn(applied.number, applied.hash, said[0], said[1])
    found = connection.execute(
        select(column("value")).select_from(table("trellis_counters")).where(column("key") == "format")
    ).scalar()
    name, digest = applied.names.table("files"), applied.names.column("files", "sha256")
    size = applied.names.column("files", "size")
    return Contents(
        row_counts(connection, schema), _files(connection, name, digest, size), known, int(found or 0)
    )


def row_counts(connection: Connection, schema: str) -> dict[str, int]:
    """How many rows each table has, those of search indexes left out: they follow from the others."""
    names = sorted(name for name in inspect(connection, schema).tables if "__search" not in name)
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())
        for name in names
    }


def _files(connection: Connection, name: str, digest: str, size: str) -> tuple[Content, ...]:
    sha256 = column(digest, Text)
    is_kept = func.max(literal_column("CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END", Integer))
    query = (
        select(sha256, func.max(column(size, Integer)), is_kept)
        .select_from(table(name, sha256, column(size)))
        .where(sha256.is_not(None))
        .group_by(sha256)
        .order_by(sha256)
    )
    return tuple(Content(str(row[0]), int(row[1] or 0), bool(row[2])) for row in connection.execute(query))
