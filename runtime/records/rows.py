"""Rows: the list under a record's name becomes changes of the rows themselves; what is missing is to be
removed.
"""

from collections.abc import Mapping

from sqlalchemy import func, select

from runtime.base.messages import message
from runtime.model.catalog import Collection
from runtime.records.among import among
from runtime.records.plan import ModulePlan
from runtime.records.stored import Values, rows_of
from runtime.records.work import STALE, Batch, Removal, Work

Standing = dict[str, dict[int, list[Values]]]


def expand(batch: Batch, works: list[Work]) -> list[Work]:
    """The rows that these records name, as works of their own; one statement for each kind of rows."""
    found: list[Work] = []
    standing: Standing = {}
    plan = works[0].plan
    for key, collection in plan.rows.items():
        naming = [work for work in works if key in work.raw]
        stands = [work.id for work in naming if not work.is_new]
        if stands:
            target, lock = batch.plans[collection.target], not batch.asking
            rows = rows_of(batch.tx.connection, target, stands, batch.dialect, lock)
            standing[key] = rows
        for work in naming:
            found.extend(_rows(batch, work, collection, standing.get(key, {}).get(work.id, [])))
    return found


def _rows(batch: Batch, work: Work, collection: Collection, standing: list[Values]) -> list[Work]:
    written = work.raw[collection.key]
    if written is None:
        written = ()
    if isinstance(written, str | Mapping) or not isinstance(written, list | tuple):
        work.refuse(collection.key, message("{label} must be a list.", label=collection.label))
        return []
    plan = batch.plans[collection.target]
    left = {int(str(values["id"])): values for values in standing}
    found: list[Work] = []
    for place, item in enumerate(written):
        path = f"{work.path}{collection.key}.{place}."
        if not isinstance(item, Mapping):
            work.refuse(f"{collection.key}.{place}", message("A row must be an object of its fields."))
            continue
        raw = {str(key): value for key, value in item.items() if key not in ("id", "version")}
        row_id, old = _id(item.get("id")), None
        if item.get("id") is not None:
            old = left.pop(row_id, None) if row_id is not None else None
            if old is None:
                work.refuse(f"{collection.key}.{place}.id", NOT_ITS_ROW)
                continue
        row = Work(
            plan=plan,
            asked=work.asked,
            raw=raw,
            id=row_id if row_id is not None else batch.fresh_id(),
            path=path,
            version=_id(item.get("version")),
            parent=work,
            old=old,
        )
        row.values["position"] = place + 1
        if old is None:
            row.values["parent"] = work.id
        elif row.version is not None and row.version != old["version"]:
            row.refuse("", STALE, "conflict")
        found.append(row)
    for row_id in left:
        batch.removals.append(Removal(plan, work.asked, row_id))
        work.touched = True
    return found


def _id(raw: object) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 20:
        return int(raw)
    return None


NOT_ITS_ROW = message("This is not a row of the record.")


def last_positions(batch: Batch, plan: ModulePlan, parents: set[int]) -> dict[int, int]:
    """The position of each parent's last row: one statement."""
    columns = plan.table.columns
    parent, position = columns["parent"][0], columns["position"][0]
    statement = (
        select(parent, func.max(position))
        .where(among(parent, parents, batch.dialect), columns["deleted_at"][0].is_(None))
        .group_by(parent)
    )
    return {key: last or 0 for key, last in batch.tx.connection.execute(statement)}
