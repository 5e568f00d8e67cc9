"""Plans: what the writer knows of each module before any record comes, made once a snapshot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Table

from runtime.expressions.moment import Moment
from runtime.expressions.terms import terms_of
from runtime.fields.base import FieldType, Parsing
from runtime.fields.formats import Formats
from runtime.model.catalog import Collection, Field, Module
from runtime.records.base import Workplace
from runtime.records.choices import is_limited
from runtime.records.duplicate_keys import Matching, matchings
from runtime.records.following import Following, Guards
from runtime.records.pattern import Pattern
from runtime.records.watching import Watching
from runtime.storage.aggregates import AggregateReader
from runtime.storage.loading import Loader
from runtime.storage.prepared import Kept
from runtime.storage.reader import Reader
from runtime.storage.recomputing import Recomputing
from runtime.storage.searching import SearchText, is_searched, own_search_fields
from runtime.storage.statement import Parts, Statements
from runtime.storage.tables import ModuleTable, link_attributes, link_columns

STAMPS = (
    "id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
    "archived_at",
    "deleted_at",
)
"""What the writer sets in every record; nobody writes it."""


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """One attribute of a link: its field and its columns in the link table."""

    field: Field
    type: FieldType
    columns: tuple[Column[Any], ...]


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One field: how it is parsed, and where it is kept.

    ``columns`` are the names of its columns in the module's table, none for a virtual field; ``link`` is the
    table of a linked field instead. ``single`` says that the one column holds the canonical value as it is.
    ``on_delete`` is what becomes of this field when the record it points at is deleted.
    """

    key: str
    field: Field
    type: FieldType
    parse: Callable[[object, Field, Parsing], object]
    to_json: Callable[[Any], object] | None
    columns: tuple[str, ...]
    single: bool
    targets: tuple[str, ...]
    link: Table | None
    attributes: Mapping[str, AttributePlan]
    on_delete: str

    @property
    def may_point_at(self) -> tuple[str, ...]:
        """The modules whose records it may point at, of an ``any_relation`` too."""
        among: tuple[str, ...] = self.field.settings.get("among", ())
        return self.targets or among

    @property
    def is_link(self) -> bool:
        """Whether it leads to one record, which may be hidden. Whoever sees a record sees its owner."""
        return bool(self.may_point_at) and self.link is None and not self.field.system

    @property
    def empty(self) -> object:
        """What the field holds when it holds nothing."""
        return () if self.link is not None else None


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """One module. ``stored`` are the fields with columns, ``linked`` those with links, ``writable`` what may
    be given.

    ``logged`` has for each field of the change log what makes its values JSON; None where they are.
    ``uniques`` are groups of fields in which no two records are alike, ``duplicates`` the rules by which
    some may be the same thing. ``limited`` are the picklists of which not every value may always be
    chosen, ``composite`` the fields whose parts may be written alone, and ``required_late`` the required
    fields that the save itself may fill or hide. ``depth`` is 0 for a module of its own, 1 for the rows
    of one, and so on: parents are written first. ``statements`` are those that every save of the module
    runs.
    """

    key: str
    module: Module
    table: ModuleTable
    fields: Mapping[str, FieldPlan]
    stored: tuple[FieldPlan, ...]
    linked: tuple[FieldPlan, ...]
    pointing: tuple[FieldPlan, ...]
    writable: Mapping[str, FieldPlan]
    importable: Mapping[str, FieldPlan]
    rows: Mapping[str, Collection]
    defaults: Mapping[str, object]
    required: tuple[FieldPlan, ...]
    required_late: tuple[FieldPlan, ...]
    uniques: tuple[tuple[str, ...], ...]
    duplicates: tuple[Matching, ...]
    numbers: Mapping[str, Pattern]
    logged: Mapping[str, Callable[[Any], object] | None]
    search: SearchText | None
    limited: tuple[FieldPlan, ...]
    composite: tuple[FieldPlan, ...]
    depth: int
    statements: Kept = field(default_factory=Kept)

    @property
    def parent(self) -> str | None:
        """The module whose rows these records are, or None."""
        return self.module.parent


@dataclass(frozen=True, slots=True)
class Referrer:
    """A to-one field of some module that may point at records of another."""

    plan: ModulePlan
    field: FieldPlan
    rows: bool


class Plans:
    """The plans of one snapshot, each made when it is first asked for."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self.loader = Loader(workplace.catalog, workplace.tables, workplace.types)
        self._plans: dict[str, ModulePlan] = {}
        self._referrers: dict[str, tuple[Referrer, ...]] = {}

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.workplace.tables.dialect

    def get(self, key: str) -> ModulePlan | None:
        """The plan of a module, or None when there is no such module."""
        plan = self._plans.get(key)
        if plan is None and key in self.workplace.catalog.modules:
            plan = self._plans[key] = self._make(self.workplace.catalog.modules[key])
        return plan

    def __getitem__(self, key: str) -> ModulePlan:
        plan = self.get(key)
        if plan is None:
            raise KeyError(key)
        return plan

    def referrers(self, key: str) -> tuple[Referrer, ...]:
        """The to-one fields of every module that may point at this one's records, its rows' parents among
        them.
        """
        found = self._referrers.get(key)
        if found is None:
            found = self._referrers[key] = tuple(
                Referrer(plan, field, rows=field.key == "parent" and plan.parent == key)
                for plan in map(self.__getitem__, self.workplace.catalog.modules)
                for field in plan.stored
                if key in field.may_point_at and field.key not in ("created_by", "updated_by")
            )
        return found

    @cached_property
    def following(self) -> Following:
        """Which computed fields follow from what."""
        return Following(self.workplace.catalog)

    @cached_property
    def guards(self) -> Guards:
        """The checks that hold when other records change."""
        return Guards(self.workplace.catalog)

    @cached_property
    def watching(self) -> Watching:
        """What workflows look at."""
        return Watching(self.workplace.catalog)

    @cached_property
    def recomputing(self) -> Recomputing:
        """What works computed fields out in the database."""
        catalog = self.workplace.catalog
        zone = ZoneInfo(catalog.timezone)
        moment = Moment.at(self.workplace.clock.now(), zone, None, terms_of(catalog))
        return Recomputing(self._parts, moment)

    @cached_property
    def aggregates(self) -> AggregateReader:
        """What counts and sums over other records."""
        return AggregateReader(Statements(self._parts))

    @cached_property
    def reader(self) -> Reader:
        """What reads records as people are shown them."""
        parts = self._parts
        return Reader(parts.catalog, parts.tables, parts.types, parts.language, parts.formats)

    @cached_property
    def _parts(self) -> Parts:
        place, catalog = self.workplace, self.workplace.catalog
        formats = Formats(catalog.languages[0], catalog.timezone)
        return Parts(catalog, place.tables, place.types, place.language, formats)

    @cached_property
    def coupled(self) -> frozenset[str]:
        """The modules whose writers take turns.

        Those that computed fields join, and those whose records are saved, deleted or emptied with theirs.
        """
        found = set(self.following.coupled | self.guards.coupled)
        before = 0
        while found and len(found) > before:
            before = len(found)
            for key, module in self.workplace.catalog.modules.items():
                rows = (collection.target for collection in module.rows())
                gone = (each.plan.key for each in self.referrers(key) if each.field.on_delete != "restrict")
                if not found.isdisjoint((*rows, *gone)):
                    found.add(key)
        return frozenset(found)

    def _make(self, module: Module) -> ModulePlan:
        table = self.workplace.tables.module(module.key)
        fields = {field.key: self._field(field, table) for field in module.all_fields()}
        own = [fields[key] for key in module.fields]
        may = {plan.key: plan for plan in own if not plan.field.readonly and not plan.type.given}
        for key in ("owner", "parent", "position"):
            if key in module.record_fields and (key == "owner" or module.parent is not None):
                may[key] = fields[key]
        given = {plan.key: plan for plan in fields.values() if plan.type.given}
        required = [plan for plan in own if plan.field.required and not plan.type.given]
        filled = module.dynamics.late
        return ModulePlan(
            key=module.key,
            module=module,
            table=table,
            fields=MappingProxyType(fields),
            stored=tuple(plan for plan in fields.values() if plan.columns),
            linked=tuple(plan for plan in fields.values() if plan.link is not None),
            pointing=tuple(plan for plan in fields.values() if plan.targets),
            writable=MappingProxyType(may),
            importable=MappingProxyType(may | given),
            rows=MappingProxyType({collection.key: collection for collection in module.rows()}),
            defaults=MappingProxyType(
                {plan.key: plan.field.default for plan in own if plan.field.default not in (None, ())}
            ),
            required=tuple(plan for plan in required if plan.key not in filled),
            required_late=tuple(plan for plan in required if plan.key in filled),
            uniques=(
                *((plan.key,) for plan in fields.values() if plan.field.unique),
                *((("number",),) if module.numbering is not None else ()),
                *module.unique,
            ),
            duplicates=matchings(module, self.workplace.types),
            numbers=MappingProxyType(_numbers(module, fields)),
            logged=MappingProxyType(
                {key: plan.to_json for key, plan in fields.items() if _is_logged(plan, module)}
            ),
            search=self._search(module),
            composite=tuple(plan for plan in own if plan.type.parts),
            limited=tuple(
                plan
                for plan in own
                if plan.field.computed is None and is_limited(plan.field, self.workplace.catalog.picklists)
            ),
            depth=self._depth(module),
        )

    def _field(self, field: Field, table: ModuleTable) -> FieldPlan:
        kind = self.workplace.types[field.type]
        link = self.workplace.tables.link(field.module, field.key) if kind.linked else None
        columns = table.columns.get(field.key, ())
        return FieldPlan(
            key=field.key,
            field=field,
            type=kind,
            parse=kind.parse,
            to_json=None if type(kind).to_json is FieldType.to_json else kind.to_json,
            columns=tuple(column.key for column in columns),
            single=bool(columns) and kind.is_kept_as_it_is(len(columns)),
            targets=field.targets,
            link=link,
            attributes=MappingProxyType({} if link is None else self._attributes(field, link)),
            on_delete=field.settings.get("on_delete", "restrict"),
        )

    def _attributes(self, field: Field, link: Table) -> dict[str, AttributePlan]:
        types = self.workplace.types
        return {
            key: AttributePlan(attribute, types[attribute.type], link_columns(link, key, attribute, types))
            for key, attribute in link_attributes(field).items()
        }

    def _search(self, module: Module) -> SearchText | None:
        if not is_searched(module):
            return None
        catalog = self.workplace.catalog
        formats = Formats(catalog.languages[0], catalog.timezone)
        return SearchText(own_search_fields(module), self.workplace.types, catalog.picklists, formats)

    def _depth(self, module: Module) -> int:
        depth, parent = 0, module.parent
        while parent is not None:
            depth, parent = depth + 1, self.workplace.catalog.modules[parent].parent
        return depth


def _is_logged(plan: FieldPlan, module: Module) -> bool:
    if plan.key not in module.fields:
        return plan.key in ("owner", "parent")
    return plan.field.log and not plan.type.hidden and not plan.field.is_virtual


def _numbers(module: Module, fields: Mapping[str, FieldPlan]) -> dict[str, Pattern]:
    # A module that declares no numbering leaves `number` empty.
    patterns: dict[str, Pattern] = {}
    for key, plan in fields.items():
        if not plan.type.given:
            continue
        if key in module.fields:
            patterns[key] = Pattern(plan.field.settings["format"], plan.field.settings["reset"])
        elif module.numbering is not None:
            patterns[key] = Pattern(module.numbering.format, module.numbering.reset)
    return patterns
