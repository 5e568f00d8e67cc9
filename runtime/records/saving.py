"""Saving: one call of the writer, and what it has found out so far."""

from dataclasses import dataclass, field

from runtime.records import deletion, restore
from runtime.records.deletion import Deletion, Doomed
from runtime.records.plan import ModulePlan
from runtime.records.restore import Restoring, Returning
from runtime.records.work import Batch


@dataclass(slots=True)
class Saving:
    """One call of the writer. ``doomed`` and ``returning`` are the records that were to be deleted and to be
    brought back, ``deletion`` and ``restoring`` all that happens with them. ``opened``: the change set is
    written.
    """

    batch: Batch
    doomed: list[tuple[ModulePlan, Doomed]] = field(default_factory=list)
    returning: list[Returning] = field(default_factory=list)
    deletion: Deletion = field(default_factory=Deletion)
    restoring: Restoring = field(default_factory=Restoring)
    change_set: int | None = None
    opened: bool = False

    def leave_out(self) -> None:
        """Leave out what was refused; all of it, when the batch is all or nothing."""
        batch = self.batch
        nothing = batch.atomic and any(asked.errors for asked in batch.asked)
        batch.drop_refused()
        deletion.leave_out_refused(self.deletion, nothing)
        restore.leave_out_refused(self.restoring, nothing)

    def anything(self) -> bool:
        """Whether anything is to be written."""
        return (
            any(work.is_new or work.changed or work.links or work.touched for work in self.batch.all())
            or any(self.deletion.doomed.values())
            or bool(self.restoring.returning)
        )

    def narrow(self, indexes: set[int]) -> None:
        """Keep what belongs to these changes."""
        batch = self.batch
        batch.works = {
            key: kept
            for key, works in batch.works.items()
            if (kept := [work for work in works if work.asked.index in indexes])
        }
        doomed = {
            module: {key: each for key, each in records.items() if each.asked.index in indexes}
            for module, records in self.deletion.doomed.items()
        }
        emptied = [each for each in self.deletion.emptied if each.asked.index in indexes]
        self.deletion = Deletion(doomed, emptied)
        self.restoring = Restoring(
            {key: each for key, each in self.restoring.returning.items() if each.asked.index in indexes},
            [each for each in self.restoring.refilled if each.asked.index in indexes],
            [each for each in self.restoring.cleared if each[0].asked.index in indexes],
        )
