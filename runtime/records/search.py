"""Searching everywhere: the records of every module that somebody may read, found by a few typed words."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.catalog import Catalog
from runtime.records.access import Judge
from runtime.storage.lookup import Hits, Typed
from runtime.storage.query import Query
from runtime.storage.reader import Reader
from runtime.storage.searching import is_searched

SHORTEST = 2
"""Characters: less finds nothing, for it would find everything."""
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: the modules that have any, one with the very number first, then in the menu's order.

    ``unread`` are the modules that there was no time to look into.
    """

    found: tuple[Hits, ...]
    unread: tuple[str, ...] = ()


class Search:
    """Looks through one snapshot's modules, one bounded statement each, until the time is up."""

    def __init__(self, catalog: Catalog, reader: Reader, judge: Judge) -> None:
        self._catalog = catalog
        self._reader = reader
        self._judge = judge
        self._modules = tuple(_in_menu_order(catalog))

    def everywhere(
        self,
        connection: Connection,
        actor: Actor,
        moment: Moment,
        text: str,
        *,
        shown: int,
        cap: int = 100,
        seconds: float = 1.0,
    ) -> Findings:
        """The best ``shown`` records of each module; archived ones are left out."""
        typed = Typed.of(text[:LONGEST], actor.preferences.searches_beginnings)
        if len(typed.number) < SHORTEST:
            return Findings(())
        until = time.monotonic() + seconds
        found: list[Hits] = []
        unread: list[str] = []
        for module in self._modules:
            if not self._judge.may(actor, module, "read").allowed:
                continue
            if time.monotonic() > until:
                unread.append(module)
                continue
            query = Query(module, archived="no")
            hits = self._reader.look_up(connection, query, typed, moment, shown, cap)
            if hits.hits:
                found.append(hits)
        found.sort(key=lambda hits: hits.hits[0].number.upper() != typed.number.upper())
        return Findings(tuple(found), tuple(unread))


def _in_menu_order(catalog: Catalog) -> Iterator[str]:
    """The modules that have cards and a text to be found by."""
    named = [item.module for group in catalog.menu for item in group.items]
    for key in dict.fromkeys([*named, *catalog.modules]):
        module = catalog.modules[key]
        if module.parent is None and not module.system and is_searched(module):
            yield key
