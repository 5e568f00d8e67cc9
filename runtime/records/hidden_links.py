"""Hidden links: a relation to a record that the actor may not read is empty to them, also when they write.

An empty value lets it stand, and naming the record is refused like naming one that is not there.
"""

from collections.abc import Iterator

from runtime.base.messages import message
from runtime.model.values import Pointer
from runtime.records import writing_rights
from runtime.records.plan import FieldPlan
from runtime.records.work import Batch, Work
from runtime.records.writing_rights import Led


def keep(batch: Batch, works: list[Work]) -> None:
    """Let the hidden links of records of one module stand; one statement or two for each relation."""
    if not batch.judge.limits_fields(batch.actor):
        return
    for field in works[0].plan.fields.values():
        if not field.is_link:
            continue
        found = list(_standing(field, works))
        hidden = writing_rights.hidden(batch, field, {target for _, target in found})
        for work, target in found:
            if target not in hidden:
                continue
            if work.values[field.key] is None:
                del work.values[field.key]
            else:
                work.refuse(
                    field.key, message("{label} names no record that exists.", label=field.field.label)
                )


def _standing(field: FieldPlan, works: list[Work]) -> Iterator[tuple[Work, Led]]:
    # Where the field is written empty, or as it stands.
    for work in works:
        target = (work.old or {}).get(field.key)
        if (
            isinstance(target, int | Pointer)
            and field.key in work.values
            and work.values[field.key] in (None, target)
        ):
            yield work, target
