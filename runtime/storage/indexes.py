"""Which indexes a module's table has, so that no list needs tuning by hand: all follow from the catalog."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Case, Column, ColumnElement, Index, Table
from sqlalchemy.sql.elements import Grouping

from runtime.model.catalog import Catalog, Field, Filter, Module, Path, SortKey
from runtime.storage.names import LONGEST
from runtime.storage.order import has_own_order, joined_text, order_kind, order_of
from runtime.storage.saved import carried_keys, equal_keys

Columns = Mapping[str, tuple[Column[Any], ...]]

LIVE = "live"
"""Only records that are not deleted: then an index alone can answer, and a unique one lets a deleted record's
value be
used again."""
DELETED = "deleted"
"""Only deleted records: the bin."""


@dataclass(frozen=True, slots=True)
class Key:
    """One part of an index: a field's value, or what the field sorts by; None for the title as a whole."""

    field: str | None
    sorts: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One index to make. What it carries is not searched by, only read."""

    keys: tuple[Key, ...]
    over: str = ""
    unique: bool = False
    id_last: bool = False
    carries: tuple[str, ...] = ()


def add_indexes(module: Module, catalog: Catalog, table: Table, columns: Columns, dialect: str) -> None:
    """Give a module's table its indexes. Their names tell what they are, so two that differ never share
    one.
    """
    for plan in _merged(_plans(module, catalog, columns)):
        _make(plan, module, catalog, table, columns, dialect)
    if dialect == "postgresql" and "search_text" in table.c:
        Index(
            _name("ix", table.name, "search"),
            table.c.search_text,
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        )


def add_link_indexes(link: Table) -> None:
    """A link table is found from the other side, too; its primary key serves this side."""
    Index(_name("ix", link.name, "target"), link.c.target_id, link.c.source_id)


def _merged(plans: Iterator[Plan]) -> Iterator[Plan]:
    # Two that differ in what they carry are one that carries both.
    carried: dict[Plan, dict[str, None]] = {}
    for plan in plans:
        carried.setdefault(replace(plan, carries=()), {}).update(dict.fromkeys(plan.carries))
    return (replace(plan, carries=tuple(sorted(keys))) for plan, keys in carried.items())


def _plans(module: Module, catalog: Catalog, columns: Columns) -> Iterator[Plan]:
    if module.numbering is not None:
        yield Plan((Key("number"),), unique=True)
    if module.parent is not None:
        yield Plan((Key("parent"), Key("position")))
    for field in module.all_fields():
        if field.key not in columns or field.key == "id":
            continue
        if (field.targets or "among" in field.settings) and field.key not in (
            "created_by",
            "updated_by",
            "parent",
        ):
            yield Plan((Key(field.key), Key("deleted_at")), id_last=True)
        elif field.index and field.key != _title_key(module):
            yield _sorting(field.key)
        if field.unique:
            yield Plan((Key(field.key),), over=LIVE, unique=True)
    for keys in module.unique:
        yield Plan(tuple(Key(key) for key in keys), over=LIVE, unique=True)
    for keys in module.indexes:
        yield Plan((*(Key(key) for key in keys[:-1]), Key(keys[-1], sorts=True)), over=LIVE, id_last=True)
    if has_own_order(module.title):
        yield Plan((Key(_title_key(module), sorts=True),), id_last=True)
    for saved in catalog.filters.get(module.key, {}).values():
        yield from _saved(module, saved, columns)
    yield from _related(module, catalog, columns)
    yield Plan((Key("deleted_at"),), over=DELETED)


def _sorting(key: str) -> Plan:
    return Plan((Key(key, sorts=True),), over=LIVE, id_last=True)


def _saved(module: Module, saved: Filter, columns: Columns) -> Iterator[Plan]:
    key = _own(saved.sort[:1], columns)
    equal = tuple(each for each in equal_keys(saved) if each in columns and each != key)
    carries = tuple(each for each in carried_keys(saved) if each in columns and each not in (key, "id"))
    keys = tuple(Key(each) for each in equal)
    if key is not None and (equal or carries or key != _title_key(module)):
        yield Plan((*keys, Key(key, sorts=True)), over=LIVE, id_last=True, carries=carries)
    elif equal and not saved.sort:
        yield Plan(keys, over=LIVE, id_last=True, carries=carries)


def _title_key(module: Module) -> str | None:
    # The one field that is the title; None where the title has several parts, or one that is not the record's
    # own. Its index has the deleted records, too: what points at a record sorts by the record's title.
    single = len(module.title.parts) == 1 and has_own_order(module.title)
    return module.title.parts[0][1].field.key if single else None


def _related(module: Module, catalog: Catalog, columns: Columns) -> Iterator[Plan]:
    # The related lists of other modules' cards that show this one's records in an order of their own.
    for layout in catalog.layouts.values():
        owner = catalog.modules[layout.module]
        for block in (*layout.side, *(block for tab in layout.tabs for block in tab.blocks)):
            collection = owner.collections.get(block.collection or "")
            if collection is None or collection.target != module.key or collection.kind != "inverse":
                continue
            if (key := _own(block.sort[:1], columns)) is not None and collection.via in columns:
                yield Plan((Key(collection.via), Key(key, sorts=True)), over=LIVE, id_last=True)


def _own(sort: tuple[SortKey, ...], columns: Columns) -> str | None:
    # The key of the record's own field that a list is sorted by first, when an index can serve it.
    if not sort:
        return None
    path: Path = sort[0].path
    served = not path.hops and path.attribute is None and not path.field.targets
    return path.field.key if served and path.field.key in columns and path.field.key != "id" else None


def _make(plan: Plan, module: Module, catalog: Catalog, table: Table, columns: Columns, dialect: str) -> None:
    described: list[str] = []
    parts: list[ColumnElement[Any]] = []
    for key in plan.keys:
        if key.field is None:
            texts = [(before, columns[path.field.key][0]) for before, path in module.title.parts]
            parts.append(joined_text(texts))
            described.append(repr([(before, column.name) for before, column in texts]))
            continue
        field = _field(module, key.field)
        own = columns[key.field]
        if key.sorts:
            sorts_by = order_of(field, own[0], catalog.picklists)
            # PostgreSQL wants parentheses around an expression, and SQLAlchemy leaves them out around CASE.
            parts.append(Grouping(sorts_by) if isinstance(sorts_by, Case) else sorts_by)
            described.append(f"{own[0].name}:{order_kind(field, own[0], catalog.picklists)}")
        else:
            parts.extend(own if plan.unique else own[:1])
            described.extend(column.name for column in (own if plan.unique else own[:1]))
    if plan.id_last:
        parts.append(columns["id"][0])
    carries = sorted(plan.carries, key=lambda key: columns[key][0].name)  # whatever the fields are called
    carried = [column for key in carries for column in columns[key]]
    deleted = columns["deleted_at"][0]
    if dialect == "sqlite" and plan.over == LIVE and not plan.unique:
        carried.append(deleted)  # else SQLite looks into the table for what the index's own condition says
    parts.extend(carried)
    told = (*described, plan.over, str(plan.id_last), *(column.name for column in carried))
    name = _name("ux" if plan.unique else "ix", table.name, "|".join(told))
    if any(index.name == name for index in table.indexes):
        return
    where = {LIVE: deleted.is_(None), DELETED: deleted.is_not(None)}.get(plan.over)
    Index(name, *parts, unique=plan.unique, sqlite_where=where, postgresql_where=where)


def _field(module: Module, key: str) -> Field:
    field = module.field(key)
    if field is None:
        raise KeyError(f"The module {module.key} has no field {key}, which an index names.")
    return field


def _name(prefix: str, table: str, description: str) -> str:
    digest = hashlib.sha256(f"{table}|{description}".encode()).hexdigest()[:10]
    return f"{prefix}_{table[: LONGEST - len(prefix) - len(digest) - 2]}_{digest}"
