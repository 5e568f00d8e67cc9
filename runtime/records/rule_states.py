"""Rule states: what a form shows, requires, locks and sets, for a record as it would be; all is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.model.label import Label
from runtime.records import currencies, dynamics, formulas, parse, relations, rules
from runtime.records.change import Change
from runtime.records.parts import closed_parts, followed_parts
from runtime.records.save import Writer
from runtime.records.stored import records_by_id
from runtime.records.work import Work
from runtime.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class RuleStates:
    """The keys of fields and rows: which are hidden, which must be filled in, which may not be changed.

    ``parts`` are the tabs and blocks of the card that rules hide, ``limits`` the values that are left of
    picklists, and ``values`` what rules have just set. ``closed`` are the blocks whose own conditions do not
    hold.
    """

    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()
    notes: tuple[Label, ...] = ()
    parts: frozenset[str] = frozenset()
    limits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()


def rule_states(
    writer: Writer, connection: Connection, change: Change, actor: Actor, parsing: Parsing
) -> RuleStates:
    """The states for a change of one record; what of it cannot be read counts as not written.

    Rows are seen as they stand. It locks nothing, so it may be asked while somebody types.
    """
    plan = writer.plans[change.module]
    known = plan.module.dynamics
    layout = writer.plans.workplace.catalog.layouts[change.module]
    if not (known.rules or known.required or known.readonly or known.formulas or followed_parts(layout)):
        return RuleStates()
    batch = writer.begin(Transaction(connection), [change], actor, parsing)
    batch.asking = True
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
    ruling = rules.Ruling(batch, works)
    hidden = ruling.hidden(work)
    return RuleStates(
        hidden.fields,
        ruling.required(work) | (dynamics.required(batch, work) - hidden.fields),
        frozenset(rules.readonly(batch, works).get(id(work), ())) | dynamics.readonly(batch, work),
        formulas.notes(batch, work),
        hidden.parts,
        ruling.limits(work) if known.limited else {},
        {key: work.get(key) for key in sorted(work.ruled)},
        closed_parts(batch, work, layout),
    )
