"""Refs: records by what they are called, as pickers, quick filters and prefilled forms show them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.values import Ref
from runtime.records.access import Judge
from runtime.storage.query import Query
from runtime.storage.reader import Reader


class Refs:
    """Finds refs of records that the actor may read."""

    def __init__(self, reader: Reader, judge: Judge) -> None:
        self._reader = reader
        self._judge = judge

    def search(self, connection: Connection, query: Query, actor: Actor, moment: Moment) -> list[Ref]:
        """The records that a query finds, in its order; none where the actor may not read the module."""
        if not self._judge.may(actor, query.module, "read").allowed:
            return []
        ids = [row.id for row in self._reader.page(connection, query, moment).rows]
        titles = self._reader.titles(connection, query.module, ids, moment)
        return [Ref(query.module, each, titles[each]) for each in ids if each in titles]

    def several(
        self, connection: Connection, places: Sequence[tuple[str, int]], actor: Actor, moment: Moment
    ) -> list[Ref]:
        """Records of several modules, in the order of their places; those that may not be seen are left
        out.
        """
        ids: dict[str, list[int]] = {}
        for module, record_id in places:
            ids.setdefault(module, []).append(record_id)
        found: dict[tuple[str, int], Ref] = {}
        for module, wanted in ids.items():
            query = Query(module, limit=len(wanted), ids=tuple(wanted))
            found.update(((module, ref.id), ref) for ref in self.search(connection, query, actor, moment))
        return [found[place] for place in places if place in found]

    def one(
        self, connection: Connection, modules: Sequence[str], record_id: int, actor: Actor, moment: Moment
    ) -> Ref | None:
        """One record by its id, of whichever module it is; None when it is unknown or may not be seen."""
        for module in modules:
            query = Query(module, limit=1, ids=(record_id,))
            if found := self.search(connection, query, actor, moment):
                return found[0]
        return None
