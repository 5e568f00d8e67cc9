"""Writing what was converted: a batch of records by one statement for the columns, and one for each field's
links.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, Connection, Table, bindparam, delete, func, insert, update

from runtime.change.converting import Part, Read, Reading, Rehearsal
from runtime.change.known import UnforeseenError
from runtime.change.phases import Chosen, Everything
from runtime.change.straight import Straight
from runtime.model.values import Link
from runtime.storage import driving
from runtime.storage.conditions import among, id_list
from runtime.storage.ddl import settle_keys
from runtime.storage.tables import ModuleTable, Tables


class Conversion:
    """Carries a conversion out: what a step's ``fill`` writes."""

    def __init__(
        self, reading: Reading, tables: Tables, module: str, promised: tuple[Rehearsal, ...] = ()
    ) -> None:
        """``promised`` is what the rehearsal has found of each part; what breaks it is not written."""
        self.reading = reading
        self.tables = tables
        self.module = module
        self.promised = promised
        self.straight = Straight(reading, tables.module(module), promised)

    def write(self, connection: Connection, chosen: Chosen) -> None:
        """Convert the chosen records; again is as good as once. Raises :class:`UnforeseenError`."""
        if self.straight.is_possible and self.straight.holds(connection, chosen):
            self.straight.write(connection, chosen)
            settle_keys(connection)
            return
        whole = isinstance(chosen, Everything)
        writer = _Columns(self.tables.module(self.module), self._columns(), connection.dialect)
        for batch in self.reading.batches(connection, chosen):
            for place, promise in enumerate(() if batch.is_known else self.promised):
                _hold_to(promise, self.reading.parts[place], batch, place)
            rows = list(zip(*self._values(batch), batch.ids, strict=True))
            if whole:  # the columns are empty
                rows = [row for row in rows if row[:-1] != writer.nothing]
            writer.write(connection, rows)
            for place, part in enumerate(self.reading.parts):
                if part.kind.linked:
                    self._link(connection, part, batch, place, whole)
        settle_keys(connection)

    def _columns(self) -> list[Column[Any]]:
        table = self.tables.module(self.module)
        return [
            column
            for part in self.reading.parts
            if not part.kind.linked
            for column in table.columns[part.field.key]
        ]

    def _values(self, batch: Read) -> list[Sequence[object]]:
        """What is to be in each column, record by record."""
        table = self.tables.module(self.module)
        found: list[Sequence[object]] = []
        for place, part in enumerate(self.reading.parts):
            if part.kind.linked:
                continue
            count = len(table.columns[part.field.key])
            values = [cast.value for cast in batch.new[place]]
            if part.kind.is_kept_as_it_is(count):
                found.append(values)
            else:
                found += zip(*(part.kind.in_columns(each, count) for each in values), strict=True)
        return found

    def _link(self, connection: Connection, part: Part, batch: Read, place: int, whole: bool) -> None:
        link = self.tables.link(self.module, part.field.key)
        if not whole:
            gone = delete(link).where(among(link.c.source_id, "ids", self.tables.dialect))
            connection.execute(gone, {"ids": id_list(batch.ids, self.tables.dialect)})
        rows = [
            {"source_id": id_, "target_id": target.id, "position": position}
            for id_, cast in zip(batch.ids, batch.new[place], strict=True)
            for position, target in enumerate(_links(cast.value))
        ]
        if rows:
            connection.execute(insert(link), rows)


def _hold_to(promise: Rehearsal, part: Part, batch: Read, place: int) -> None:
    """See to it that what comes of values is what the rehearsal has found: none fails, is lost, or lacks."""
    held = batch.held[place] or batch.old[place]
    is_lossy, required = promise.is_lossy, part.field.required
    for at, cast in enumerate(batch.new[place]):
        is_empty = cast.value is None or cast.value == ()
        gives_up = cast.loses or (is_empty and held[at] not in (None, ()))
        lacks = is_empty and required and not batch.deleted[at]
        if cast.problem or (gives_up and not is_lossy) or lacks:
            why = cast.problem or "It has no value, or would lose one."
            raise UnforeseenError(f"Record {batch.ids[at]}, {part.field.key}: {why}")


def _links(value: Any) -> Sequence[Link]:
    return value if isinstance(value, tuple) else ()


class _Columns:
    """Writes columns of many records: a statement for each batch on PostgreSQL, one for all on SQLite."""

    def __init__(self, table: ModuleTable, columns: Sequence[Column[Any]], dialect: Any) -> None:
        self._table: Table = table.table
        self._id = table.columns["id"][0]
        self._columns = list(columns)
        self.nothing = (None,) * len(columns)
        self._names = [f"v{place}" for place in range(len(columns))]
        self._is_sqlite = dialect.name == "sqlite"
        self._made = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
        quote = dialect.identifier_preparer.quote
        set_ = ", ".join(f"{quote(column.name)} = ?" for column in columns)
        table_name = dialect.identifier_preparer.format_table(table.table)
        self._statement = f"UPDATE {table_name} SET {set_} WHERE {quote(self._id.name)} = ?"

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the values of these records: each has its id at the end."""
        if not rows or not self._columns:
            return
        if self._is_sqlite:
            driving.run(connection, self._statement, self._bound(rows))
            return
        *given, ids = zip(*rows, strict=True)
        arrays = [bindparam(None, list(ids), type_=ARRAY(BigInteger))]
        for column, values in zip(self._columns, given, strict=True):
            arrays.append(bindparam(None, list(values), type_=ARRAY(column.type)))
        given_rows = func.unnest(*arrays).table_valued("id", *self._names).render_derived(name="given")
        values_ = {
            column.name: given_rows.c[name] for column, name in zip(self._columns, self._names, strict=True)
        }
        connection.execute(update(self._table).where(self._id == given_rows.c.id).values(values_))

    def _bound(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """The rows as SQLite's driver takes them."""
        if not any(self._made):
            return rows
        *given, ids = zip(*rows, strict=True)
        bound = [
            values if made is None else list(map(made, values))
            for values, made in zip(given, self._made, strict=True)
        ]
        return list(zip(*bound, ids, strict=True))
