"""Steps that give a required field's default to the records that have nothing there, and the refusal when it
has none.
"""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection, update

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.estimate import FILL, seconds
from runtime.change.phases import Chosen, Fill, Phase
from runtime.change.sample import LINES, becomes
from runtime.change.situation import Situation
from runtime.change.step import Step, counted, safety_of
from runtime.model.catalog import Field
from runtime.storage.tables import ModuleTable


def newly_required(situation: Situation) -> Iterator[Field]:
    """The required fields that were not required before, or were not there, of modules that have records;
    none in a rollback, which leaves cells as they were.
    """
    if situation.back is not None:
        return
    for module in situation.catalog.modules.values():
        if not situation.stands(module):
            continue
        old = situation.before.modules.get(module.key)
        new = situation.after.modules[module.key]
        for key, field in module.fields.items():
            was = None if old is None or old.retired else old.fields.get(key)
            known = was is not None and was.required and not was.retired
            if new.fields[key].required and not known and situation.rows(module.key):
                yield field


def has_default(field: Field) -> bool:
    """Whether the field has a value for records that have none."""
    return field.default not in (None, ())


def fill(situation: Situation) -> Iterator[Step]:
    """The default into every empty record, the deleted ones too, for they can be restored."""
    for field in newly_required(situation):
        if not has_default(field):
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
            write = partial(_fill, table=table, empty=columns[0].name, values=values)
            fill = Fill(table.table.name, tuple(values), write)
            # A column that is read already is filled in the switch: nobody may see half of it.
            is_new = not situation.live.has(table.table.name, columns[0].name)
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


def refuse_empties(situation: Situation) -> Iterator[Diagnostic]:
    """The required fields that have no default, and which records are without them."""
    for field in newly_required(situation):
        if has_default(field):
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
    connection: Connection, chosen: Chosen, table: ModuleTable, empty: str, values: dict[str, object]
) -> None:
    which = chosen.where(table.columns["id"][0])
    connection.execute(update(table.table).where(which, table.table.c[empty].is_(None)).values(values))
