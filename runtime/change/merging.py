"""Steps that let one value of a picklist take in others, in every record; what they overwrite is set
aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    func,
    literal,
    or_,
    select,
    update,
)

from runtime.base.diagnostic import Span
from runtime.change.quarantine import keep
from runtime.change.sample import LINES, becomes
from runtime.change.shape import FieldShape
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step
from runtime.storage.own_columns import Big
from runtime.storage.tables import link_columns

SEVERAL = "multi_picklist"


@dataclass(frozen=True, slots=True)
class Holder:
    """A column that holds values of a picklist: of a field, a retired one too, or of an attribute of
    links.
    """

    path: str
    table: Table
    column: Column[str]
    picklist: str
    several: bool


def merge(situation: Situation) -> Iterator[Step]:
    """The values that are others now, in each column that holds some of them."""
    if not situation.merged:
        return
    for holder in _holders(situation):
        into = {
            stored: situation.names.stored(of, now)
            for (of, stored), (_, now) in situation.merged.items()
            if of == holder.picklist
        }
        if not into or not situation.live.has(holder.table.name, holder.column.name):
            continue
        where = _has(holder, into)
        rows = situation.stored.connection.execute(
            select(func.count()).select_from(holder.table).where(where)
        ).scalar_one()
        if rows:
            order = [situation.names.stored(holder.picklist, key) for key in _keys(situation, holder)]
            run = partial(_merge, holder=holder, into=into, order=order)
            said = _said(situation, holder.picklist)
            what = f"In {holder.path}, {said}; what was there is kept for a while."
            place, sample = _place(situation, holder.picklist), _sample(situation, holder, into, order)
            yield Step(what, run, place, rows, Safety.LOSSY, sample=sample)


def _holders(situation: Situation) -> Iterator[Holder]:
    for key, module in situation.before.modules.items():
        for name, shape in module.fields.items():
            if shape.picklist is not None and (key, name) in situation.given.columns:
                table, column = situation.given.table(key), situation.given.column(key, name)
                yield _holder(f"{key}.{name}", table, "id", column, shape)
            if (key, name) in situation.given.links and key in situation.catalog.modules:
                yield from _attributes(situation, key, name, shape)


def _attributes(situation: Situation, module: str, field: str, shape: FieldShape) -> Iterator[Holder]:
    known = situation.catalog.modules[module].fields.get(field)
    for key, attribute in ((known.settings.get("link") or {}) if known is not None else {}).items():
        before = shape.link.get(key)
        if before is not None and before.picklist is not None:
            link = situation.tables.link(module, field)
            column = link_columns(link, key, attribute, situation.types)[0].name
            yield _holder(f"{module}.{field}.{key}", link.name, "source_id", column, before)


def _holder(path: str, name: str, id_: str, column: str, shape: FieldShape) -> Holder:
    keys = [Column(id_, Big)] if id_ == "id" else [Column(id_, Big), Column("target_id", Big)]
    table = Table(name, MetaData(), *keys, Column(column, Text))
    return Holder(path, table, table.c[column], shape.picklist or "", shape.type == SEVERAL)


def _has(holder: Holder, into: dict[str, str]) -> ColumnElement[bool]:
    if not holder.several:
        return holder.column.in_(list(into))
    return or_(*(holder.column.contains(f"|{stored}|", autoescape=True) for stored in into))


def _merge(connection: Connection, holder: Holder, into: dict[str, str], order: list[str]) -> None:
    keep(connection, holder.table, [holder.column], _has(holder, into))
    found = select(holder.column).where(_has(holder, into)).distinct()
    for (text,) in list(connection.execute(found)):
        new = into[text] if not holder.several else _together(text, into, order)
        here = update(holder.table).where(holder.column == literal(text, Text()))
        connection.execute(here.values({holder.column.name: new}))


def _sample(situation: Situation, holder: Holder, into: dict[str, str], order: list[str]) -> tuple[str, ...]:
    id_ = next(iter(holder.table.c))
    some = select(id_, holder.column).where(_has(holder, into)).order_by(id_).limit(LINES)
    found = situation.stored.connection.execute(some)
    return tuple(
        becomes(
            record,
            _called(situation, holder, text),
            _called(situation, holder, _together(text, into, order) if holder.several else into[text]),
        )
        for record, text in found
    )


def _called(situation: Situation, holder: Holder, text: str) -> str:
    """What is stored, with the values called as people know them."""
    names = {stored: key for key, stored in situation.names.values.get(holder.picklist, {}).items()}
    names |= {stored: old for (of, stored), (old, _) in situation.merged.items() if of == holder.picklist}
    return ", ".join(names.get(each, each) for each in text.strip("|").split("|"))


def _together(text: str, into: dict[str, str], order: list[str]) -> str:
    """Several values with one in the place of others, each once and in the picklist's order."""
    values = dict.fromkeys(into.get(part, part) for part in text.strip("|").split("|"))
    places = {stored: place for place, stored in enumerate(order)}
    return f"|{'|'.join(sorted(values, key=lambda each: places.get(each, len(places))))}|"


def _keys(situation: Situation, holder: Holder) -> tuple[str, ...]:
    picklist = situation.catalog.picklists.get(holder.picklist)
    return tuple(picklist.values) if picklist is not None else ()


def _said(situation: Situation, picklist: str) -> str:
    pairs = ((old, now) for (of, old), now in situation.renames.merged.items() if of == picklist)
    return " and ".join(f"{old} becomes {now}" for old, now in pairs)


def _place(situation: Situation, picklist: str) -> Span:
    return situation.catalog.picklists[picklist].origin.span
