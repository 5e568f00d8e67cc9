"""The way back to a revision: where its columns are now, and which revisions' doings are undone.

Physical names are given once, so they say where a field of that revision is now, whatever happened to it
since: it was renamed, retired, or another kind of values came and its own column was parked. Nothing needs to
be known of what the changes in between were.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, select

from runtime.change.compare import Pair, moved, names_moved, parked_key
from runtime.change.revisions import Revision, read_names
from runtime.change.shape import Shape
from runtime.storage.names import MODULES, Names
from runtime.storage.runtime_tables import runtime_tables

Place = tuple[str, str]
"""A table and the name of a field's first column; or a table of links and ''."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A field that takes up again the column it had. ``edits`` are the revisions since it was parked, each
    with the module and the key under which people wrote in its place.
    """

    now: Pair
    then: Pair
    edits: Mapping[int, Pair] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WayBack:
    """How to come to a revision from the applied one.

    ``path`` are the revisions that people wrote under since, the newest first, and ``undone`` those whose own
    doings are undone: what was rolled back already is neither. ``moves`` bring each key's physical name to
    the key of then, and ``purged`` are the fields whose column is no more.
    """

    to: Revision
    path: tuple[int, ...]
    undone: tuple[int, ...]
    moves: Mapping[Pair, Pair]
    taken: tuple[Taken, ...]
    purged: tuple[Pair, ...]


def way_back(connection: Connection, now: Revision, to: Revision) -> WayBack:
    """Find the way. It reads names of the revisions in between only where a column was parked."""
    path, undone = _path(connection, to.number)
    at = places(to.names)
    then = {each: at[each] for each in standing(to.shape) if each in at}
    holders = {place: each for each, place in places(now.names).items()}
    moves, purged = _moves(then, holders, now.names)
    names: dict[int, Names] = {}
    taken = tuple(
        Taken(holders[place], each, _edits(connection, path, place, names))
        for each, place in then.items()
        if place in holders and "@" in holders[place][1]
    )
    return WayBack(to, path, undone, moves, taken, purged)


def gone_back(now: Revision, way: WayBack) -> Revision:
    """The applied revision with everything under the keys of then; what has no place there is parked."""
    shape = moved(now.shape, way.moves)
    aside = {each for each in way.moves.values() if "@" in each[1]}
    modules = dict(shape.modules)
    for module in {module for module, _ in aside}:
        fields = {
            key: replace(each, retired=True) if (module, key) in aside else each
            for key, each in modules[module].fields.items()
        }
        modules[module] = replace(modules[module], fields=fields)
    names = replace(names_moved(now.names, way.moves), values=_stored_then(now.names, way.to))
    return replace(now, shape=replace(shape, modules=modules), names=names)


def _stored_then(now: Names, to: Revision) -> dict[str, dict[str, str]]:
    """What is stored for values: for those of then what it was, though they were merged since."""
    found: dict[str, dict[str, str]] = {}
    for picklist in {*now.values, *to.names.values}:
        known = to.names.tables if picklist == MODULES else to.shape.picklists.get(picklist, ())
        later = {key: name for key, name in now.values.get(picklist, {}).items() if key not in known}
        found[picklist] = {**later, **to.names.values.get(picklist, {})}
    return found


def _path(connection: Connection, to: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    table = runtime_tables().revisions
    rows = connection.execute(
        select(table.c.id, table.c.back_to).where(table.c.id > to).order_by(table.c.id.desc())
    )
    path: list[int] = []
    undone: list[int] = []
    below: int | None = None
    for number, back_to in rows:
        if below is not None and number > below:
            continue
        path.append(number)
        if back_to is not None and back_to >= to:
            below = back_to
        else:
            undone.append(number)
    return tuple(path), tuple(undone)


def standing(shape: Shape) -> Iterator[Pair]:
    """The fields that are in use."""
    for module, each in shape.modules.items():
        if not each.retired:
            yield from ((module, key) for key, found in each.fields.items() if not found.retired)


def places(names: Names) -> dict[Pair, Place]:
    """Where the values of each field are."""
    found = {each: (names.tables[each[0]], column) for each, column in names.columns.items()}
    found.update({each: (link, "") for each, link in names.links.items()})
    return found


def _moves(
    then: Mapping[Pair, Place], holders: Mapping[Place, Pair], names: Names
) -> tuple[dict[Pair, Pair], tuple[Pair, ...]]:
    wanted = {holders[place]: each for each, place in then.items() if place in holders}
    moves = {now: each for now, each in wanted.items() if now != each}
    taken = {*names.columns, *names.links, *moves.values()}
    for each in set(moves.values()):
        if each in holders.values() and each not in moves:
            aside = (each[0], parked_key(each[1], {key for module, key in taken if module == each[0]}))
            taken.add(aside)
            moves[each] = aside
    return moves, tuple(each for each, place in then.items() if place not in holders)


def _edits(
    connection: Connection, path: tuple[int, ...], place: Place, names: dict[int, Names]
) -> dict[int, Pair]:
    """The revisions since a column was parked, with the key that people have written under since."""
    found: dict[int, Pair] = {}
    for number in path:
        if number not in names:
            names[number] = read_names(connection, number)
        holder = next((each for each, at in places(names[number]).items() if at == place), None)
        if holder is None or "@" not in holder[1]:
            break
        found[number] = (holder[0], holder[1].partition("@")[0])
    return found
