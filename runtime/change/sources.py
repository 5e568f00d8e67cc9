"""Sources: where the values come from that are converted, read for many records at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Text, Time, select, type_coerce

from runtime.change.before import Before
from runtime.change.casting import Side
from runtime.expressions.columns import Microseconds, UtcDateTime
from runtime.model.catalog import Expression, Field
from runtime.model.label import Label
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    INTEGER,
    MONEY,
    NUMBERS,
    TEXT,
    TIME,
    PicklistType,
    RecordType,
    ValueType,
)
from runtime.model.values import Money, Pointer, Ref
from runtime.storage.binding import Binding
from runtime.storage.conditions import among, id_list
from runtime.storage.joins import Joins

Made = Callable[[tuple[Any, ...]], object]


@dataclass(frozen=True, slots=True)
class Source:
    """Something that is read of each record: columns of the record's query, and what they say.

    ``side`` is the field that the values are of, where they are a field's; ``records`` are the modules whose
    records they point at, and ``linked`` the field whose links they are. ``is_plain`` tells that a value is
    the one text which is read, and nothing where that is empty.
    """

    columns: Callable[[Joins], Sequence[ColumnElement[Any]]]
    made: Made
    side: Side | None = None
    records: tuple[str, ...] = ()
    linked: Field | None = None
    is_plain: bool = False


def of_field(before: Before, field: Field) -> Source:
    """A field of the applied configuration."""
    kind = before.types[field.type]
    side = Side(field, kind, before.catalog.picklists)
    if kind.linked:
        return Source(lambda _joins: (), lambda _parts: (), side, field.targets, field)
    records = field.targets or tuple(field.settings.get("among", ()))
    is_plain = field.value_type == TEXT and kind.is_kept_as_it_is(1) and not records
    return Source(lambda joins: joins.columns((field,)), kind.from_columns, side, records, is_plain=is_plain)


def of_expression(before: Before, module: str, expression: Expression) -> Source:
    """An expression over the records of a module of the applied configuration."""

    def columns(joins: Joins) -> Sequence[ColumnElement[Any]]:
        binding = Binding(joins)
        found = before.language.value_in_sql(expression.tree, binding, before.moment)
        return [_typed(binding, each, expression.type) for each in found]

    records = expression.type.modules if isinstance(expression.type, RecordType) else ()
    side, is_plain = _side(before, module, expression), expression.type == TEXT
    return Source(columns, _reader(expression.type), side, records, is_plain=is_plain)


def _typed(binding: Binding, column: ColumnElement[Any], type_: ValueType) -> ColumnElement[Any]:
    """The column with the type by which its values are read."""
    if isinstance(type_, PicklistType):
        return type_coerce(column, binding.picklist_type(type_.picklist))
    if type_ in (*NUMBERS, MONEY, BOOLEAN) or isinstance(type_, RecordType):
        return column
    kinds: dict[ValueType, Any] = {
        DATE: Date(),
        DATETIME: UtcDateTime(),
        DURATION: Microseconds(),
        TIME: Time(),
    }
    return type_coerce(column, kinds.get(type_, Text()))


def _reader(type_: ValueType) -> Made:
    if type_ == MONEY:
        return lambda parts: None if parts[0] is None else Money(parts[0], parts[1])
    if type_ == BOOLEAN:
        return lambda parts: None if parts[0] is None else bool(parts[0])
    if type_ == INTEGER:
        return lambda parts: int(parts[0]) if isinstance(parts[0], Decimal) else parts[0]
    return lambda parts: None if parts[0] == "" else parts[0]


def _side(before: Before, module: str, expression: Expression) -> Side | None:
    """A field that stands for the values of a picklist, whose labels are known by it."""
    if not isinstance(expression.type, PicklistType):
        return None
    origin = next(iter(before.catalog.modules[module].fields.values())).origin
    settings: Mapping[str, Any] = {"picklist": expression.type.picklist}
    stands = Field("value", module, "picklist", Label.of("value"), expression.type, origin, settings=settings)
    return Side(stands, before.types["picklist"], before.catalog.picklists)


def with_titles(
    before: Before, connection: Connection, source: Source, ids: Sequence[int], values: Sequence[object]
) -> list[object]:
    """The values of a source, where they point at records with what these are called; one statement for each
    module, and one for the links.
    """
    if source.linked is not None:
        return _links(before, connection, source, ids)
    if not source.records:
        return list(values)
    wanted = sorted({each.id if isinstance(each, Pointer) else int(str(each)) for each in values if each})
    found = _called(before, connection, source.records, wanted)
    return [
        None
        if each is None
        else found.get(each.id if isinstance(each, Pointer) else int(str(each)), Ref("", _id(each), ""))
        for each in values
    ]


def _id(value: Any) -> int:
    return value.id if isinstance(value, Pointer) else int(value)


def _called(
    before: Before, connection: Connection, modules: Sequence[str], ids: Sequence[int]
) -> dict[int, Ref]:
    return {
        id_: Ref(module, id_, title)
        for module in modules
        for id_, title in (before.reader.titles(connection, module, ids).items() if ids else ())
    }


def _links(before: Before, connection: Connection, source: Source, ids: Sequence[int]) -> list[object]:
    assert source.linked is not None
    link = before.tables.link(source.linked.module, source.linked.key)
    chosen = select(link.c.source_id, link.c.target_id).where(
        among(link.c.source_id, "ids", before.tables.dialect)
    )
    chosen = chosen.order_by(link.c.position, link.c.target_id)
    rows = connection.execute(chosen, {"ids": id_list(ids, before.tables.dialect)}).all()
    called = _called(before, connection, source.records, sorted({target for _, target in rows}))
    found: dict[int, list[Ref]] = {}
    for owner, target in rows:
        found.setdefault(owner, []).append(called.get(target, Ref("", target, "")))
    return [tuple(found.get(each, ())) for each in ids]
