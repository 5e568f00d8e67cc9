"""Owner rights: the writer's check that people give records to those alone whom they may choose."""

from runtime.base.messages import message
from runtime.model.catalog import Expression
from runtime.records.owner_choice import ANYONE
from runtime.records.seen import moment_of
from runtime.records.work import Batch, Work
from runtime.storage.query import Query

DOORS = ("form", "rest", "import")
"""The doors by which people choose owners."""
REFUSED = message("You may not make them the owner: choose one of the list.")


def check(batch: Batch) -> None:
    """Refuse owners whom the actor may not choose; a statement for each kind of owner and module, and none
    where everybody may be chosen.
    """
    actor = batch.actor
    if actor.user_id is None or actor.door not in DOORS:
        return
    for key, works in batch.works.items():
        given = batch.judge.owners(actor, key)
        if given is ANYONE:
            continue
        chosen = [(work, owner) for work in works if (owner := _chosen(work)) is not None]
        asked = {owner for _, owner in chosen} - {actor.user_id}
        fitting = {each for module, only in given.items() for each in _fitting(batch, module, only, asked)}
        for work, owner in chosen:
            if owner in asked - fitting:
                work.refuse("owner", REFUSED)


def _chosen(work: Work) -> int | None:
    """The owner that the record newly gets."""
    owner = work.values.get("owner")
    if work.parent is not None or not isinstance(owner, int):
        return None
    return None if work.old is not None and work.old.get("owner") == owner else owner


def _fitting(batch: Batch, module: str, condition: Expression | None, owners: set[int]) -> set[int]:
    # Users and groups have ids of one space: none of the one kind is among the other.
    if not owners:
        return set()
    rights = () if condition is None else (condition,)
    query = Query(module, rights=rights, ids=tuple(sorted(owners)), deleted="any")
    return batch.plans.reader.meeting(batch.tx.connection, query, moment_of(batch))
