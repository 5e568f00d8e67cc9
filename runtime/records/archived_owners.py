"""Archived owners: what people edit belongs to somebody who may still sign in.

The records of a user who has left may stay theirs, to be read and counted. Whoever edits one gives it an
owner who is there. The program itself, undoing and what runs over many records at once are not held up.
"""

from typing import Any

from sqlalchemy import Select, select

from runtime.base.messages import message
from runtime.records.work import Batch, Work
from runtime.storage.conditions import among, id_list

DOORS = ("form", "rest", "import")
"""The doors by which people edit."""


def check(batch: Batch) -> None:
    """Refuse edits after which an archived user owns the record; no statement where all owners are known to
    be there, and else one.
    """
    actor = batch.actor
    if actor.user_id is None or actor.door not in DOORS:
        return
    near = {None, actor.user_id, *actor.groups}
    edited = {id(whole): whole for work in batch.all() if (whole := _edited(work, actor.door)) is not None}
    owned = [(work, owner) for work in edited.values() if (owner := work.get("owner")) not in near]
    if not owned:
        return
    archived = _archived(batch, {int(str(owner)) for _, owner in owned})
    for work, owner in owned:
        if owner in archived:
            name = archived[owner]
            work.refuse("owner", message("{name} is archived: choose an owner who may sign in.", name=name))


def _edited(work: Work, door: str) -> Work | None:
    """The record that is edited with this one: itself, or the one whose row it is; None where nothing is."""
    whole = work
    while whole.parent is not None:
        whole = whole.parent
    if whole.plan.parent is not None or whole.plan.module.system:
        return None  # people and groups are the administrators', whoever made them
    if whole.old is None:
        return whole if door != "import" else None  # what is brought in from elsewhere may be history
    old = work.old
    if old is None or work.links or work.touched:  # touched: rows of it go
        return whole
    return whole if any(old.get(key) != value for key, value in work.values.items()) else None


def _archived(batch: Batch, owners: set[int]) -> dict[int, str]:
    # Groups have ids of their own among those of users, and are found by none.
    connection, plan = batch.tx.connection, batch.plans["users"]
    columns = plan.table.columns
    number, name, active = (columns[key][0] for key in ("id", "name", "active"))

    def ask() -> Select[Any]:
        return select(number, name).where(among(number, "ids", batch.dialect), active.is_(False))

    given = plan.statements.select("archived", connection, ask).run(
        connection, {"ids": id_list(owners, batch.dialect)}
    )
    return dict(zip(*given, strict=True)) if given else {}
