"""What one save has written, by module and field: which records changed in it, and whom they pointed at
before.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from runtime.expressions.reaches import THERE
from runtime.model.values import Pointer
from runtime.records.deletion import Deletion
from runtime.records.following import CREATED, RESTORED, Name
from runtime.records.restore import Restoring
from runtime.records.work import Batch, Work

STAMPED = ("version", "updated_at", "updated_by")
"""What every write of a record changes."""


@dataclass(slots=True)
class Changed:
    """The records that changed in one field, and what they pointed at before, where it points."""

    ids: set[int] = field(default_factory=set)
    former: set[int] = field(default_factory=set)


class Written:
    """What is known of a save so far.

    ``worked`` are the records whose own computed fields the save itself has worked out, ``carried`` the rows
    that were saved with their parent.
    """

    def __init__(self) -> None:
        self.worked: set[int] = set()
        self.carried: set[int] = set()
        self._changed: dict[Name, Changed] = {}

    def add(self, module: str, key: str, ids: Iterable[int], former: Iterable[int] = ()) -> None:
        """Records of a module changed in a field."""
        changed = self._changed.setdefault((module, key), Changed())
        changed.ids.update(ids)
        changed.former.update(former)

    def stamp(self, module: str, ids: Collection[int]) -> None:
        """Records of a module were written, whatever of them."""
        if ids:
            for key in STAMPED:
                self.add(module, key, ids)

    def __iter__(self) -> Iterator[tuple[Name, Changed]]:
        return iter(self._changed.items())


def written_by(
    batch: Batch, deletion: Deletion, restoring: Restoring, touched: Iterable[tuple[str, Collection[int]]]
) -> Written:
    """What a save writes; ``touched`` are the records, by module, that were only stamped."""
    written = Written()
    for work in batch.all():
        _add_work(written, work)
    written.carried.update(removal.id for removal in batch.removals)
    for module, doomed in deletion.doomed.items():
        _add_turned(written, module, doomed)
    for emptied in deletion.emptied:
        written.add(emptied.plan.key, emptied.field.key, [emptied.id], [emptied.target])
        written.stamp(emptied.plan.key, [emptied.id])
    for returning in restoring.returning.values():
        _add_turned(written, returning.plan.key, [returning.id])
        written.add(returning.plan.key, RESTORED, [returning.id])
    for again in restoring.refilled:
        written.add(again.plan.key, again.field.key, [again.id])
        written.stamp(again.plan.key, [again.id])
    for returning, pointer in restoring.cleared:
        written.add(returning.plan.key, pointer.key, [returning.id], _ids(returning.values[pointer.key]))
    for module, ids in touched:
        written.stamp(module, ids)
    return written


def _add_work(written: Written, work: Work) -> None:
    module = work.plan.key
    if work.is_new:
        written.add(module, THERE, [work.id])
        written.add(module, CREATED, [work.id])
    elif not (work.changed or work.links or work.touched):
        return
    written.worked.add(work.id)
    if work.parent is not None:
        written.carried.add(work.id)
    written.stamp(module, [work.id])
    if work.old is None:
        return
    for key in work.changed:
        written.add(module, key, [work.id], _ids(work.old.get(key)))
    for key, change in work.links.items():
        written.add(module, key, [work.id], change.removed)


def _add_turned(written: Written, module: str, ids: Iterable[int]) -> None:
    # Into the bin, or out of it.
    known = list(ids)
    written.add(module, THERE, known)
    written.add(module, "deleted_at", known)
    written.stamp(module, known)


def _ids(value: object) -> list[int]:
    if isinstance(value, Pointer):
        return [value.id]
    return [value] if type(value) is int else []
