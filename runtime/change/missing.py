"""Steps that say, in the plan of a rollback, what cannot come back: it was purged, or kept long enough."""

from collections.abc import Iterator

from sqlalchemy import select

from runtime.change.quarantine import quarantine
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step, nothing
from runtime.storage.runtime_tables import runtime_tables


def say_what_is_missing(situation: Situation) -> Iterator[Step]:
    """The columns that were dropped, and the revisions whose cells are kept no more."""
    if situation.back is None:
        return
    gone = sorted({module for module, _ in situation.back.purged if not _is_named(situation, module)})
    for module in gone:
        yield Step(f"Bring {module} back empty: its records were purged.", nothing, safety=Safety.LOSSY)
    for module, key in situation.back.purged:
        if module not in gone:
            what = f"Bring {module}.{key} back empty: what it held was purged."
            yield Step(what, nothing, safety=Safety.LOSSY)
    for revision in _expired(situation):
        what = f"Leave what revision {revision} has overwritten: what was there before is kept no more."
        yield Step(what, nothing, safety=Safety.LOSSY)


def _is_named(situation: Situation, module: str) -> bool:
    return module in situation.given.tables


def _expired(situation: Situation) -> list[int]:
    if situation.back is None or not situation.live.has("trellis_quarantine"):
        return []
    own, kept = runtime_tables().revisions, quarantine()
    there = select(1).where(kept.c.revision_id == own.c.id).exists()
    lost = select(own.c.id).where(own.c.id.in_(situation.back.undone), own.c.set_aside > 0, ~there)
    return list(situation.stored.connection.execute(lost.order_by(own.c.id.desc())).scalars())
