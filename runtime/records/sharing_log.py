"""What stands in a record's history of its being shared by hand: with whom, how far, and that it was taken
back. Such an entry changes no field, and is not undone: it is taken back where it was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from runtime.identity.actor import Actor
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.transaction import Transaction

SHARED, UNSHARED = "shared", "unshared"
ACTIONS = (SHARED, UNSHARED)
WITH = "with"


@dataclass(frozen=True, slots=True)
class With:
    """With whom, a user or a group, and how far (empty where it was taken back)."""

    module: str
    id: int
    level: str


def tell(
    tx: Transaction,
    now: datetime,
    actor: Actor,
    place: tuple[str, int],
    shared: With,
    revision: int | None,
) -> None:
    """Put into a record's history that it was shared, or, without a level, that this was taken back."""
    tables = runtime_tables()
    change_set, entry = tx.allocate_ids(2)
    about = {"at": now, "user_id": actor.user_id}
    opened = {"door": actor.door, "cause": actor.cause, "revision_id": revision}
    tx.connection.execute(insert(tables.change_sets).values(id=change_set, **opened, **about))
    tx.connection.execute(
        insert(tables.change_log).values(
            id=entry,
            change_set_id=change_set,
            module=place[0],
            record_id=place[1],
            action=SHARED if shared.level else UNSHARED,
            causes={WITH: f"{shared.module}:{shared.id}:{shared.level}"},
            **about,
        )
    )


def read(action: str, causes: Mapping[str, str] | None) -> With | None:
    """What :func:`tell` kept in an entry; None in another one."""
    if action not in ACTIONS or not causes:
        return None
    module, number, level = causes[WITH].split(":")
    return With(module, int(number), level)
