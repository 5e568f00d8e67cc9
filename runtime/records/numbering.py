"""Numbers of records: taken from counters in the writer's own transaction, so that none comes twice."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from runtime.fields.pattern import numbered
from runtime.records.pattern import Pattern
from runtime.records.plan import ModulePlan
from runtime.records.work import Batch, Work


def number(batch: Batch, works: list[Work]) -> None:
    """Give the new records their numbers: one statement for each numbered field.

    ``works`` are of one module.
    """
    plan = works[0].plan
    for key in sorted(plan.numbers):
        pattern = plan.numbers[key]
        _step_over(batch, pattern, plan, key, works)
        waiting = [work for work in works if work.is_new and not work.values.get(key)]
        if waiting:
            first = batch.tx.next_numbers(_counter(pattern, plan, key, batch.today), len(waiting))
            for count, work in enumerate(waiting, first):
                work.values[key] = numbered(pattern.format, count, batch.today)


def _counter(pattern: Pattern, plan: ModulePlan, key: str, day: date) -> str:
    # By the names in the database, which stay: a rename begins no new count, and whoever still writes under
    # the names of before takes from the same.
    return pattern.counter(plan.table.table.name, plan.table.columns[key][0].name, day)


def _step_over(batch: Batch, pattern: Pattern, plan: ModulePlan, key: str, works: list[Work]) -> None:
    # An import may bring numbers along: the counters are set beyond them, so that none of them is given
    # again.
    highest: dict[str, int] = {}
    for text in _given(key, works):
        found = pattern.read(text)
        if found is not None:
            counter = _counter(pattern, plan, key, found[1])
            highest[counter] = max(found[0], highest.get(counter, 0))
    if not highest:
        return
    counters = batch.plans.workplace.tables.counters
    statement = select(counters.c.key, counters.c.value).where(counters.c.key.in_(sorted(highest)))
    standing = dict(batch.tx.connection.execute(statement).all())
    for counter in sorted(highest):
        behind = highest[counter] - standing.get(counter, 0)
        if behind > 0:
            batch.tx.next_numbers(counter, behind)


def _given(key: str, works: list[Work]) -> Iterator[str]:
    return (str(work.values[key]) for work in works if work.values.get(key))
