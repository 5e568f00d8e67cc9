"""Neighbours: the records that hang on others, seen from the records which a save writes.

A workflow may look at what hangs on its record. So from a record that is written, deleted or brought back,
its owners are found: those it hung on before the save, and those it hangs on by now. One statement for each
collection that is looked at, and none for relations and rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from runtime.model.catalog import Collection
from runtime.model.values import Pointer
from runtime.model.workflow import CREATED, DELETED, LINKED, RESTORED, UNLINKED
from runtime.records.among import among
from runtime.records.stored import links_of
from runtime.records.watching import watched_module
from runtime.records.work import Batch, Work

Ids = frozenset[int]
NOBODY: Ids = frozenset()


@dataclass(frozen=True, slots=True)
class Happened:
    """A record, and what happened to it."""

    work: Work
    what: str


@dataclass(frozen=True, slots=True)
class Owners:
    """The records that one hung on, and hangs on now."""

    before: Ids
    after: Ids

    def of(self, on: Iterable[str], what: str) -> Ids:
        """Those for which something of this has happened, where ``what`` happened to the one."""
        found: set[int] = set()
        for each in on:
            if each == LINKED:
                found |= self.after - self.before
            elif each == UNLINKED:
                found |= self.before - self.after
            elif each == what:
                found |= self.before | self.after
        return frozenset(found)


def owners_of(
    batch: Batch, collection: Collection, on: Iterable[str], happened: Sequence[Happened]
) -> Iterator[tuple[Happened, Ids]]:
    """For which records something has happened that is looked at, each with what."""
    if collection.kind == "links" and watched_module(collection, on) == collection.module:
        yield from _of_own_links(collection, on, happened)
        return
    linked = _links(batch, collection, happened) if collection.kind in ("linked", "links") else {}
    for each in happened:
        if collection.kind in ("linked", "links"):
            owners = linked[each.work.id]
        else:
            key = "parent" if collection.kind == "rows" else collection.via
            owners = _pointed(each, key, collection.module)
        yield each, owners.of(on, each.what)


def _of_own_links(
    collection: Collection, on: Iterable[str], happened: Sequence[Happened]
) -> Iterator[tuple[Happened, Ids]]:
    """A record's own links: it is told of itself."""
    for each in happened:
        change = each.work.links.get(collection.via)
        if change is None:
            continue
        before, after = ({link.id for link in links} for links in (change.before, change.after))
        is_hit = (LINKED in on and bool(after - before)) or (UNLINKED in on and bool(before - after))
        yield each, frozenset([each.work.id]) if is_hit else NOBODY


def _pointed(each: Happened, key: str, module: str) -> Owners:
    work = each.work
    held = _ids([work.old.get(key)], module) if work.old is not None else NOBODY
    holds = _ids([work.parent.id if key == "parent" and work.parent is not None else work.get(key)], module)
    return _turned(each.what, held, holds)


def _links(batch: Batch, collection: Collection, happened: Sequence[Happened]) -> Mapping[int, Owners]:
    """The links of the records, from whichever side they are kept."""
    ids = [each.work.id for each in happened]
    now: dict[int, Ids] = {}
    if collection.kind == "linked":
        field = batch.plans[collection.target].fields[collection.via]
        links = links_of(batch.tx.connection, field, ids, batch.dialect)
        now = {source: frozenset(link.id for link in found) for source, found in links.items()}
    else:
        table = batch.plans[collection.module].fields[collection.via].link
        assert table is not None
        query = select(table.c.source_id, table.c.target_id).where(
            among(table.c.target_id, ids, batch.dialect)
        )
        for source, target in batch.tx.connection.execute(query):
            now[target] = now.get(target, NOBODY) | {source}
    found = {}
    for each in happened:
        holds = now.get(each.work.id, NOBODY)
        change = each.work.links.get(collection.via) if collection.kind == "linked" else None
        held = frozenset(link.id for link in change.before) if change is not None else holds
        found[each.work.id] = _turned(each.what, held, holds)
    return found


def _turned(what: str, held: Ids, holds: Ids) -> Owners:
    """What hung where, for a record that came or went."""
    if what == DELETED:
        return Owners(held, NOBODY)
    return Owners(NOBODY if what in (CREATED, RESTORED) else held, holds)


def _ids(values: Iterable[object], module: str) -> Ids:
    found = set()
    for value in values:
        if isinstance(value, Pointer):
            if value.module == module:
                found.add(value.id)
        elif isinstance(value, int):
            found.add(value)
    return frozenset(found)
