"""Steps that give a required field's default to the records that have nothing there, and the refusal when it
has none.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, update

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.conversions import Filling
from runtime.change.estimate import CONVERT, FILL, seconds
from runtime.change.phases import Chosen, Fill, Phase
from runtime.change.quarantine import keep, keep_filled
from runtime.change.sample import LINES, becomes
from runtime.change.shape import Shape
from runtime.change.situation import Situation
from runtime.change.step import Step, counted, safety_of
from runtime.change.straight import Straight
from runtime.change.writing import Conversion
from runtime.model.catalog import Catalog, Field
from runtime.storage.tables import ModuleTable


def newly_required(situation: Situation) -> Iterator[Field]:
    """The required fields that were not required before, or were not there, of modules that have records;
    those that are converted see to it themselves. None in a rollback, which leaves cells as they were.
    """
    if situation.back is not None:
        return
    for field in required_now(situation.catalog, situation.before, situation.after):
        module = situation.catalog.modules[field.module]
        is_converted = (field.module, field.key) in situation.conversions.fields
        if not is_converted and situation.stands(module) and situation.rows(field.module):
            yield field


def required_now(catalog: Catalog, before: Shape, after: Shape) -> Iterator[Field]:
    """The fields that are required and were not, or were not there."""
    for module in catalog.modules.values():
        old, new = before.modules.get(module.key), after.modules[module.key]
        for key, field in module.fields.items():
            was = None if old is None or old.retired else old.fields.get(key)
            known = was is not None and was.required and not was.retired
            if new.fields[key].required and not known:
                yield field


def has_default(field: Field) -> bool:
    """Whether the field has a value for records that have none."""
    return field.default not in (None, ())


def is_filled(field: Field) -> bool:
    """Whether an expression gives a value to records that have none."""
    return field.conversion is not None and field.conversion.fill is not None


def fill(situation: Situation) -> Iterator[Step]:
    """The default into every empty record, the deleted ones too, for they can be restored; or what an
    expression gives.
    """
    yield from _fill_by_expressions(situation)
    for field in newly_required(situation):
        if not has_default(field) or is_filled(field):
            continue
        table = situation.tables.module(field.module)
        columns = table.columns[field.key]
        rows = situation.stored.empties(table.table.name, columns[0].name, undeleted=False)
        if rows:
            kind = situation.types[field.type]
            parts = kind.in_columns(field.default, len(columns))
            values = dict(zip((c.name for c in columns), parts, strict=True))
            default = kind.plain(field.default)
            what = f"Give the records of {field.module} that have no {field.key} its default, {default}."
            # A column that is read already is filled in the switch: nobody may see half of it.
            is_new = not situation.live.has(table.table.name, columns[0].name)
            write = partial(_fill, table=table, columns=columns, values=values, stood=not is_new)
            fill = Fill(table.table.name, tuple(values), write)
            ids = situation.stored.empty_ids(table.table.name, columns[0].name, undeleted=False)[:LINES]
            sample = tuple(becomes(each, None, default) for each in ids)
            yield Step(
                what,
                fill.whole,
                field.origin.span,
                rows,
                safety_of(rows),
                phase=Phase.FILL if is_new else Phase.SWITCH,
                fill=fill if is_new else None,
                sample=sample,
                estimate=seconds(rows, FILL),
            )


def _fill_by_expressions(situation: Situation) -> Iterator[Step]:
    for filling in situation.conversions.fillings:
        field, found = filling.field, filling.rehearsal
        rows = situation.stored.empties(
            situation.names.table(field.module),
            situation.names.column(field.module, field.key),
            undeleted=False,
        )
        if rows and field.conversion is not None and field.conversion.fill is not None:
            said = field.conversion.fill.text.strip()
            what = f"Give the records of {field.module} that have no {field.key} {said}."
            sample = tuple(becomes(told.id, None, told.after) for told in found.samples[:LINES])
            run = partial(_fill_by, situation=situation, filling=filling)
            origin, safety = field.conversion.fill.span, safety_of(rows)
            yield Step(what, run, origin, rows, safety, sample=sample, estimate=seconds(rows, CONVERT))


def _fill_by(connection: Connection, situation: Situation, filling: Filling) -> None:
    field = filling.field
    table = situation.tables.module(field.module)
    promised = (filling.rehearsal,)
    straight = Straight(filling.reading, table, promised)
    if straight.is_possible and straight.holds(connection, filling.empty):
        (column,) = table.columns[field.key]
        keep_filled(connection, table.table, column, straight.values(filling.empty).subquery())
        straight.write(connection, filling.empty)
        return
    keep(connection, table.table, table.columns[field.key], filling.condition)
    Conversion(filling.reading, situation.tables, field.module, promised).write(connection, filling.empty)


def refuse_empties(situation: Situation) -> Iterator[Diagnostic]:
    """The required fields that have no default, and which records are without them."""
    for field in newly_required(situation):
        if has_default(field) or is_filled(field):
            continue
        table = situation.names.table(field.module)
        if situation.types[field.type].linked:
            link = situation.names.link(field.module, field.key)
            rows = situation.stored.unlinked(table, link)
            ids = situation.stored.unlinked_ids(table, link) if rows else []
        else:
            column = situation.names.column(field.module, field.key)
            rows = situation.stored.empties(table, column, undeleted=True)
            ids = situation.stored.empty_ids(table, column) if rows else []
        if rows:
            more = ", …" if rows > len(ids) else ""
            yield Diagnostic(
                codes.REQUIRED.name,
                f"{field.key} is required, and {counted(rows, 'record')} of {field.module}"
                f" {'has' if rows == 1 else 'have'} none (id {', '.join(map(str, ids))}{more})",
                field.origin.span,
                path_of(field),
                "give it a default, or add it without required, fill the records in, and require it then",
            )


def _fill(
    connection: Connection,
    chosen: Chosen,
    table: ModuleTable,
    columns: Sequence[Column[Any]],
    values: dict[str, object],
    stood: bool,
) -> None:
    which, empty = chosen.where(table.columns["id"][0]), columns[0].is_(None)
    if stood:
        keep(connection, table.table, columns, which & empty)
    connection.execute(update(table.table).where(which, empty).values(values))
