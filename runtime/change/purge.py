"""Purging: what is retired, parked or set aside is really dropped, in one transaction.

Nothing of it is used by the applied revision (:mod:`runtime.change.remains` lists it). The purge is a
revision of its own, with the text of the one before: its names and its shape lack what was dropped, and a
physical name is never given again, so a rollback past that point knows what it cannot give back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlalchemy import Connection, delete, select

from runtime.base.clock import Clock
from runtime.change.compare import Pair
from runtime.change.locking import again_while_busy, applying, lock_configuration, stop_writers
from runtime.change.quarantine import quarantine
from runtime.change.remains import QUARANTINE, Remain, columns_of, remains_of
from runtime.change.revisions import (
    Revision,
    history,
    next_number,
    open_applied,
    read_shape,
    write_revision,
)
from runtime.storage.database import Database
from runtime.storage.dropping import drop_columns, drop_table
from runtime.storage.inspect import inspect
from runtime.storage.runtime_tables import runtime_tables


class PurgeError(Exception):
    """Nothing was purged, for this reason; ``is_used`` says that something is in use."""

    def __init__(self, sentence: str, is_used: bool = False) -> None:
        super().__init__(sentence)
        self.is_used = is_used


@dataclass(frozen=True, slots=True)
class Purged:
    """What is gone, and the revision that says so."""

    revision: int
    remains: tuple[Remain, ...]


def chosen(now: Revision, remains: Sequence[Remain], only: Collection[str]) -> list[Remain]:
    """What these names are of; everything without names. With a module go the fields that point at it.

    Raises :class:`PurgeError` when a name is of something that is used, or of nothing.
    """
    known = {each.name for each in remains}
    for name in only:
        if name not in known:
            raise _why_not(now, name)
    wanted = set(only or known)
    modules = {each.pair[0] for each in remains if each.name in wanted and each.pair[0] and not each.pair[1]}
    for each in remains:
        module, key = each.pair
        if key and modules & set(now.shape.modules[module].fields[key].targets):
            wanted.add(each.name)
    return [each for each in remains if each.name in wanted]


def purge(
    database: Database,
    clock: Clock,
    by: str | None,
    only: Collection[str] = (),
    base: int | None = None,
    message: str = "Purged.",
) -> Purged | None:
    """Drop what these names are of, everything without names; None when there is nothing.

    ``base`` is the revision that somebody saw the list of. Raises :class:`PurgeError`.
    """
    with applying(database):
        return again_while_busy(lambda: _purge(database, clock, by, only, base, message))


def _purge(
    database: Database, clock: Clock, by: str | None, only: Collection[str], base: int | None, message: str
) -> Purged | None:
    with database.rebuild() as tx:
        connection = tx.connection
        lock_configuration(connection, database.schema)
        stop_writers(connection)
        now = open_applied(connection, database.schema)
        if now is None:
            raise PurgeError("Nothing is applied to the database yet, so nothing is left of it.")
        if base is not None and base != now.number:
            raise PurgeError(
                f"The applied revision was {base} and is {now.number} now: look at the list again."
            )
        gone = chosen(now, remains_of(connection, now, inspect(connection, database.schema)), only)
        if not gone:
            return None
        _drop(connection, now, gone)
        number = next_number(connection)
        left = without(now, [each.pair for each in gone if each.pair[0]])
        steps = [
            {"what": f"Purge {each.what}.", "safety": "lossy", "rows": each.rows, "at": None} for each in gone
        ]
        entry = history(connection, 1, schema=database.schema)[0]
        write_revision(
            connection,
            replace(left, number=number),
            entry.title,
            entry.version,
            steps,
            clock.now(),
            by,
            message,
        )
    return Purged(number, tuple(gone))


def expire(database: Database, clock: Clock) -> Purged | None:
    """Drop the parked columns that were kept long enough; None when there are none, which costs one look."""
    with database.read() as connection:
        shape = read_shape(connection)
    over = [
        f"{module}.{key}"
        for module, each in shape.modules.items()
        for key, field in each.fields.items()
        if field.parked_until is not None and field.parked_until < clock.now() and "@" in key
    ]
    if not over:
        return None
    return purge(database, clock, None, over, message="Parked values were kept long enough.")


def without(now: Revision, gone: Collection[Pair]) -> Revision:
    """The revision without modules and fields that are gone; their physical names are spent."""
    modules = {key for key, field in gone if not field}
    names = now.names

    def stays(pair: Pair) -> bool:
        return pair not in gone and pair[0] not in modules

    spent = {names.tables[each] for each in modules} | {names.searches[each] for each in modules}
    spent |= {link for pair, link in names.links.items() if not stays(pair)}
    spent |= {
        f"{names.tables[pair[0]]}.{column}" for pair, column in names.columns.items() if not stays(pair)
    }
    shapes = {
        key: replace(each, fields={name: field for name, field in each.fields.items() if stays((key, name))})
        for key, each in now.shape.modules.items()
        if key not in modules
    }
    left = replace(
        names,
        tables=MappingProxyType({key: name for key, name in names.tables.items() if key not in modules}),
        columns=MappingProxyType({pair: name for pair, name in names.columns.items() if stays(pair)}),
        links=MappingProxyType({pair: name for pair, name in names.links.items() if stays(pair)}),
        searches=MappingProxyType({key: name for key, name in names.searches.items() if key not in modules}),
        spent=names.spent | spent,
    )
    return replace(now, names=left, shape=replace(now.shape, modules=shapes))


def _why_not(now: Revision, name: str) -> PurgeError:
    module, _, key = name.partition(".")
    shape = now.shape.modules.get(module)
    if shape is not None and (not key or key in shape.fields):
        used = f"{name} is used by revision {now.number}, which is applied; nothing was purged."
        return PurgeError(used, is_used=True)
    return PurgeError(f"There is nothing to purge that is called {name}; nothing was purged.")


def _drop(connection: Connection, now: Revision, gone: Sequence[Remain]) -> None:
    names, modules = now.names, {each.pair[0] for each in gone if each.pair[0] and not each.pair[1]}
    columns: dict[str, list[str]] = {}
    for each in gone:
        module, key = each.pair
        if key and module not in modules:
            name, found = columns_of(names, each.pair, now.shape.modules[module].fields[key])
            if found:
                columns.setdefault(name, []).extend(found)
            else:
                drop_table(connection, name)
    for name, found in columns.items():
        drop_columns(connection, name, found)
    for module in modules:
        _drop_module(connection, now, module)
    if any(each.name == QUARANTINE for each in gone):
        connection.execute(delete(quarantine()))


def _drop_module(connection: Connection, now: Revision, module: str) -> None:
    """Drop its records and links, and whatever users keep of them; the change log stays."""
    name = now.names.tables[module]
    for (owner, _), link in now.names.links.items():
        if owner == module:
            drop_table(connection, link)
    drop_table(connection, now.names.searches[module])
    drop_table(connection, name)
    own = runtime_tables()
    for each in (own.recent, own.favourites, own.chosen_columns, own.default_filters, own.quarantine):
        connection.execute(delete(each).where(each.c.module == name))
    mine = select(own.saved_filters.c.id).where(own.saved_filters.c.module == name)
    connection.execute(delete(own.filter_shares).where(own.filter_shares.c.filter_id.in_(mine)))
    connection.execute(delete(own.saved_filters).where(own.saved_filters.c.module == name))
