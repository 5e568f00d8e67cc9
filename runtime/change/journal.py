"""The journal of applies that are too large for one transaction: what each has made, and how far it is.

A row is there from the transaction that makes the first column until the one that writes the revision. Who
dies in between leaves it: the next apply finds it, and goes on with it or clears it away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, text, update

from runtime.change.expansion import Expansion
from runtime.change.phases import Phase
from runtime.change.step import Step
from runtime.storage.runtime_tables import runtime_tables

FILLING, APPLIED, DROPPED = "filling", "applied", "dropped"
"""The states of an apply: under way, carried out, and given up with everything cleared away."""


@dataclass(frozen=True, slots=True)
class StepState:
    """How far one step is: ``done`` of its ``rows``, up to the id ``after``. ``origin`` is its place in the
    configuration, as JSON has it.
    """

    what: str
    phase: Phase
    rows: int
    done: int = 0
    after: int = 0
    is_over: bool = False

    @classmethod
    def of(cls, step: Step) -> "StepState":
        """The state of a step that has not begun."""
        return cls(step.what, step.phase, step.rows)

    def to_json(self) -> dict[str, Any]:
        """The state as the journal keeps it."""
        return {
            "what": self.what,
            "phase": str(self.phase),
            "rows": self.rows,
            "done": self.done,
            "after": self.after,
            "is_over": self.is_over,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StepState":
        """What :meth:`to_json` gave."""
        return cls(
            data["what"], Phase(data["phase"]), data["rows"], data["done"], data["after"], data["is_over"]
        )


@dataclass(frozen=True, slots=True)
class Change:
    """An apply as the journal has it. ``base`` is the revision it began on, ``steps`` are all of its plan."""

    id: int
    state: str
    base: int
    target_hash: str
    made: Expansion
    steps: tuple[StepState, ...]
    applied_by: str | None
    started_at: datetime
    beat_at: datetime
    cancel_at: datetime | None = None
    revision: int | None = None

    def state_of(self, step: Step) -> StepState:
        """How far a step is; as it begins where the journal does not know it."""
        return next((each for each in self.steps if each.what == step.what), StepState.of(step))

    def moved_on(self, state: StepState) -> "Change":
        """The change with a step that is further now."""
        steps = tuple(state if each.what == state.what else each for each in self.steps)
        return replace(self, steps=steps)


def unfinished(connection: Connection) -> Change | None:
    """The apply that was begun and has not ended; None where there is none, or no journal at all."""
    if not _is_there(connection):
        return None
    table = _table()
    found = connection.execute(select(table).where(table.c.state == FILLING).order_by(table.c.id)).first()
    return None if found is None else _change(found)


def begin(connection: Connection, change: Change) -> Change:
    """Write a new apply down; gives it with its number."""
    table = _table()
    number = int(connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
    change = replace(change, id=number)
    connection.execute(
        insert(table).values(
            id=number,
            state=change.state,
            base=change.base,
            target_hash=change.target_hash,
            made=change.made.to_json(),
            steps=[each.to_json() for each in change.steps],
            applied_by=change.applied_by,
            started_at=change.started_at,
            beat_at=change.beat_at,
        )
    )
    return change


def keep(connection: Connection, change: Change, now: datetime) -> bool:
    """Write down how far it is; says whether somebody wants it given up."""
    table = _table()
    mine = table.c.id == change.id
    steps = [each.to_json() for each in change.steps]
    values = {"steps": steps, "made": change.made.to_json(), "beat_at": now}
    connection.execute(update(table).where(mine).values(values))
    return connection.execute(select(table.c.cancel_at).where(mine)).scalar() is not None


def finish(
    connection: Connection, change: Change, state: str, now: datetime, revision: int | None = None
) -> None:
    """Write down how it ended."""
    table = _table()
    values = {"state": state, "finished_at": now, "revision_id": revision}
    connection.execute(update(table).where(table.c.id == change.id).values(values))


def ask_to_cancel(connection: Connection, now: datetime) -> bool:
    """Have the apply that is under way given up after its batch; says whether there is one."""
    if not _is_there(connection):
        return False
    table = _table()
    waiting = (table.c.state == FILLING) & table.c.cancel_at.is_(None)
    return connection.execute(update(table).where(waiting).values(cancel_at=now)).rowcount > 0


def changes(connection: Connection, most: int = 50) -> Sequence[Change]:
    """The latest applies that were too large for one transaction, the newest first."""
    if not _is_there(connection):
        return ()
    table = _table()
    rows = connection.execute(select(table).order_by(table.c.id.desc()).limit(most))
    return [_change(row) for row in rows]


def _change(row: Row[Any]) -> Change:
    return Change(
        row.id,
        row.state,
        row.base,
        row.target_hash,
        Expansion.from_json(row.made),
        tuple(StepState.from_json(each) for each in row.steps),
        row.applied_by,
        row.started_at,
        row.beat_at,
        row.cancel_at,
        row.revision_id,
    )


def _is_there(connection: Connection) -> bool:
    # A database that an earlier program set up has no journal until it is completed.
    if connection.dialect.name == "postgresql":
        return connection.execute(text("SELECT to_regclass('trellis_changes')")).scalar() is not None
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trellis_changes'"
    return connection.execute(text(query)).first() is not None


def _table() -> Table:
    return runtime_tables().changes
