"""Pointing: the writer's check that a relation points at records that may be chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runtime.base.messages import message
from runtime.expressions.references import paths
from runtime.model.catalog import Expression, Path
from runtime.records.outer import nested
from runtime.records.plan import FieldPlan
from runtime.records.seen import moment_of, will_be
from runtime.records.work import Batch, Work


@dataclass(frozen=True, slots=True)
class Pointed:
    """A record, one of its fields, and the ids that the field newly points at."""

    work: Work
    ids: tuple[int, ...]


def check(batch: Batch, works: list[Work]) -> None:
    """Refuse what may not be chosen; a statement or two for each such field, however many records."""
    plan = works[0].plan
    for key, conditions in plan.module.choosable.items():
        field = plan.fields[key]
        outer = [path for each in conditions.values() for path in paths(each.tree, outer=True)]
        pointed = [each for work in works if (each := _pointed(field, work, outer)) is not None]
        if pointed:
            _check(batch, field, conditions, outer, pointed)


def _pointed(field: FieldPlan, work: Work, outer: Iterable[Path]) -> Pointed | None:
    # What stands may stand, unless the record it was chosen for has changed in what the condition reads.
    if f"{work.path}{field.key}" in work.asked.errors:
        return None
    if field.link is not None:
        change = work.links.get(field.key)
        known = {link.id for link in change.before} if change is not None else set()
        ids = tuple(link.id for link in change.after if link.id not in known) if change is not None else ()
        return Pointed(work, ids) if ids else None
    value = work.get(field.key)
    if not isinstance(value, int):
        return None
    moved = work.old is None or any(
        work.get(key) != work.old.get(key) for key in (field.key, *(path.fields[0].whole for path in outer))
    )
    return Pointed(work, (value,)) if moved else None


def _check(
    batch: Batch,
    field: FieldPlan,
    conditions: Mapping[str, Expression],
    outer: list[Path],
    pointed: list[Pointed],
) -> None:
    plans = batch.plans
    connection, language = batch.tx.connection, plans.workplace.language
    moment = moment_of(batch)
    own = nested(connection, plans.loader, outer, [will_be(batch, each.work) for each in pointed])
    ids = list({each for one in pointed for each in one.ids})
    found = {
        target: plans.loader.load_paths(connection, target, ids, paths(condition.tree))
        for target, condition in conditions.items()
    }
    for one, this in zip(pointed, own, strict=True):
        fits = all(
            any(
                each in found[target] and language.holds(condition, found[target][each], moment, this)
                for target, condition in conditions.items()
            )
            for each in one.ids
        )
        if not fits:
            one.work.refuse(field.key, message(field.type.unfit, label=field.field.label))
