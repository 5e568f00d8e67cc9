"""Tables: the catalog as SQLAlchemy tables, in a MetaData of their own that nobody changes afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as fresh
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, Table, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from runtime.base.registry import Registry
from runtime.expressions.renamed import Renamed
from runtime.fields import base as fields
from runtime.model.catalog import Catalog, Field, Module
from runtime.storage.indexes import add_indexes, add_link_indexes
from runtime.storage.names import MODULES, Names, shortened, suffixed
from runtime.storage.own_columns import Big
from runtime.storage.runtime_tables import RuntimeTables, build_runtime_tables
from runtime.storage.searching import is_searched

FieldTypes = Registry[fields.FieldType]

OF_FILES = ("files", "module")
"""The field of the files that has the key of a module."""

STAMPED_BY = ("created_by", "updated_by")
"""Fields that the writer alone fills, with whoever writes, and users never leave their table: a foreign key
would find nothing, and would be looked up twice for each record (a fifth of an import on PostgreSQL).
"""


@dataclass(frozen=True, slots=True)
class ModuleTable:
    """A module's records: the table, and each field's columns by its key, the record's own fields included.

    A linked field has no columns here (see :meth:`Tables.link`), and a virtual one none at all. ``search`` is
    the column of folded text that is looked through, which the writer keeps
    (:class:`runtime.storage.searching.SearchText`); ``search_index`` names SQLite's trigram table, which
    triggers keep. ``parts`` are the columns of the parts of composite fields
    (``address.city``) by themselves.
    """

    key: str
    table: Table
    columns: Mapping[str, tuple[Column[Any], ...]]
    search: Column[Any] | None
    search_index: str | None
    parts: Mapping[str, Column[Any]] = fresh(default_factory=lambda: MappingProxyType({}))

    def of(self, field: Field) -> tuple[Column[Any], ...]:
        """The columns of a field, or the one of a part of a composite field."""
        found = self.columns.get(field.key)
        return found if found is not None else (self.parts[field.key],)


@dataclass(frozen=True, slots=True)
class Tables:
    """All the tables of one snapshot: the modules', the links', and the runtime's own."""

    metadata: MetaData
    names: Names
    modules: Mapping[str, ModuleTable]
    links: Mapping[tuple[str, str], Table]
    runtime: RuntimeTables
    dialect: str

    def module(self, key: str) -> ModuleTable:
        """A module's table."""
        return self.modules[key]

    def link(self, module: str, field: str) -> Table:
        """The links of a linked field: source_id, target_id, position, and a column for each attribute."""
        return self.links[module, field]

    @property
    def counters(self) -> Table:
        """Named counters: the site's ids on SQLite, and the numbers of records."""
        return self.runtime.counters

    @property
    def revisions(self) -> Table:
        """The applied configurations."""
        return self.runtime.revisions

    @property
    def revision_files(self) -> Table:
        """The text of every file of a revision."""
        return self.runtime.revision_files

    @property
    def change_sets(self) -> Table:
        """Who wrote when, by which door, and why."""
        return self.runtime.change_sets

    @property
    def change_log(self) -> Table:
        """One row a record and save: its old and new values."""
        return self.runtime.change_log

    @property
    def outbox(self) -> Table:
        """Effects that are still to come."""
        return self.runtime.outbox

    @property
    def sessions(self) -> Table:
        """One row a signed-in browser."""
        return self.runtime.sessions

    @property
    def credentials(self) -> Table:
        """One row a user who has a password."""
        return self.runtime.credentials

    @property
    def api_keys(self) -> Table:
        """One row a key of a program."""
        return self.runtime.api_keys

    @property
    def login_failures(self) -> Table:
        """One row an attempt to sign in that has not succeeded."""
        return self.runtime.login_failures

    @property
    def duplicate_keys(self) -> Table:
        """By what records are found that may be there already."""
        return self.runtime.duplicate_keys

    @property
    def idempotency(self) -> Table:
        """The answers of requests that may be repeated."""
        return self.runtime.idempotency


def build_tables(catalog: Catalog, names: Names, types: FieldTypes, dialect: str) -> Tables:
    """Make the tables of a catalog. ``dialect`` is ``sqlite`` or ``postgresql``: their search indexes
    differ.
    """
    metadata = MetaData()
    runtime = build_runtime_tables(metadata)
    modules: dict[str, ModuleTable] = {}
    links: dict[tuple[str, str], Table] = {}
    for module in catalog.modules.values():
        modules[module.key] = _module_table(metadata, module, names, types, dialect)
        for field in module.all_fields():
            if types[field.type].linked:
                links[module.key, field.key] = _link_table(metadata, module, field, names, types)
    for module in catalog.modules.values():
        add_indexes(module, catalog, modules[module.key].table, modules[module.key].columns, dialect)
    return Tables(metadata, names, MappingProxyType(modules), MappingProxyType(links), runtime, dialect)


def _module_table(
    metadata: MetaData, module: Module, names: Names, types: FieldTypes, dialect: str
) -> ModuleTable:
    table = names.table(module.key)
    columns: dict[str, tuple[Column[Any], ...]] = {}
    for field in (*module.record_fields.values(), *module.fields.values()):
        if not (types[field.type].linked or field.is_virtual):
            parts = types[field.type].columns(field.settings)
            columns[field.key] = tuple(_column(module, field, part, names) for part in parts)
    search = Column("search_text", Text) if is_searched(module) else None
    everything = [column for group in columns.values() for column in group]
    made = Table(table, metadata, *everything, *([] if search is None else [search]))
    search_index = names.searches[module.key] if search is not None and dialect == "sqlite" else None
    parted = _parts(module, columns, types)
    return ModuleTable(module.key, made, MappingProxyType(columns), search, search_index, parted)


def _parts(
    module: Module, columns: Mapping[str, tuple[Column[Any], ...]], types: FieldTypes
) -> Mapping[str, Column[Any]]:
    """The columns of the parts of composite fields, by the parts' keys."""
    found: dict[str, Column[Any]] = {}
    for field in module.fields.values():
        if field.parts:
            suffixes = [part.suffix for part in types[field.type].columns(field.settings)]
            for name, part in field.parts.items():
                found[part.key] = columns[field.key][suffixes.index(name)]
    return MappingProxyType(found)


def _column(module: Module, field: Field, part: fields.Column, names: Names) -> Column[Any]:
    name = names.column(module.key, field.key, part.suffix)
    if field.key == "id" and field.key in module.record_fields:
        return Column(name, Big, primary_key=True, autoincrement=False)
    own = field.key in module.record_fields
    always = own and field.key in ("version", "parent")
    if own and field.key == "number":  # sorts the same everywhere, and by its unique index
        return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"))
    if part.references is None or (own and field.key in STAMPED_BY):
        keys = []
    else:
        keys = [_points_at(part.references, names, names.table(module.key), name)]
    return Column(name, _stored_as(part, field, names), *keys, nullable=not always)


def _points_at(module: str, names: Names, table: str, column: str) -> ForeignKey:
    # Checked at the commit, so that records which point at each other can be written in any order.
    return ForeignKey(
        f"{names.table(module)}.id",
        name=shortened(f"fk_{table}_{column}"),
        deferrable=True,
        initially="DEFERRED",
    )


def _link_table(metadata: MetaData, module: Module, field: Field, names: Names, types: FieldTypes) -> Table:
    name = names.link(module.key, field.key)
    target = field.targets[0] if len(field.targets) == 1 else None
    to = [] if target is None else [_points_at(target, names, name, "target_id")]
    made = Table(
        name,
        metadata,
        Column(
            "source_id",
            Big,
            _points_at(module.key, names, name, "source_id"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("target_id", Big, *to, primary_key=True, autoincrement=False),
        Column("position", Big, nullable=False, server_default="0"),
        sqlite_with_rowid=False,
    )
    for key, attribute in link_attributes(field).items():
        for part in types[attribute.type].columns(attribute.settings):
            place = names.attributes.get((module.key, field.key, key), key)
            column = suffixed(_attribute_column(place), part.suffix)
            known = suffixed(_attribute_column(key), part.suffix)
            made.append_column(Column(column, _stored_as(part, attribute, names), key=known))
    add_link_indexes(made)
    return made


def link_attributes(field: Field) -> Mapping[str, Field]:
    """The fields that a link itself has, by key; a linked field's type keeps them in its setting ``link``."""
    attributes: Mapping[str, Field] = field.settings.get("link") or {}
    return attributes


def _attribute_column(key: str) -> str:
    return f"{key}_2" if key in ("source_id", "target_id", "position") else key


def link_columns(link: Table, key: str, attribute: Field, types: FieldTypes) -> tuple[Column[Any], ...]:
    """The columns of a link's attribute; the table knows them by its key, whatever they are called."""
    parts = types[attribute.type].columns(attribute.settings)
    return tuple(link.c[suffixed(_attribute_column(key), part.suffix)] for part in parts)


def _stored_as(part: fields.Column, field: Field, names: Names) -> TypeEngine[Any]:
    """The type of a column; values of a picklist that have other stored names, and modules that have other
    tables, are translated on their way in and out.
    """
    names_modules = part.suffix == "module" or (field.module, field.key) == OF_FILES
    of = MODULES if names_modules else field.settings.get("picklist", "-")
    renamed = names.values.get(of)
    return Renamed(renamed) if renamed else part.type
