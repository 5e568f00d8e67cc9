"""The rights of a save: on the records as they stand, on what is written, and on what has become of them.

What decides of a record is a condition, so the database decides, one statement for each condition and module
however large the batch is: before the first write, and again on the rows as they were written, inside the
transaction. An actor with every right costs nothing here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from runtime.base.messages import message, phrase
from runtime.identity.actor import Actor
from runtime.model.catalog import Expression
from runtime.model.values import Pointer
from runtime.records.access import Judge, Verdict
from runtime.records.parse import is_seen, says_the_same, unknown_field
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.seen import moment_of
from runtime.records.work import Batch, Work
from runtime.storage.query import Query

NOT_YOURS = Verdict(False, (message("You may see this record, and not change it."),))
LOST = message("You may not save this: you could not change the record any more.")
READ_ONLY = phrase("{label} is read-only.")


class LostError(Exception):
    """Records were written that the actor may not write as they have become; all is to be taken back."""


Led = int | Pointer
"""What a relation holds: the id of a record, or where an ``any_relation`` points."""


@dataclass(frozen=True, slots=True)
class _Fields:
    """The rights on a module's fields: those that are not seen, those that are never changed, and those that
    are seen and changed where a condition holds.
    """

    hidden: frozenset[str]
    fixed: frozenset[str]
    seen: Mapping[str, Expression]
    changed: Mapping[str, Expression]


def unseen(batch: Batch, plan: ModulePlan, standing: Collection[int]) -> set[int]:
    """Of the records that stand, those that the actor may not read."""
    if not standing:
        return set()
    if not batch.judge.may(batch.actor, plan.key, "read").allowed:
        return set(standing)
    conditions = batch.judge.conditions(batch.actor, plan.key, "read")
    return set(standing) - meeting(batch, plan.key, standing, conditions)


def fixed(batch: Batch, plan: ModulePlan, right: str, standing: Collection[int]) -> set[int]:
    """Of the records that stand, those on which the actor has no such right."""
    conditions = batch.judge.conditions(batch.actor, plan.key, right)
    return set(standing) - meeting(batch, plan.key, standing, conditions)


def readable(batch: Batch, module: str, ids: set[int]) -> set[int]:
    """Of the ids, those of records that the actor may read."""
    return meeting(batch, module, ids, batch.judge.conditions(batch.actor, module, "read"))


def hidden(batch: Batch, field: FieldPlan, led: set[Led]) -> set[Led]:
    """Of the records that a relation leads to, those that the actor may not read."""
    pointers = [each for each in led if isinstance(each, Pointer)]
    ids = {each for each in led if isinstance(each, int)}
    seen = {module: _seen(batch, module, pointers) for module in {each.module for each in pointers}}
    return {*_hidden(batch, field, ids), *(each for each in pointers if each.id not in seen[each.module])}


def _seen(batch: Batch, module: str, pointers: Iterable[Pointer]) -> set[int]:
    if not batch.judge.may(batch.actor, module, "read").allowed:
        return set()
    return readable(batch, module, {each.id for each in pointers if each.module == module})


def _hidden(batch: Batch, field: FieldPlan, ids: set[int]) -> set[int]:
    found = set(ids)
    for module in field.targets:
        conditions = batch.judge.conditions(batch.actor, module, "read")
        if not batch.judge.may(batch.actor, module, "read").allowed:
            continue
        if not conditions and len(field.targets) == 1:
            return set()
        found -= _met(batch, module, found, conditions)
    return found


def is_title_seen(batch: Batch, plan: ModulePlan) -> bool:
    """Whether the actor sees, of every record, all that its title is made of: a title tells that."""
    judge, actor = batch.judge, batch.actor
    fields = [field for _, path in plan.module.title.parts for field in path.fields]
    return all(
        judge.may(actor, each.module, "read", field=each.key).allowed
        and judge.field_condition(actor, each.module, each.key, "read") is None
        for each in fields
    )


def having_seen(batch: Batch, module: str, names: Iterable[str], ids: Collection[int]) -> set[int]:
    """Of the ids, those of records that the actor may read, the fields of these names among what is read."""
    judge, actor = batch.judge, batch.actor
    limits = (judge.field_condition(actor, module, name, "read") for name in names)
    rights = (*judge.conditions(actor, module, "read"), *(each for each in limits if each is not None))
    return meeting(batch, module, ids, rights)


def meeting(batch: Batch, module: str, ids: Collection[int], conditions: tuple[Expression, ...]) -> set[int]:
    """Those of the ids whose records meet the conditions, deleted ones too."""
    if not conditions:
        return set(ids)
    return _met(batch, module, ids, conditions)


def _met(batch: Batch, module: str, ids: Collection[int], conditions: tuple[Expression, ...]) -> set[int]:
    if not ids:
        return set()
    query = Query(module, rights=conditions, ids=tuple(sorted(ids)), deleted="any")
    return batch.plans.reader.meeting(batch.tx.connection, query, moment_of(batch))


def keep_to_fields(batch: Batch, works: list[Work]) -> None:
    """Refuse values of fields that the actor may not change; those that are not seen, as if there were none
    of the name.
    """
    if not works or not batch.judge.limits_fields(batch.actor):
        return
    plan = works[0].plan
    fields = _rights_on(batch, plan)
    if not (fields.hidden or fields.fixed or fields.seen or fields.changed):
        return
    standing = {work.id for work in works if work.old is not None}
    unseen_of = {
        key: standing - meeting(batch, plan.key, standing, (each,)) for key, each in fields.seen.items()
    }
    fixed_of = {
        key: standing - meeting(batch, plan.key, standing, (each,)) for key, each in fields.changed.items()
    }
    for work in works:
        refused: list[str] = []
        for key, raw in work.raw.items():
            if key in fields.hidden:
                unknown_field(batch, work, key)
            elif work.id in unseen_of.get(key, ()):
                _read_only(work, key)
            elif key in fields.fixed or work.id in fixed_of.get(key, ()):
                if not _stays(batch, work, plan.fields[key], raw):
                    _read_only(work, key)
            else:
                continue
            refused.append(key)
        if refused:
            work.raw = {key: raw for key, raw in work.raw.items() if key not in refused}


def _stays(batch: Batch, work: Work, field: FieldPlan, raw: object) -> bool:
    # A link to what the actor may not read is empty to them.
    target = (work.old or {}).get(field.key)
    if isinstance(target, int | Pointer) and field.is_link and hidden(batch, field, {target}):
        return raw is None
    return says_the_same(batch, work, field, raw)


def has_conditions(judge: Judge, actor: Actor, plan: ModulePlan) -> bool:
    """Whether there are fields of the module that the actor may change in some records alone."""
    return judge.limits_fields(actor) and any(
        judge.field_condition(actor, plan.key, key, "update") is not None for key in plan.fields
    )


def locked(batch: Batch, plan: ModulePlan, number: int) -> frozenset[str]:
    """The fields of a record, as it stands, that the actor may not change in it."""
    if not batch.judge.limits_fields(batch.actor):
        return frozenset()
    fields = _rights_on(batch, plan)
    limits = {**fields.seen, **fields.changed}
    return frozenset(key for key, each in limits.items() if not meeting(batch, plan.key, {number}, (each,)))


def hold(batch: Batch) -> None:
    """Refuse what the actor may not write as it has become: a record that one would lose, a field that could
    not be given in the record as it is. Raises :class:`LostError`.
    """
    if not batch.judge.limits_fields(batch.actor):
        return
    before = sum(1 for asked in batch.asked if asked.errors)
    for works in batch.works.values():
        _hold(batch, works)
    batch.lost = sum(1 for asked in batch.asked if asked.errors) - before
    if batch.lost:
        raise LostError


def _hold(batch: Batch, works: list[Work]) -> None:
    plan = works[0].plan
    written = {work.id: work for work in works if work.is_new or work.changed or work.links}
    alone = {number for number, work in written.items() if work.parent is None}
    if alone and not batch.judge.may(batch.actor, plan.key, "assign").allowed:
        for number in fixed(batch, plan, "update", alone):
            written[number].asked.refuse("", LOST, "forbidden")
    fields = _rights_on(batch, plan)
    for key, condition in fields.changed.items():
        named = {number for number, work in written.items() if work.is_new and key in work.raw}
        for number in named - meeting(batch, plan.key, named, (condition,)):
            _read_only(written[number], key)


def _rights_on(batch: Batch, plan: ModulePlan) -> _Fields:
    judge, actor = batch.judge, batch.actor
    unseen = frozenset(key for key in plan.fields if not is_seen(batch, plan, key))
    known = [key for key in plan.fields if key not in unseen]
    fixed = frozenset(key for key in known if not judge.may_write_field(actor, plan.key, key))

    def limited(right: str) -> Iterator[tuple[str, Expression]]:
        for key in known:
            condition = judge.field_condition(actor, plan.key, key, right)
            if condition is not None:
                yield key, condition

    return _Fields(unseen, fixed, dict(limited("read")), dict(limited("update")))


def _read_only(work: Work, key: str) -> None:
    work.refuse(key, message(READ_ONLY, label=work.plan.fields[key].field.label))
