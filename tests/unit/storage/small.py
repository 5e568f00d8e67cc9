"""A small catalog made by hand, and the few field types that it needs; a spec is a dict as in the
language.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import runtime.fields
from runtime.base.diagnostic import Span
from runtime.base.registry import Registry, discover
from runtime.fields.base import FieldType, Surroundings
from runtime.model.catalog import (
    Catalog,
    Collection,
    Field,
    Filter,
    Module,
    Numbering,
    Origin,
    Path,
    Picklist,
    PicklistValue,
    SortKey,
    Title,
)
from runtime.model.label import Label
from runtime.model.types import INTEGER, TEXT

SURROUNDINGS = Surroundings(currency="EUR", currencies=("EUR", "USD"), timezone="Europe/Helsinki")


def field_types() -> Registry[FieldType]:
    """The real field types."""
    kinds = (each for each in discover(runtime.fields, FieldType) if hasattr(each, "name"))  # type: ignore[type-abstract]
    return Registry("field type", kinds)


SYSTEM: Mapping[str, Any] = {
    "users": {"fields": {"name": {"type": "text"}, "email": {"type": "email", "unique": True}}},
    "groups": {
        "fields": {
            "name": {"type": "text"},
            "members": {"type": "relations", "module": "users", "inverse": "groups"},
        }
    },
    "files": {"fields": {"name": {"type": "text"}, "size": {"type": "integer"}}},
}


def make_catalog(
    modules: Mapping[str, Any],
    picklists: Mapping[str, Any] | None = None,
    filters: Mapping[str, Any] | None = None,
) -> Catalog:
    """A catalog of these modules, over the system's own."""
    return Maker({**SYSTEM, **modules}, picklists or {}, filters or {}).make()


class Maker:
    """Turns a spec into a Catalog, trusting that it is right."""

    def __init__(
        self, modules: Mapping[str, Any], picklists: Mapping[str, Any], filters: Mapping[str, Any]
    ) -> None:
        self.specs = modules
        self.picklists = {key: _picklist(key, spec) for key, spec in picklists.items()}
        self.filters = filters
        self.types = field_types()
        self.parents = {
            rows["module"]: (key, name)
            for key, spec in modules.items()
            for name, rows in spec.get("rows", {}).items()
        }
        self.fields: dict[str, dict[str, Field]] = {}
        self.record_fields: dict[str, dict[str, Field]] = {}

    def make(self) -> Catalog:
        for key, spec in self.specs.items():
            self.fields[key] = {
                name: self.field(key, name, each) for name, each in spec.get("fields", {}).items()
            }
            self.record_fields[key] = self._record_fields(key)
        modules = {key: self._module(key, spec) for key, spec in self.specs.items()}
        return Catalog(
            title=Label.of("Small"),
            version="1",
            layers=(),
            languages=("en",),
            currency="EUR",
            timezone="Europe/Helsinki",
            rates=MappingProxyType({}),
            constants=MappingProxyType({}),
            modules=MappingProxyType(modules),
            picklists=MappingProxyType(self.picklists),
            layouts=MappingProxyType({}),
            filters=MappingProxyType({key: self._filters(key, spec) for key, spec in self.filters.items()}),
            menu=(),
            roles=MappingProxyType({}),
            sources=MappingProxyType({"schemas/modules/all.yaml": repr(self.specs)}),
            hash=str(hash(repr((self.specs, self.filters)))),
        )

    def field(self, module: str, key: str, spec: Mapping[str, Any], system: bool = False) -> Field:
        kind = self.types[spec["type"]]
        common = {"required", "unique", "index", "readonly", "label", "default"}
        settings = {name: value for name, value in spec.items() if name not in {"type", *common}}
        if "link" in settings:
            settings["link"] = {
                name: self.field(module, name, each) for name, each in settings["link"].items()
            }
        complete = MappingProxyType(dict(kind.complete(settings, SURROUNDINGS)))
        return Field(
            key=key,
            module=module,
            type=kind.name,
            label=Label.from_key(key),
            value_type=kind.value_type(complete),
            origin=_origin(f"schemas/modules/{module}.yaml", key),
            settings=complete,
            required=spec.get("required", False) is True,
            unique=spec.get("unique", False),
            index=spec.get("index", False),
            default=spec.get("default"),
            system=system,
        )

    def _record_fields(self, module: str) -> dict[str, Field]:
        specs: dict[str, Any] = {
            "id": {"type": "integer"},
            "number": {"type": "auto_number", "format": "{seq}"},
            "owner": {"type": "relation", "modules": ("users", "groups")},
            "created_at": {"type": "datetime"},
            "created_by": {"type": "user"},
            "updated_at": {"type": "datetime"},
            "updated_by": {"type": "user"},
            "version": {"type": "integer"},
            "archived_at": {"type": "datetime"},
            "deleted_at": {"type": "datetime"},
        }
        if module in self.parents:
            specs["parent"] = {"type": "relation", "module": self.parents[module][0], "required": True}
            specs["position"] = {"type": "integer"}
        return {key: self.field(module, key, spec, system=True) for key, spec in specs.items()}

    def _module(self, key: str, spec: Mapping[str, Any]) -> Module:
        numbering = spec.get("numbering")
        parent, parent_key = self.parents.get(key, (None, None))
        return Module(
            key=key,
            label=Label.from_key(key),
            plural=Label.from_key(key),
            icon="box",
            title=self._title(key, spec.get("title", next(iter(self.fields[key])))),
            fields=MappingProxyType(self.fields[key]),
            record_fields=MappingProxyType(self.record_fields[key]),
            origin=_origin(f"schemas/modules/{key}.yaml", key),
            numbering=Numbering(numbering) if numbering else None,
            search=tuple(self.path(key, text) for text in spec.get("search", ())),
            collections=MappingProxyType(dict(self._collections(key, spec))),
            indexes=tuple(tuple(keys) for keys in spec.get("indexes", ())),
            unique=tuple(tuple(keys) for keys in spec.get("unique", ())),
            parent=parent,
            parent_key=parent_key,
        )

    def _title(self, module: str, text: str) -> Title:
        if "{" not in text:
            return Title((("", self.path(module, text)),))
        pieces = re.split(r"\{([^}]*)\}", text)
        parts = tuple((pieces[i], self.path(module, pieces[i + 1])) for i in range(0, len(pieces) - 1, 2))
        return Title(parts, pieces[-1])

    def _collections(self, key: str, spec: Mapping[str, Any]) -> Iterable[tuple[str, Collection]]:
        def made(name: str, kind: str, target: str, via: str) -> tuple[str, Collection]:
            return name, Collection(
                name, key, kind, target, via, Label.from_key(name), _origin("x.yaml", name)
            )

        for name, rows in spec.get("rows", {}).items():
            yield made(name, "rows", rows["module"], "parent")
        for field in self.fields[key].values():
            if self.types[field.type].linked:
                yield made(field.key, "links", field.targets[0], field.key)
        for module, other in self.specs.items():
            for name, each in other.get("fields", {}).items():
                if each.get("module") == key and "inverse" in each:
                    linked = self.types[each["type"]].linked
                    yield made(each["inverse"], "linked" if linked else "inverse", module, name)

    def path(self, module: str, text: str) -> Path:
        """A path by its text; a last part that is no field is a picklist's attribute."""
        found: list[Field] = []
        for name in text.split("."):
            field = self.fields[module].get(name) or self.record_fields[module].get(name)
            if field is None or (found and not found[-1].targets):
                return Path(text, tuple(found), name)
            found.append(field)
            if field.targets:
                module = field.targets[0]
        return Path(text, tuple(found))

    def _filters(self, module: str, specs: Mapping[str, Any]) -> Mapping[str, Filter]:
        return MappingProxyType(
            {
                key: Filter(
                    key=key,
                    module=module,
                    label=Label.from_key(key),
                    where=None,
                    columns=(),
                    sort=tuple(self.sort(module, text) for text in spec.get("sort", ())),
                    quick=(),
                    origin=_origin(f"schemas/filters/{module}.yaml", key),
                )
                for key, spec in specs.items()
            }
        )

    def sort(self, module: str, text: str) -> SortKey:
        return SortKey(self.path(module, text.lstrip("-")), text.startswith("-"))


def path_of(catalog: Catalog, module: str, text: str) -> Path:
    """A path of a finished catalog by its text."""
    found: list[Field] = []
    for name in text.split("."):
        field = catalog.modules[module].field(name)
        if field is None or (found and not found[-1].targets):
            return Path(text, tuple(found), name)
        found.append(field)
        if field.targets:
            module = field.targets[0]
    return Path(text, tuple(found))


def sort_of(catalog: Catalog, module: str, text: str) -> SortKey:
    """A sort key by its text, ``-amount`` for descending."""
    return SortKey(path_of(catalog, module, text.lstrip("-")), text.startswith("-"))


def _picklist(key: str, spec: Mapping[str, Any]) -> Picklist:
    values = {
        name: PicklistValue(
            name, Label.from_key(name), None, MappingProxyType(dict(attributes)), _origin(f"{key}.yaml", name)
        )
        for name, attributes in spec.items()
    }
    types = {"kind": TEXT, "probability": INTEGER}
    return Picklist(key, MappingProxyType(values), MappingProxyType(types), _origin(f"{key}.yaml", key))


def _origin(file: str, _key: str) -> Origin:
    return Origin("acme", Span.point(file, 3, 5))
