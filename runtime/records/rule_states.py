"""Rule states: what a form shows, requires and locks, for a record as it would be. Nothing is written."""

from dataclasses import dataclass

from sqlalchemy import Connection

from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.model.label import Label
from runtime.records import currencies, dynamics, formulas, parse, relations, rules
from runtime.records.change import Change
from runtime.records.save import Writer
from runtime.records.stored import records_by_id
from runtime.records.work import Work
from runtime.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class RuleStates:
    """The keys of fields: which are hidden, which must be filled in, which may not be changed."""

    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()
    notes: tuple[Label, ...] = ()


def rule_states(
    writer: Writer, connection: Connection, change: Change, actor: Actor, parsing: Parsing
) -> RuleStates:
    """The states for a change of one record; what of it cannot be read counts as not written.

    Rows are seen as they stand. It locks nothing, so it may be asked while somebody types.
    """
    plan = writer.plans[change.module]
    known = plan.module.dynamics
    if not (known.rules or known.required or known.readonly or known.formulas):
        return RuleStates()
    batch = writer.begin(Transaction(connection), [change], actor, parsing)
    old = None
    if change.id is not None:
        found = records_by_id(connection, plan, [change.id], batch.dialect, lock=False)
        old = found.get(change.id)
    raw = {key: value for key, value in change.values.items() if key not in plan.rows}
    work = Work(plan=plan, asked=batch.asked[0], raw=raw, id=change.id or batch.fresh_id(), old=old)
    batch.add(work)
    works = [work]
    parse.parse(batch, work)
    relations.resolve(batch, works)
    currencies.settle(batch, works)
    work.asked.errors.clear()
    relations.link(batch, works)
    dynamics.fill(batch, works)
    formulas.fill(batch, works)
    hidden = rules.hidden(batch, works)
    by_rules = rules.required(batch, works, hidden).get(id(work), ())
    return RuleStates(
        frozenset(hidden.get(id(work), ())),
        frozenset(by_rules) | (dynamics.required(batch, work) - known.shown),
        frozenset(rules.readonly(batch, works).get(id(work), ())) | dynamics.readonly(batch, work),
        formulas.notes(batch, work),
    )
