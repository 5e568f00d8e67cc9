"""Guards: checks that also hold of records which are not saved themselves, when what they count changes."""

from collections.abc import Sequence

from runtime.base.messages import Message, message
from runtime.records.following import Guard
from runtime.records.work import Batch
from runtime.records.written import Written
from runtime.storage.walking import Walk

MOST = 10_000
"""So many records are looked at for one save."""


class GuardError(Exception):
    """A save would break a check of another record; it is to be taken back."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def hold(batch: Batch, written: Written) -> None:
    """Hold the guards of every record that what was written leads to; raises :class:`GuardError`.

    Two statements for each guard that looks at something of it.
    """
    found: dict[tuple[str, str], dict[object, tuple[Guard, set[int], set[int]]]] = {}
    for (module, key), changed in written:
        for guard in batch.plans.guards.of(module, key):
            ways = found.setdefault((guard.module, guard.check.key), {})
            place = tuple(hop.key for hop in guard.way)
            _, ids, former = ways.setdefault(place, (guard, set(), set()))
            ids.update(changed.ids)
            if guard.way and guard.way[-1].hangs_by == (module, key):
                former.update(changed.former)
    for ways in found.values():
        walks = [Walk(each.way, frozenset(ids), frozenset(former)) for each, ids, former in ways.values()]
        _hold(batch, next(iter(ways.values()))[0], walks)


def _hold(batch: Batch, guard: Guard, walks: Sequence[Walk]) -> None:
    connection, recomputing = batch.tx.connection, batch.plans.recomputing
    checked = {work.id for work in batch.works.get(guard.module, ())}
    reached = recomputing.reached(connection, guard.module, walks, MOST)
    ids = [each for each in reached if each not in checked]
    if ids and recomputing.breaking(connection, guard.module, guard.check.condition, ids, 1):
        raise GuardError(message("{reason}", reason=guard.check.message))
