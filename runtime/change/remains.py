"""What is left of earlier revisions: retired modules and fields, parked columns, what was overwritten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnClause, Connection, column, func, or_, select, table, text

from runtime.change.compare import Pair
from runtime.change.quarantine import quarantine
from runtime.change.revisions import Revision
from runtime.change.shape import FieldShape, Shape
from runtime.change.way_back import Place, places, standing
from runtime.storage.inspect import Live
from runtime.storage.names import Names, suffixed
from runtime.storage.runtime_tables import runtime_tables

BATCH = 20
"""So many revisions are read at a time."""
QUARANTINE = "quarantine"
"""What the cells that were set aside are called, all of them together."""


@dataclass(frozen=True, slots=True)
class Remain:
    """One thing that may be purged. ``name`` is what it is called on the command line; ``since`` the revision
    from which on it is not used, ``rows`` how many records have something in it, ``size`` its bytes where the
    database knows them, ``until`` when it goes by itself.

    ``pair`` is the module's key and the field's; the field's is '' for a whole module, and both are for what
    was set aside.
    """

    name: str
    what: str
    since: int
    rows: int
    pair: Pair
    size: int | None = None
    until: datetime | None = None


def remains_of(connection: Connection, now: Revision, live: Live) -> list[Remain]:
    """Everything that the applied revision does not use."""
    since = _since(connection, now)
    found = [*_modules(connection, now, live, since), *_fields(connection, now, live, since)]
    return [*found, *_set_aside(connection)]


def columns_of(names: Names, pair: Pair, shape: FieldShape) -> tuple[str, list[str]]:
    """The table of a field and the names of its columns; the table of its links, and none."""
    if pair in names.links:
        return names.links[pair], []
    base = names.columns.get(pair)
    if base is None:
        return names.tables[pair[0]], []
    return names.tables[pair[0]], [suffixed(base, suffix) for suffix, _ in shape.stored]


def _modules(
    connection: Connection, now: Revision, live: Live, since: Mapping[Place, int]
) -> Iterator[Remain]:
    for key, shape in now.shape.modules.items():
        name = now.names.tables.get(key)
        if shape.retired and name is not None and live.has(name):
            rows = _rows(connection, name, ())
            began = max((since.get(each, 1) for each in since if each[0] == name), default=1)
            yield Remain(key, f"the retired module {key}", began, rows, (key, ""), _size(connection, name))


def _fields(
    connection: Connection, now: Revision, live: Live, since: Mapping[Place, int]
) -> Iterator[Remain]:
    at = places(now.names)
    for module, whole in now.shape.modules.items():
        for key, shape in whole.fields.items():
            if whole.retired or not shape.retired or (module, key) not in at:
                continue
            name, columns = columns_of(now.names, (module, key), shape)
            if not live.has(name):
                continue
            is_parked = "@" in key
            what = f"the {'parked values' if is_parked else 'retired field'} {module}.{key} ({shape.type})"
            size = None if columns else _size(connection, name)
            rows = _rows(connection, name, columns)
            began = since.get(at[module, key], 1)
            yield Remain(f"{module}.{key}", what, began, rows, (module, key), size, shape.parked_until)


def _set_aside(connection: Connection) -> Iterator[Remain]:
    kept = quarantine()
    wanted = (kept.c.revision_id, kept.c.module, kept.c.field)
    counts = select(*wanted, func.count(), func.max(kept.c.kept_until)).group_by(*wanted).order_by(*wanted)
    for revision, module, field, rows, until in connection.execute(counts):
        what = f"what revision {revision} has overwritten in {module}.{field}"
        if not field:
            what = f"which records of {module} revision {revision} has made"
        yield Remain(QUARANTINE, what, revision, rows, ("", ""), None, until)


def _since(connection: Connection, now: Revision) -> dict[Place, int]:
    """From which revision on each column is not used; only those that are not."""
    at = places(now.names)
    used = {at[each] for each in standing(now.shape) if each in at}
    unused = set(at.values()) - used
    found: dict[Place, int] = {}
    for number, names, shape in _earlier(connection, now.number):
        if not unused:
            break
        then = places(names)
        for each in standing(shape):
            if (place := then.get(each)) in unused and place is not None:
                found[place] = number + 1
                unused.discard(place)
    return found


def _earlier(connection: Connection, number: int) -> Iterator[tuple[int, Names, Shape]]:
    """The revisions before one, the newest first; a few at a time."""
    own = runtime_tables().revisions
    wanted = select(own.c.id, own.c.names, own.c.shape).order_by(own.c.id.desc()).limit(BATCH)
    while rows := connection.execute(wanted.where(own.c.id < number)).all():
        for number, names, shape in rows:
            yield number, Names.from_json(names), Shape.from_json(shape)


def _rows(connection: Connection, name: str, columns: Sequence[str]) -> int:
    parts: list[ColumnClause[Any]] = [column(each) for each in columns]
    counted = select(func.count()).select_from(table(name, *parts))
    if parts:
        counted = counted.where(or_(*(part.is_not(None) for part in parts)))
    return int(connection.execute(counted).scalar_one())


def _size(connection: Connection, name: str) -> int | None:
    if connection.dialect.name != "postgresql":
        return None
    quote = connection.dialect.identifier_preparer.quote
    size = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
    return int(connection.execute(size, {"name": quote(name)}).scalar_one())
