"""Undoing a change set: old values come back through the one writer, as a change set of its own.

What was created is deleted, what was deleted comes back. A cell that somebody has changed since stays as it
is, and is reported: nothing that was written after the change is lost.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from runtime.base.messages import Message, message
from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.records.among import among
from runtime.records.change import Change, Refused
from runtime.records.change_log import links_json
from runtime.records.older import is_of
from runtime.records.plan import FieldPlan, ModulePlan, Plans
from runtime.records.reading import Linking
from runtime.records.save import Writer, await_turn
from runtime.records.sharing_log import ACTIONS
from runtime.records.staying_current import CHANGED
from runtime.records.stored import Values, links_of, records_by_id
from runtime.storage.tables import Tables
from runtime.storage.transaction import Transaction

Entry = Row[*tuple[Any, ...]]

DOOR = "undo"
"""The door of the change set that an undo makes."""

MOST = 10_000
"""A change set of more records than this is not undone here: it is an import's, and has its own way back."""

CHANGED_SINCE = message("Somebody has changed it since.")
NOT_THERE = message("There is no such change, or it was undone already.")
TOO_MANY = message("This change is too large to be undone at once.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What an undo leaves as it is, and why: a field of a record, or the whole record where ``key`` is ''."""

    module: str
    record_id: int
    key: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: the change sets that it made, how many records it changed, and what it kept."""

    change_sets: tuple[int, ...]
    records: int
    kept: tuple[Kept, ...]


def cause_of(operation: int) -> str:
    """What the change sets of an operation in the background say as their cause."""
    return f"operation:{operation}"


def latest_of(
    connection: Connection, tables: Tables, operation: int, before: int | None = None
) -> int | None:
    """The newest change set of an operation (``before`` another one) that was not undone; None when all were.

    Ids come from one sequence, so that an operation's change sets have larger ones than itself.
    """
    sets = tables.change_sets
    own = sets.c.id > operation if before is None else sets.c.id.between(operation + 1, before - 1)
    found = select(sets.c.id).where(own, sets.c.cause == cause_of(operation), sets.c.undone_by.is_(None))
    number: int | None = connection.execute(found.order_by(sets.c.id.desc()).limit(1)).scalar()
    return number


class Undo:
    """Takes change sets back, as the actor who asks: the writer judges each record anew."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def undo(
        self,
        tx: Transaction,
        change_set: int,
        actor: Actor,
        parsing: Parsing,
        only: Collection[int] | None = None,
    ) -> Undone | Refused:
        """Take a change set back, or what it did to the records of ``only``.

        The change set is marked as undone where all of it was asked for; it is not undone twice.
        """
        tables = self._writer.plans.workplace.tables
        entries = _entries(tx.connection, self._writer.plans, change_set)
        if not entries:
            return Refused({"": (NOT_THERE,)}, "not_found")
        if len(entries) > MOST:
            return Refused({"": (TOO_MANY,)}, "restricted")
        wanted = [each for each in entries if only is None or each.record_id in only]
        await_turn(tx, self._writer.plans, (entry.module for entry in wanted))
        reversal = _Reversal(tx.connection, self._writer.plans, wanted, entries, actor)
        outcome = self._save(tx, reversal, actor.through(DOOR), parsing)
        if len(wanted) == len(entries) and outcome.change_sets:
            sets = tables.change_sets
            tx.connection.execute(
                update(sets).where(sets.c.id == change_set).values(undone_by=outcome.change_sets[-1])
            )
        return outcome

    def _save(self, tx: Transaction, reversal: "_Reversal", actor: Actor, parsing: Parsing) -> Undone:
        # Deletions come last: what points at a record that goes must have been turned back before.
        kept, made, records = list(reversal.kept), [], 0
        for changes in (reversal.changes, reversal.deletions):
            outcomes = self._writer.save(tx, changes, actor, parsing, atomic=False) if changes else []
            for change, outcome in zip(changes, outcomes, strict=True):
                if isinstance(outcome, Refused):
                    kept += [
                        Kept(change.module, change.id or 0, key, reason)
                        for key, reasons in outcome.errors.items()
                        for reason in reasons
                    ]
                elif outcome.change_set is not None:
                    made.append(outcome.change_set)
                    records += outcome.action != "unchanged"
        return Undone(tuple(dict.fromkeys(made)), records, tuple(kept))


class _Reversal:
    """The changes that take entries of the log back, and what of them must be kept."""

    def __init__(
        self,
        connection: Connection,
        plans: Plans,
        wanted: Iterable[Entry],
        entries: Iterable[Entry],
        actor: Actor,
    ) -> None:
        self.changes: list[Change] = []
        self.deletions: list[Change] = []
        self.kept: list[Kept] = []
        self._connection = connection
        self._plans = plans
        turned = ("deleted", "restored")
        self._turned = {each.record_id for each in entries if each.action in turned}
        by_module: dict[str, list[Entry]] = {}
        for entry in wanted:
            by_module.setdefault(entry.module, []).append(entry)
        foreign = _changed_by_others(connection, plans, by_module, actor)
        for module, them in by_module.items():
            plan = plans.get(module)
            if plan is not None:
                self._of_module(plan, them, foreign)

    def _of_module(self, plan: ModulePlan, entries: list[Entry], foreign: set[int]) -> None:
        updated = [entry for entry in entries if entry.action == "updated"]
        standing = self._standing(plan, updated)
        for entry in entries:
            if entry.action == "created" and entry.record_id in foreign:
                self.kept.append(Kept(plan.key, entry.record_id, "", CHANGED_SINCE))
            elif entry.action in ("created", "restored"):
                self.deletions.append(Change(plan.key, id=entry.record_id, action="delete"))
            elif entry.action == "deleted":
                self.changes.append(Change(plan.key, id=entry.record_id, action="restore"))
            elif values := self._old_values(plan, entry, standing.get(entry.record_id, {})):
                self.changes.append(Change(plan.key, values, entry.record_id))

    def _standing(self, plan: ModulePlan, entries: list[Entry]) -> Mapping[int, Values]:
        # What stands there now, links as the log keeps them.
        ids = {entry.record_id for entry in entries}
        if not ids:
            return {}
        found = records_by_id(self._connection, plan, ids, self._plans.dialect)
        named = {key for entry in entries for key in (entry.new or {})}
        for field in plan.linked:
            if field.key in named:
                links = links_of(self._connection, field, ids, self._plans.dialect)
                for record_id, values in found.items():
                    values[field.key] = links_json(field, links.get(record_id, ()))
        return found

    def _old_values(self, plan: ModulePlan, entry: Entry, standing: Values) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, new in (entry.new or {}).items():
            field = plan.writable.get(key)
            if field is None or key in ("parent", "position"):
                continue  # computed, or given by the program: it follows by itself
            old = (entry.old or {}).get(key)
            if self._follows(field, old, new):
                continue
            now = standing.get(key)
            if not (is_of(field, old) and is_of(field, new)):
                self.kept.append(Kept(plan.key, entry.record_id, key, CHANGED_SINCE))
                continue  # it was of another type then
            if field.link is not None:
                values[key] = old if now == new else _links_back(old, new)
            elif field.type.to_json(now) == new:
                values[key] = None if old is None else field.type.from_json(old)
            elif field.type.to_json(now) != old:
                self.kept.append(Kept(plan.key, entry.record_id, key, CHANGED_SINCE))
        return values

    def _follows(self, field: FieldPlan, old: object, new: object) -> bool:
        # A pointer that a deletion emptied, or a restore filled: it turns back with the record it points at.
        if field.link is not None or not field.targets or field.on_delete != "clear":
            return False
        return old in self._turned or new in self._turned


def _links_back(old: Any, new: Any) -> Linking:
    # Others have linked more since: only what this change added goes, and what it took away comes back.
    before = {_id(item): item for item in old or ()}
    after = {_id(item): item for item in new or ()}
    return Linking(
        add=tuple(item for key, item in before.items() if key not in after),
        remove=tuple(key for key in after if key not in before),
    )


def _id(item: Any) -> int:
    return int(item["id"] if isinstance(item, Mapping) else item)


def _entries(connection: Connection, plans: Plans, change_set: int) -> list[Entry]:
    # Those of a change set that was not undone; one more than may be, so that too many are seen.
    log, sets = plans.workplace.tables.change_log, plans.workplace.tables.change_sets
    statement = (
        select(
            log.c.module, log.c.record_id, log.c.action, log.c.old, log.c.new, log.c.id, sets.c.revision_id
        )
        .join(sets, sets.c.id == log.c.change_set_id)
        .where(
            log.c.change_set_id == change_set,
            sets.c.undone_by.is_(None),
            log.c.action.not_in((CHANGED, *ACTIONS)),  # computed follows by itself, shared is taken back
        )
        .order_by(log.c.id)
        .limit(MOST + 1)
    )
    return plans.workplace.former.now(connection.execute(statement).all())


def _changed_by_others(
    connection: Connection, plans: Plans, by_module: Mapping[str, list[Entry]], actor: Actor
) -> set[int]:
    # Of the records that were created, those that somebody else has changed since: one statement.
    created = {each.record_id for them in by_module.values() for each in them if each.action == "created"}
    if not created:
        return set()
    log = plans.workplace.tables.change_log
    statement = select(log.c.record_id).where(
        among(log.c.record_id, created, plans.dialect),
        log.c.action.not_in(("created", CHANGED, *ACTIONS)),
        log.c.user_id.is_distinct_from(actor.user_id),
    )
    return set(connection.execute(statement).scalars())
