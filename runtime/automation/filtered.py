"""The records that a filter finds, page by page, for steps that are done for each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runtime.automation.place import Snapshot
from runtime.identity.actor import Actor
from runtime.model.catalog import Path, SortKey
from runtime.model.workflow import Filtered
from runtime.steps.base import Page, Target
from runtime.storage.cursor import Place, list_mark, write_cursor
from runtime.storage.query import Query

FILTERED = 200
"""So many records are found at a time."""


class FilteredRecords:
    """See :class:`runtime.steps.base.Paged`. They come in the order they were made, up to the last one that
    there was at the beginning: what the steps themselves make is never among them, or there were no end.
    """

    def __init__(
        self,
        connection: Any,
        live: Snapshot,
        actor: Actor,
        filtered: Filtered,
        those: Callable[[Sequence[int]], Sequence[int]],
    ) -> None:
        """``those`` leaves out what a condition does not hold for; the ``actor`` is whose rights hold."""
        number = Path("id", (live.catalog.modules[filtered.module].record_fields["id"],))
        self._connection = connection
        self._reader = live.seen_by(actor).reader
        self._moment = live.moment(actor)
        self._module = filtered.module
        self._those = those
        self._query = Query(
            filtered.module,
            where=(filtered.where,) if filtered.where is not None else (),
            sort=(SortKey(number),),
            limit=FILTERED,
        )

    def page(self, kept: Mapping[str, Any]) -> Page:
        """The next page."""
        before = int(kept.get("count", 0))
        last = int(kept["last"]) if kept else self._last()
        found, is_end = self._ids(kept.get("after"), last)
        those = self._those(found)
        more = {"after": found[-1], "last": last, "count": before + len(those)} if not is_end else None
        return Page(tuple(Target(self._module, each) for each in those), before, more)

    def _ids(self, after: int | None, last: int) -> tuple[list[int], bool]:
        """The next records, and whether there are none behind them."""
        if not last:
            return [], True
        # The cursor is made of the record's id alone, so that it outlives a new name of the module.
        mark = list_mark(self._module, ["id"])
        cursor = write_cursor(Place(0, (), after), mark) if after is not None else None
        page = self._reader.page(self._connection, replace(self._query, after=cursor), self._moment)
        ids = [row.id for row in page.rows if row.id <= last]
        return ids, page.next is None or len(ids) < len(page.rows)

    def _last(self) -> int:
        """The record that was made last; 0 where there is none that whose rights hold may see."""
        newest = replace(self._query, sort=(replace(self._query.sort[0], descending=True),), limit=1)
        rows = self._reader.page(self._connection, newest, self._moment).rows
        return rows[0].id if rows else 0
