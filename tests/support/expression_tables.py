"""Tables for the modules of tests.support.catalogs, their records, and the binding that joins them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Engine,
    MetaData,
    Select,
    Table,
    Text,
    Time,
    create_engine,
    event,
    exists,
    select,
)

from runtime.expressions.columns import Microseconds, ScaledDecimal, UtcDateTime
from runtime.expressions.database import postgresql_functions, register_sqlite
from runtime.expressions.renamed import Renamed
from runtime.expressions.tree import Step
from runtime.expressions.value import Linked
from runtime.model.catalog import Field, Module
from runtime.model.values import Link, Money
from tests.support.catalogs import small_crm

Records = Mapping[str, Mapping[int, Mapping[str, object]]]
"""Canonical values by module, id and field."""


class Tables:
    """One table for each module, and one for the links of each field that has many."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self.modules = modules
        self.metadata = MetaData()
        self.links: dict[tuple[str, str], Table] = {}
        for module in modules.values():
            columns = [column for field in module.all_fields() for column in self._columns(field)]
            Table(module.key, self.metadata, *columns)

    def of(self, module: str) -> Table:
        """A module's table."""
        return self.metadata.tables[module]

    def _columns(self, field: Field) -> list[Column[Any]]:
        if field.type in ("relations", "files"):
            ends = [Column(name, BigInteger()) for name in ("source_id", "target_id")]
            ends += [Column(key, column_type(each)) for key, each in field.settings.get("link", {}).items()]
            self.links[field.module, field.key] = Table(f"{field.module}__{field.key}", self.metadata, *ends)
            return []
        columns = [Column(field.key, column_type(field), primary_key=field.key == "id")]
        if field.type == "money":
            columns.append(Column(f"{field.key}__currency", Text()))
        return columns

    def fill(self, connection: Connection, records: Records) -> None:
        """Put these records in, and nothing else."""
        for table in self.metadata.tables.values():
            connection.execute(table.delete())
        for module, by_id in records.items():
            rows = [self._row(self.modules[module], values) for values in by_id.values()]
            if rows:
                connection.execute(self.of(module).insert(), rows)
        for (module, key), table in self.links.items():
            pairs = [
                {
                    "source_id": id_,
                    "target_id": _id_of(link),
                    **(link.attributes if isinstance(link, Link) else {}),
                }
                for id_, values in records.get(module, {}).items()
                for link in _tuple(values.get(key))
            ]
            if pairs:
                connection.execute(table.insert(), pairs)

    def _row(self, module: Module, values: Mapping[str, object]) -> dict[str, object]:
        row: dict[str, object] = {}
        for field in module.all_fields():
            value = values.get(field.key)
            if field.type in ("relations", "files"):
                continue
            if field.type == "money":
                row[f"{field.key}__currency"] = value.currency if isinstance(value, Money) else None
                value = value.amount if isinstance(value, Money) else None
            if field.type == "multi_picklist":
                value = f"|{'|'.join(map(str, _tuple(value)))}|" if value else None
            row[field.key] = value
        return row


def column_type(field: Field) -> Any:
    """The type of a field's own column."""
    match field.type:
        case "integer" | "relation" | "user":
            return BigInteger()
        case "decimal" | "percent" | "money":
            return ScaledDecimal(field.settings["scale"])
        case "boolean":
            return Boolean()
        case "date":
            return Date()
        case "datetime":
            return UtcDateTime()
        case "time":
            return Time()
        case "duration":
            return Microseconds()
        case "picklist" | "multi_picklist":
            return picklist_type(field.settings["picklist"])
    return Text()


def picklist_type(picklist: str) -> Any:
    """The type of a picklist's columns. The values of every other one are stored by each other's names, as if
    all of them had been renamed: what is said of them must mean the same.
    """
    picklists = small_crm()["picklists"]
    if sorted(picklists).index(picklist) % 2:
        return Text()
    keys = list(picklists[picklist].values)
    return Renamed(dict(zip(keys, (*keys[1:], keys[0]), strict=True)))


class Joined:
    """The binding of one query over one module: a LEFT JOIN for each relation that is walked, made once."""

    def __init__(self, tables: Tables, module: str, dialect: str, name: str | None = "root") -> None:
        self.tables = tables
        self.dialect = dialect
        self.root = tables.of(module).alias(name)
        self._joined: dict[tuple[tuple[str, str], ...], Any] = {}
        self._source: Any = self.root
        self.link: Any = None

    @property
    def used(self) -> list[Any]:
        """The tables that are joined."""
        return [self.root, *self._joined.values()]

    def columns(self, path: tuple[Field, ...]) -> tuple[ColumnElement[Any], ...]:
        """The columns of the path's last field."""
        table = self._table(path[:-1], path[-1].module)
        names = [path[-1].key]
        if path[-1].type == "money":
            names.append(f"{path[-1].key}__currency")
        return tuple(table.c[name] for name in names)

    def picklist_type(self, picklist: str) -> Any:
        """The type of the columns that hold a value of a picklist."""
        return picklist_type(picklist)

    def links(self, path: tuple[Field, ...]) -> Linked:
        """Asks after the links of the path's last field."""
        table = self._table(path[:-1], path[-1].module)
        link = self.tables.links[path[-1].module, path[-1].key]

        def linked(to: ColumnElement[Any] | int | None) -> ColumnElement[bool]:
            rows = link.alias()
            here = [rows.c.source_id == table.c.id]
            if to is not None:
                here.append(rows.c.target_id == to)
            return exists(select(rows.c.target_id).where(*here).correlate_except(rows))

        return linked

    def link_columns(self, attribute: Field) -> tuple[ColumnElement[Any], ...]:
        """The columns of an attribute of the link over which these records were reached."""
        assert self.link is not None
        return (self.link.c[attribute.key],)

    def related(self, steps: tuple[Step, ...], owner: ColumnElement[Any] | None = None) -> "Inside":
        """The records that the steps lead to."""
        return Inside(self, steps, owner)

    def ids(self, condition: ColumnElement[bool]) -> Select[Any]:
        """The ids of the records that meet a condition."""
        return select(self.root.c.id).select_from(self._source).where(condition)

    def _table(self, hops: tuple[Field, ...], module: str) -> Any:
        if not hops:
            return self.root
        key = (*((field.module, field.key) for field in hops), (module, ""))
        if key not in self._joined:
            before = self._table(hops[:-1], hops[-1].module)
            table = self.tables.of(module).alias()
            self._source = self._source.outerjoin(table, before.c[hops[-1].key] == table.c.id)
            self._joined[key] = table
        return self._joined[key]


class Inside:
    """The related records of an aggregate, in a query inside the one that asks."""

    def __init__(self, around: Joined, steps: tuple[Step, ...], owner: ColumnElement[Any] | None) -> None:
        tables = around.tables
        self.made: list[Joined] = []
        self.links: list[Any] = []
        self.conditions: list[Any] = []
        before = around
        for number, step in enumerate(steps):
            inner = Joined(tables, step.module, around.dialect, None)
            if step.kind != "all":
                known = owner if number == 0 else None
                at = before._table(step.hops, step.at).c.id if known is None else known
                self._hang(step, inner, at)
            self.made.append(inner)
            before = inner
        self.binding = before
        before.link = self.links[-1] if self.links else None
        self.order = (before.root.c.id,)

    def _hang(self, step: Step, inner: Joined, at: Any) -> None:
        assert step.via is not None
        if step.kind in ("inverse", "rows"):
            self.conditions.append(inner.root.c[step.via.key] == at)
            return
        link = inner.tables.links[step.via.module, step.via.key].alias()
        here, there = ("source_id", "target_id") if step.kind == "links" else ("target_id", "source_id")
        self.conditions += [link.c[here] == at, link.c[there] == inner.root.c.id]
        self.links.append(link)

    def select(self, columns: Sequence[Any], conditions: Sequence[Any]) -> Select[Any]:
        """The inner query."""
        sources = [*self.links, *(joined._source for joined in self.made)]
        own = [*self.links, *(table for joined in self.made for table in joined.used)]
        chosen = select(*columns).select_from(*sources).where(*self.conditions, *conditions)
        return chosen.correlate_except(*own, *sources)


def nested(
    tables: Tables, records: Records, module: str, id_: int, depth: int = 3, several: int = 0
) -> Mapping[str, object]:
    """A record as plain data, with the records that it points at nested in it.

    ``several`` is how often records that hang on one another are nested, too.
    """
    values = dict(records[module][id_])
    for field in tables.modules[module].all_fields():
        values.setdefault(field.key, None)
        to = values[field.key]
        if depth and field.type in ("relation", "user") and isinstance(to, int):
            target = next((name for name in field.targets if to in records.get(name, {})), None)
            values[field.key] = (
                nested(tables, records, target, to, depth - 1, several) if target else {"id": to}
            )
        elif several and field.type in ("relations", "files"):
            target = field.targets[0]
            values[field.key] = [
                {
                    **nested(tables, records, target, _id_of(link), depth, several - 1),
                    "link": link.attributes if isinstance(link, Link) else {},
                }
                for link in sorted(_tuple(to), key=_id_of)
                if _id_of(link) in records.get(target, {})
            ]
    for collection in tables.modules[module].collections.values() if several else ():
        if collection.kind == "inverse":
            values[collection.key] = [
                nested(tables, records, collection.target, other, depth, several - 1)
                for other, fields in sorted(records.get(collection.target, {}).items())
                if fields.get(collection.via) == id_
            ]
    return values


def _id_of(link: Any) -> int:
    id_: int = link.id if isinstance(link, Link) else link
    return id_


@contextmanager
def engine_with_tables(url: str, tables: Tables) -> Iterator[Engine]:
    """An engine on a database that has the tables and the functions."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: register_sqlite(connection))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for statement in postgresql_functions():
                connection.exec_driver_sql(statement)
        tables.metadata.create_all(connection)
    yield engine
    engine.dispose()


def _tuple(value: object) -> Iterable[Any]:
    return value if isinstance(value, tuple) else ()
