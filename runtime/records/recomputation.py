"""Recomputation: what is too many records for one save is left to an operation in the background."""

from collections.abc import Sequence

from runtime.records.following import Name
from runtime.records.work import Batch
from runtime.storage.recomputations import Recomputations


def start(batch: Batch, names: Sequence[Name]) -> None:
    """Have fields recomputed in all their records, once this transaction has landed."""
    workplace = batch.plans.workplace
    recomputations = Recomputations(workplace.clock)
    recomputations.start(batch.tx, names, batch.actor.user_id, workplace.revision)
    batch.tx.after_commit(workplace.wake)
