"""The change log told again: page after page from a moment on, or all that happened to some records."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from runtime.model.workflow import DELETED, RESTORED
from runtime.records.among import among
from runtime.records.base import Workplace
from runtime.records.plan import FieldPlan, ModulePlan

Sources = Mapping[int, frozenset[int]]
"""The records that link to each of some others."""


class LogTold:
    """Reads its rows on one connection, by the names of now."""

    def __init__(self, connection: Connection, workplace: Workplace) -> None:
        self._connection = connection
        self._former = workplace.former
        self._dialect = workplace.tables.dialect
        self._log = workplace.tables.change_log
        self._sets = workplace.tables.change_sets

    def span(self, since: datetime) -> tuple[int, int]:
        """The ids between which everything since a moment lies: the first is left out. Ids grow with time."""
        sets, log = self._sets, self._log
        first = self._connection.execute(select(func.min(sets.c.id)).where(sets.c.at >= since)).scalar()
        last = self._connection.execute(select(func.max(log.c.id))).scalar() or 0
        return (last if first is None else int(first) - 1), int(last)

    def page(self, after: int, last: int, since: datetime, most: int) -> list[Any]:
        """What happened to which record, the oldest first. A save is not cut in two, unless it is larger
        than the page.
        """
        log, sets = self._log, self._sets
        found = self._connection.execute(
            select(log.c.id, log.c.module, log.c.record_id, log.c.change_set_id, sets.c.revision_id)
            .join(sets, sets.c.id == log.c.change_set_id)
            .where(log.c.id > after, log.c.id <= last, log.c.at >= since)
            .order_by(log.c.id)
            .limit(most)
        ).all()
        whole = [each for each in found if each.change_set_id != found[-1].change_set_id]
        return self._former.now(whole if len(found) == most and whole else found)

    def of_records(self, ids: Collection[int], after: int, most: int) -> list[Any]:
        """All that happened to some records behind a row of the log, the newest first."""
        log, sets = self._log, self._sets
        found = self._connection.execute(
            select(log, sets.c.revision_id, sets.c.door)
            .join(sets, sets.c.id == log.c.change_set_id)
            .where(among(log.c.record_id, ids, self._dialect), log.c.id > after)
            .order_by(log.c.id.desc())
            .limit(most)
        ).all()
        return self._former.now(found)

    def held_between(
        self,
        plan: ModulePlan,
        spans: Sequence[tuple[FieldPlan, object, object]],
        after: int,
        changed_after: int,
        most: int,
    ) -> list[int]:
        """A page of the records of a module, behind an id, that hold a value in one of these spans, or may
        have held one: that were changed behind a row of the log.
        """
        log, columns = self._log, plan.table.columns
        own = columns["id"][0]
        holding = [columns[field.key][0].between(first, last) for field, first, last in spans]
        changed = select(log.c.id).where(log.c.record_id == own, log.c.id > changed_after).exists()
        query = select(own).where(own > after, or_(*holding, changed)).order_by(own).limit(most)
        return list(self._connection.execute(query).scalars())

    def turning(self, change_sets: Collection[int]) -> set[int]:
        """Of these change sets, those that put records into the bin, or brought some back."""
        log = self._log
        mine = among(log.c.change_set_id, change_sets, self._dialect)
        turning = log.c.action.in_((DELETED, RESTORED))
        found = self._connection.execute(select(log.c.change_set_id).where(mine, turning).distinct())
        return set(found.scalars())

    def linking(self, field: FieldPlan, ids: Collection[int]) -> Sources:
        """Which records link to these today: the log is asked for no more than what a record was itself."""
        table = field.link
        assert table is not None
        query = select(table.c.source_id, table.c.target_id)
        found: dict[int, frozenset[int]] = {}
        for source, target in self._connection.execute(
            query.where(among(table.c.target_id, ids, self._dialect))
        ):
            found[target] = found.get(target, frozenset()) | {source}
        return found
