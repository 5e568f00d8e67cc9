"""Physical names: what each module's table and each field's columns are called. A name is given once and
kept.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Field, Module

LONGEST = 63
"""PostgreSQL cuts a longer name silently."""

OWN_PREFIXES = ("trellis_", "sqlite_", "pg_")
"""What no module's table may begin with: the runtime's own tables, and the engines'."""

TAKEN_COLUMNS = ("search_text", "rowid", "oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")
"""Names that a field's column may not have: the column for searching, and the engines' hidden columns."""

MODULES = ""
"""In the place of a picklist: what relations to any module store for a module's key."""

Pair = tuple[str, str]
Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """The map from the language's keys to physical names. Retired modules and fields keep theirs for ever.

    ``columns`` has the base name of a field's columns, ``links`` the table of a linked field, ``searches``
    the table of a module's search index (SQLite needs one). ``spent`` are the tables, and the columns as
    ``table.column``, that were dropped: such a name is given to nothing else. ``values`` is what is stored
    for a picklist's value by its key (and under :data:`MODULES` for a module's), and ``attributes`` the
    column of a link's attribute, both only where it is another name.
    """

    tables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    columns: Mapping[Pair, str] = field(default_factory=lambda: MappingProxyType({}))
    links: Mapping[Pair, str] = field(default_factory=lambda: MappingProxyType({}))
    searches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    spent: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    attributes: Mapping[Triple, str] = field(default_factory=lambda: MappingProxyType({}))

    def table(self, module: str) -> str:
        """The table of a module's records."""
        return self.tables[module]

    def column(self, module: str, key: str, suffix: str = "") -> str:
        """A column of a field: ``suffix`` is '' for the value's own, ``currency`` for the currency of
        money.
        """
        return suffixed(self.columns[module, key], suffix)

    def link(self, module: str, key: str) -> str:
        """The table of a linked field's links."""
        return self.links[module, key]

    def stored(self, picklist: str, value: str) -> str:
        """What is stored for a value of a picklist."""
        return self.values.get(picklist, {}).get(value, value)

    def to_json(self) -> dict[str, Any]:
        """The names as JSON; :meth:`from_json` reads them back."""
        return {
            "tables": dict(self.tables),
            "columns": _nested(self.columns),
            "links": _nested(self.links),
            "searches": dict(self.searches),
            **({"spent": sorted(self.spent)} if self.spent else {}),
            "values": {picklist: dict(stored) for picklist, stored in self.values.items()},
            "attributes": [[*place, name] for place, name in self.attributes.items()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Names":
        """The names that a revision has kept."""
        return cls(
            MappingProxyType(dict(data["tables"])),
            _flat(data["columns"]),
            _flat(data["links"]),
            MappingProxyType(dict(data["searches"])),
            frozenset(data.get("spent", ())),
            MappingProxyType(
                {key: MappingProxyType(dict(stored)) for key, stored in data.get("values", {}).items()}
            ),
            MappingProxyType({tuple(place): name for *place, name in data.get("attributes", ())}),
        )


def name_all(catalog: Catalog, types: Registry[FieldType], given: Names | None = None) -> Names:
    """Names for everything in the catalog: those given before stay, what is new gets one of its own."""
    before = given or Names()
    tables, columns = dict(before.tables), dict(before.columns)
    links, searches = dict(before.links), dict(before.searches)
    taken = {*tables.values(), *links.values(), *searches.values(), *before.spent}
    for module in catalog.modules.values():
        if module.key not in tables:
            tables[module.key] = _claim(_table_name(module.key), taken)
        if module.key not in searches:
            searches[module.key] = _claim(f"{tables[module.key]}__search", taken)
    of_owner: dict[str, list[str]] = {}
    for (owner, _), name in columns.items():
        of_owner.setdefault(owner, []).append(name)
    of_table: dict[str, list[str]] = {}
    for name in before.spent:
        table, _, column = name.partition(".")
        of_table.setdefault(table, []).append(column)
    for module in catalog.modules.values():
        of_module = _ColumnNames((*of_owner.get(module.key, ()), *of_table.get(tables[module.key], ())))
        for each in module.all_fields():
            place = (module.key, each.key)
            if types[each.type].linked:
                if place not in links:
                    links[place] = _claim(f"{tables[module.key]}__{each.key}", taken)
            elif place not in columns and not each.is_virtual:
                columns[place] = of_module.claim(each, module)
    return Names(
        MappingProxyType(tables),
        MappingProxyType(columns),
        MappingProxyType(links),
        MappingProxyType(searches),
        spent=before.spent,
        values=MappingProxyType(_values(catalog, before)),
        attributes=MappingProxyType(_attributes(catalog, before)),
    )


def _values(catalog: Catalog, before: Names) -> dict[str, Mapping[str, str]]:
    """A new value of a picklist is stored by its key, unless a renamed one is stored by that."""
    found = dict(before.values)
    for key, given in before.values.items():
        picklist = catalog.picklists.get(key)
        keys = tuple(catalog.modules) if key == MODULES else tuple(picklist.values) if picklist else ()
        own, taken = dict(given), set(given.values())
        for value in keys:
            if value not in own and value in taken:
                own[value] = _claim(value, {*taken, *keys})
        found[key] = MappingProxyType(own)
    return found


def _attributes(catalog: Catalog, before: Names) -> dict[Triple, str]:
    """A new attribute of a link has the column of its key, unless a renamed one has that."""
    found = dict(before.attributes)
    for module, of in dict.fromkeys((module, of) for module, of, _ in before.attributes):
        field = catalog.modules[module].field(of) if module in catalog.modules else None
        keys = (field.settings.get("link") or {}) if field is not None else {}
        for key in keys:
            taken = {name for (*place, _), name in found.items() if tuple(place) == (module, of)}
            if (module, of, key) not in found and key in taken:
                found[module, of, key] = _claim(key, {*taken, *keys})
    return found


def suffixed(base: str, suffix: str) -> str:
    """The name of a field's further column."""
    return shortened(f"{base}__{suffix}") if suffix else base


def shortened(name: str) -> str:
    """The name, cut to what every database takes; a cut one ends in a digest, so that two never meet."""
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: LONGEST - 9]}_{digest}"


class _ColumnNames:
    """The names that one table's columns have, and new ones beside them."""

    def __init__(self, given: Iterable[str]) -> None:
        self._taken = {*TAKEN_COLUMNS, *given}

    def claim(self, field: Field, module: Module) -> str:
        # Two underscores set a suffix off, so `amount__currency` must not be a base beside the base `amount`.
        wanted = field.key.replace("__", "_") if field.key in module.fields else field.key
        return _claim(wanted, self._taken)


def _table_name(key: str) -> str:
    # "pg" alone would do for its own table, and not for pg__search beside it.
    return f"m_{key}" if f"{key}_".startswith(OWN_PREFIXES) else key.replace("__", "_")


def _claim(wanted: str, taken: set[str]) -> str:
    name = shortened(_free(wanted, taken))
    taken.add(name)
    return name


def _free(wanted: str, taken: Container[str]) -> str:
    number, name = 1, wanted
    while shortened(name) in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _nested(names: Mapping[Pair, str]) -> dict[str, dict[str, str]]:
    nested: dict[str, dict[str, str]] = {}
    for (module, key), name in names.items():
        nested.setdefault(module, {})[key] = name
    return nested


def _flat(nested: Mapping[str, Mapping[str, str]]) -> Mapping[Pair, str]:
    return MappingProxyType(
        {(module, key): name for module, names in nested.items() for key, name in names.items()}
    )
