"""Rule states: what a form shows, requires, locks and sets, for a record as it would be; all is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.model.catalog import Collection, Module
from runtime.model.label import Label
from runtime.records import (
    approval_lock,
    currencies,
    dynamics,
    formulas,
    parse,
    relations,
    rows,
    rules,
    writing_rights,
)
from runtime.records.change import Change
from runtime.records.parts import closed_parts, followed_parts
from runtime.records.save import Writer
from runtime.records.stored import records_by_id, rows_of
from runtime.records.work import Batch, Work
from runtime.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class RuleStates:
    """The keys of fields and rows: which are hidden, which must be filled in, which may not be changed.

    ``parts`` are the tabs and blocks of the card that rules hide, ``limits`` the values that are left of
    picklists, and ``values`` what rules have just set. ``closed`` are the blocks whose own conditions do not
    hold. ``rows`` are the states of rows, by the key of their list: of those that were written in their
    order, or of those that stand there; and last that of a row which is to come.
    """

    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()
    notes: tuple[Label, ...] = ()
    parts: frozenset[str] = frozenset()
    limits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    rows: "Mapping[str, tuple[RuleStates, ...]]" = field(default_factory=dict)

    def row(self, key: str, place: int | None) -> "RuleStates":
        """The state of a row by its place; of one that is to come without one."""
        known = self.rows.get(key, ())
        if not known:
            return NONE
        return known[place] if place is not None and place < len(known) - 1 else known[-1]


NONE = RuleStates()


def follows(module: Module) -> bool:
    """Whether a form of the module changes by what is typed into it."""
    known = module.dynamics
    return bool(
        known.rules or known.required or known.readonly or any(each.follows for each in known.formulas)
    )


def rule_states(
    writer: Writer, connection: Connection, change: Change, actor: Actor, parsing: Parsing
) -> RuleStates:
    """The states for a change of one record; what of it cannot be read counts as not written.

    What the record counts of its rows is seen as it stands. It locks nothing, so it may be asked while
    somebody types.
    """
    plan = writer.plans[change.module]
    catalog = writer.plans.workplace.catalog
    layout = catalog.layouts[change.module]
    collections = [each for each in plan.rows.values() if follows(writer.plans[each.target].module)]
    is_followed = (
        follows(plan.module) or plan.module.dynamics.formulas or followed_parts(layout) or collections
    )
    may_be_locked = change.id is not None and approval_lock.locking(catalog, change.module)
    if not (is_followed or may_be_locked or writing_rights.has_conditions(writer.judge, actor, plan)):
        return NONE
    batch = writer.begin(Transaction(connection), [change], actor, parsing)
    batch.asking = True
    old = None
    if change.id is not None:
        found = records_by_id(connection, plan, [change.id], batch.dialect, lock=False)
        old = found.get(change.id)
    raw = {key: value for key, value in change.values.items() if key not in plan.rows}
    work = Work(plan=plan, asked=batch.asked[0], raw=raw, id=change.id or batch.fresh_id(), old=old)
    batch.add(work)
    locked: frozenset[str] = frozenset()
    if change.id is not None:
        locked = writing_rights.locked(batch, plan, change.id)
        locked |= approval_lock.locked(connection, catalog, change.module, change.id)
    own = _states(batch, [work])[0]
    own = replace(own, readonly=own.readonly | locked)
    listed = {each.key: _of_rows(batch, work, each, change) for each in collections}
    closed = closed_parts(batch, work, layout)
    return replace(own, notes=formulas.notes(batch, work), closed=closed, rows=listed)


def _of_rows(batch: Batch, parent: Work, collection: Collection, change: Change) -> tuple[RuleStates, ...]:
    plan = batch.plans[collection.target]
    if collection.key in change.values:
        parent.raw = {**parent.raw, collection.key: change.values[collection.key]}
        works = [row for row in rows.expand(batch, [parent]) if row.plan is plan]
    elif parent.old is not None:
        standing = rows_of(batch.tx.connection, plan, [parent.id], batch.dialect, lock=False)
        works = [
            Work(plan, parent.asked, {}, int(str(old["id"])), parent=parent, old=old)
            for old in standing.get(parent.id, ())
        ]
    else:
        works = []
    coming = Work(plan, parent.asked, {}, batch.fresh_id(), parent=parent)
    coming.values["parent"] = parent.id
    return tuple(_states(batch, [*works, coming]))


def _states(batch: Batch, works: list[Work]) -> list[RuleStates]:
    """The states of records of one module."""
    for work in works:
        parse.parse(batch, work)
    relations.resolve(batch, works)
    currencies.settle(batch, works)
    works[0].asked.errors.clear()
    relations.link(batch, works)
    dynamics.fill(batch, works)
    formulas.fill(batch, works)
    ruling, locked = rules.Ruling(batch, works), rules.readonly(batch, works)
    limited = bool(works[0].plan.module.dynamics.limited)
    return [
        RuleStates(
            hidden.fields,
            ruling.required(work) | (dynamics.required(batch, work) - hidden.fields),
            frozenset(locked.get(id(work), ())) | dynamics.readonly(batch, work),
            parts=hidden.parts,
            limits=ruling.limits(work) if limited else {},
            values={key: work.get(key) for key in sorted(work.ruled)},
        )
        for work in works
        for hidden in (ruling.hidden(work),)
    ]
