"""Revisions: the configurations that were applied, kept as text, so that each process serves the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, null, select, text

from runtime.change.shape import Shape
from runtime.language.packs import LayerFiles
from runtime.model.catalog import Layer
from runtime.model.renames import Renames
from runtime.storage.names import Names
from runtime.storage.runtime_tables import RuntimeTables, runtime_tables

NOTHING = Renames()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history of a site."""

    number: int
    hash: str
    title: str
    version: str
    applied_at: datetime
    applied_by: str | None
    message: str | None
    steps: tuple[Mapping[str, Any], ...]
    back_to: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """An applied configuration. ``layers`` have the text of every file, lowest first and without the
    system's own, which comes with the program; ``names`` are the physical names, ``hash`` the catalog's.
    """

    number: int
    hash: str
    layers: tuple[LayerFiles, ...]
    names: Names
    shape: Shape


def is_set_up(connection: Connection, schema: str = "public") -> bool:
    """Whether a runtime has set this database up, or on PostgreSQL this schema of it."""
    if connection.dialect.name == "postgresql":
        query = "SELECT 1 FROM pg_tables WHERE schemaname = :schema AND tablename = 'trellis_revisions'"
        return connection.execute(text(query), {"schema": schema}).first() is not None
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trellis_revisions'"
    return connection.execute(text(query)).first() is not None


def latest_number(connection: Connection) -> int:
    """The number of the applied revision, 0 when there is none yet, in one cheap statement; for a database
    that is set up.
    """
    found = connection.execute(text("SELECT max(id) FROM trellis_revisions")).scalar()
    return int(found or 0)


def open_applied(connection: Connection, schema: str = "public") -> Revision | None:
    """The applied revision with all its text; None when the database has none.

    ``load_sources(revision.layers, …)`` makes its catalog again. Where that catalog's hash is not the
    revision's, the program's own layer has changed since: apply it, and the database follows.
    """
    if not is_set_up(connection, schema):
        return None
    number = latest_number(connection)
    return read_revision(connection, number) if number else None


def read_revision(connection: Connection, number: int) -> Revision:
    """A revision by its number. Raises KeyError when there is none."""
    tables = _tables()
    table = tables.revisions  # not all of its columns: an older database may lack some
    columns = (table.c.id, table.c.hash, table.c.layers, table.c.names, table.c.shape)
    row = connection.execute(select(*columns).where(table.c.id == number)).first()
    if row is None:
        raise KeyError(f"There is no revision {number}.")
    return _revision(row, _files(connection, tables, number))


def history(
    connection: Connection, limit: int | None = None, before: int | None = None, schema: str = "public"
) -> list[Entry]:
    """The revisions, the newest first: at most so many, and only those before that number; for a database
    that is set up, be it by a version of the program that kept no messages.
    """
    table = _tables().revisions
    later = [
        table.c[name] if _has(connection, schema, name) else null().label(name)
        for name in ("message", "back_to")
    ]
    query = select(*_of_entry(table), *later, table.c.steps).order_by(table.c.id.desc())
    if before is not None:
        query = query.where(table.c.id < before)
    rows = connection.execute(query.limit(limit))
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    by, why, steps = row.applied_by, row.message, tuple(row.steps)
    return Entry(row.id, row.hash, row.title, row.version, row.applied_at, by, why, steps, row.back_to)


def rolled_back(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """Which of these revisions a later one has gone back over, each with the first that has; for a database
    that this version of the program has completed.
    """
    if not numbers:
        return {}
    table = _tables().revisions
    after = table.c.back_to.is_not(None) & (table.c.id > min(numbers)) & (table.c.back_to < max(numbers))
    rows = connection.execute(select(table.c.id, table.c.back_to).where(after).order_by(table.c.id)).all()
    found = {
        number: next((each for each, back_to in rows if back_to < number < each), 0) for number in numbers
    }
    return {number: by for number, by in found.items() if by}


def _of_entry(table: Table) -> tuple[Column[Any], ...]:
    c = table.c
    return (c.id, c.hash, c.title, c.version, c.applied_at, c.applied_by)


def _has(connection: Connection, schema: str, name: str) -> bool:
    if connection.dialect.name == "sqlite":
        query = "SELECT 1 FROM pragma_table_info('trellis_revisions') WHERE name = :name"
        return connection.execute(text(query), {"name": name}).first() is not None
    query = (
        "SELECT 1 FROM information_schema.columns"
        " WHERE table_schema = :schema AND table_name = 'trellis_revisions' AND column_name = :name"
    )
    return connection.execute(text(query), {"schema": schema, "name": name}).first() is not None


def read_shape(connection: Connection) -> Shape:
    """The shape of the applied revision, without all its text; for a database that is set up."""
    table = _tables().revisions
    found = connection.execute(select(table.c.shape).order_by(table.c.id.desc()).limit(1)).scalar()
    return Shape() if found is None else Shape.from_json(found)


def read_names(connection: Connection, number: int) -> Names:
    """The physical names of a revision, without all its text. Raises KeyError when there is none."""
    table = _tables().revisions
    found = connection.execute(select(table.c.names).where(table.c.id == number)).scalar()
    if found is None:
        raise KeyError(f"There is no revision {number}.")
    return Names.from_json(found)


def write_revision(
    connection: Connection,
    revision: Revision,
    title: str,
    version: str,
    steps: Sequence[Mapping[str, Any]],
    applied_at: datetime,
    applied_by: str | None,
    message: str | None = None,
    back_to: int | None = None,
    renames: Renames = NOTHING,
) -> None:
    """Keep a revision, in the transaction that carries it out; ``message`` says why, ``back_to`` is the one
    that it goes back to, and ``renames`` what it calls otherwise than the one before.
    """
    tables = _tables()
    connection.execute(
        insert(tables.revisions).values(
            id=revision.number,
            hash=revision.hash,
            title=title,
            version=version,
            layers=[_layer_json(each.layer) for each in revision.layers],
            names=revision.names.to_json(),
            shape=revision.shape.to_json(),
            renames=renames.to_json() or None,
            steps=list(steps),
            applied_at=applied_at,
            applied_by=applied_by,
            message=message,
            back_to=back_to,
        )
    )
    files = [
        {"revision_id": revision.number, "name": f"{place}/{name}", "text": content}
        for place, each in enumerate(revision.layers)
        for name, content in each.files.items()
    ]
    if files:
        connection.execute(insert(tables.revision_files), files)


def next_number(connection: Connection) -> int:
    """The number of the revision that comes next."""
    return int(connection.execute(select(func.max(_tables().revisions.c.id))).scalar() or 0) + 1


def _revision(row: Any, files: Mapping[int, Mapping[str, str]]) -> Revision:
    layers = tuple(
        LayerFiles(Layer(**layer), MappingProxyType(dict(files.get(place, {}))))
        for place, layer in enumerate(row.layers)
    )
    return Revision(row.id, row.hash, layers, Names.from_json(row.names), Shape.from_json(row.shape))


def _files(connection: Connection, tables: RuntimeTables, number: int) -> Mapping[int, Mapping[str, str]]:
    table = tables.revision_files
    found: dict[int, dict[str, str]] = {}
    rows = connection.execute(select(table.c.name, table.c.text).where(table.c.revision_id == number))
    for name, content in sorted(tuple(row) for row in rows):
        place, _, path = name.partition("/")
        found.setdefault(int(place), {})[path] = content
    return found


def _layer_json(layer: Layer) -> dict[str, str]:
    return {"name": layer.name, "title": layer.title, "version": layer.version, "folder": layer.folder}


def _tables() -> RuntimeTables:
    return runtime_tables()
