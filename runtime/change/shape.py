"""The shape of a configuration: what of it the stored data depends on. Two shapes tell what data must change.

A revision keeps its shape, with everything that was ever retired, so that a plan needs no old text and a
field that returns finds its column again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy.dialects import postgresql

from runtime.base.registry import Registry
from runtime.expressions.digest import digest
from runtime.expressions.terms import terms_of
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Field, Module
from runtime.model.renames import Renames
from runtime.records.duplicate_keys import matchings
from runtime.storage.searching import is_searched, own_search_fields
from runtime.storage.tables import link_attributes

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
AS_CALLED = Renames()
"""The names as they are."""
LIMITS = ("min", "max", "pattern")
"""The settings that refuse values."""
AMONG = "among"
"""The limit that is the modules which an ``any_relation`` may point at."""
NOT_IN_SEARCH_TEXT = frozenset(("min", "max", "pattern", "on_delete"))


@dataclass(frozen=True, slots=True)
class FieldShape:
    """What a field's stored values depend on. ``stored`` are its columns, each by its suffix and its type in
    PostgreSQL's words, whichever database it is; ``link`` are the attributes of a link. ``formula`` is the
    digest of what works the field out, where it is computed. ``parked_until`` is when the column of a parked
    one is dropped. ``limits`` are what values are held to, as text; None in what an earlier version wrote.
    """

    type: str
    stored: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    picklist: str | None = None
    currencies: tuple[str, ...] = ()
    required: bool = False
    link: Mapping[str, "FieldShape"] = field(default_factory=lambda: MappingProxyType({}))
    retired: bool = False
    formula: str | None = None
    parked_until: datetime | None = None
    limits: Mapping[str, str] | None = None

    @property
    def words(self) -> str:
        """How its values are stored, for a sentence."""
        return ", ".join(stored for _, stored in self.stored)

    def holds_the_same(self, other: "FieldShape") -> bool:
        """Whether what is stored for the one is a stored value of the other, as it is."""
        return (self.type, self.stored, self.targets) == (other.type, other.stored, other.targets)

    def allows_less(self, other: "FieldShape") -> bool:
        """Whether the other one's limits refuse what these may have let in."""
        if self.limits is None or other.limits is None:
            return False
        was, now = self.limits, other.limits
        if "pattern" in now and now["pattern"] != was.get("pattern"):
            return True
        signs = (("min", 1), ("max", -1))
        return any(key in now and _is_beyond(now[key], was.get(key), sign) for key, sign in signs)

    def to_json(self) -> dict[str, Any]:
        """The shape as JSON, without what is at its default."""
        found: dict[str, Any] = {"type": self.type}
        if self.stored:
            found["stored"] = [list(column) for column in self.stored]
        for key in ("targets", "currencies"):
            if value := getattr(self, key):
                found[key] = list(value)
        for key in ("picklist", "required", "retired", "formula"):
            if value := getattr(self, key):
                found[key] = value
        if self.parked_until is not None:
            found["parked_until"] = self.parked_until.isoformat()
        if self.limits is not None:
            found["limits"] = dict(self.limits)
        if self.link:
            found["link"] = {key: each.to_json() for key, each in self.link.items()}
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FieldShape":
        """The shape that :meth:`to_json` gave."""
        return cls(
            data["type"],
            tuple((suffix, stored) for suffix, stored in data.get("stored", ())),
            tuple(data.get("targets", ())),
            data.get("picklist"),
            tuple(data.get("currencies", ())),
            data.get("required", False),
            _frozen({key: cls.from_json(each) for key, each in data.get("link", {}).items()}),
            data.get("retired", False),
            data.get("formula"),
            datetime.fromisoformat(data["parked_until"]) if "parked_until" in data else None,
            _frozen(data["limits"]) if "limits" in data else None,
        )


@dataclass(frozen=True, slots=True)
class ModuleShape:
    """A module: whose rows it is, its fields, a digest of what its search text is made of, and the
    numbers of the rules by which duplicates are found.
    """

    parent: str | None = None
    fields: Mapping[str, FieldShape] = field(default_factory=lambda: MappingProxyType({}))
    search: str | None = None
    retired: bool = False
    duplicates: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape as JSON."""
        return {
            **({"duplicates": list(self.duplicates)} if self.duplicates else {}),
            "parent": self.parent,
            "fields": {key: each.to_json() for key, each in self.fields.items()},
            "search": self.search,
            "retired": self.retired,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ModuleShape":
        """The shape that :meth:`to_json` gave."""
        fields = {key: FieldShape.from_json(each) for key, each in data["fields"].items()}
        duplicates = tuple(data.get("duplicates", ()))
        return cls(data["parent"], _frozen(fields), data["search"], data["retired"], duplicates)


@dataclass(frozen=True, slots=True)
class Shape:
    """A whole configuration's shape: its modules, the values of its picklists, and its roles, which users
    have by their keys, with those that there were before and are no more.
    """

    modules: Mapping[str, ModuleShape] = field(default_factory=lambda: MappingProxyType({}))
    picklists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    roles: tuple[str, ...] = ()
    roles_gone: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape as JSON."""
        return {
            "modules": {key: each.to_json() for key, each in self.modules.items()},
            "picklists": {key: list(values) for key, values in self.picklists.items()},
            "roles": list(self.roles),
            "roles_gone": list(self.roles_gone),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Shape":
        """The shape that :meth:`to_json` gave."""
        modules = {key: ModuleShape.from_json(each) for key, each in data["modules"].items()}
        picklists = {key: tuple(values) for key, values in data["picklists"].items()}
        roles, gone = tuple(data.get("roles", ())), tuple(data.get("roles_gone", ()))
        return cls(_frozen(modules), _frozen(picklists), roles, gone)


def shape_of(catalog: Catalog, types: Registry[FieldType], spoken: Renames = AS_CALLED) -> Shape:
    """The shape of a catalog; the digests in it are those of the same with the names that are ``spoken``."""
    modules = {key: _module_shape(module, catalog, types, spoken) for key, module in catalog.modules.items()}
    picklists = {key: tuple(picklist.values) for key, picklist in catalog.picklists.items()}
    return Shape(_frozen(modules), _frozen(picklists), tuple(sorted(catalog.access.roles)))


def with_retired(target: Shape, before: Shape) -> Shape:
    """The target's shape, and retired beside it whatever was there before and is no more."""
    modules = dict(target.modules)
    for key, old in before.modules.items():
        if key not in modules:
            modules[key] = replace(old, retired=True)
            continue
        kept = {name: _retired(each) for name, each in old.fields.items() if name not in modules[key].fields}
        fields = {
            name: _with_attributes(each, old.fields.get(name)) for name, each in modules[key].fields.items()
        }
        modules[key] = replace(modules[key], fields=_frozen({**fields, **kept}))
    gone = {*before.roles, *before.roles_gone} - set(target.roles)
    return replace(target, modules=_frozen(modules), roles_gone=tuple(sorted(gone)))


def kept_until(shape: Shape, until: datetime) -> Shape:
    """The shape with every parked column, of which nothing is said yet, to be dropped at a moment."""
    modules: dict[str, ModuleShape] = {}
    for key, module in shape.modules.items():
        new = {name for name, each in module.fields.items() if "@" in name and each.parked_until is None}
        fields = {
            name: replace(each, parked_until=until) if name in new else each
            for name, each in module.fields.items()
        }
        modules[key] = replace(module, fields=_frozen(fields)) if new else module
    return replace(shape, modules=_frozen(modules))


def _with_attributes(new: FieldShape, old: FieldShape | None) -> FieldShape:
    gone = {key: _retired(each) for key, each in (old.link if old else {}).items() if key not in new.link}
    return replace(new, link=_frozen({**new.link, **gone})) if gone else new


def _retired(shape: FieldShape) -> FieldShape:
    return replace(shape, retired=True)


def _module_shape(
    module: Module, catalog: Catalog, types: Registry[FieldType], spoken: Renames
) -> ModuleShape:
    fields = {key: _field_shape(each, types, catalog, spoken) for key, each in module.fields.items()}
    rules = tuple(rule.number for rule in matchings(module, types))
    search = _search_digest(module, catalog, spoken)
    return ModuleShape(module.parent, _frozen(fields), search, duplicates=rules)


def _field_shape(
    each: Field, types: Registry[FieldType], catalog: Catalog, spoken: Renames = AS_CALLED
) -> FieldShape:
    kind = types[each.type]
    stored = tuple((column.suffix, column.type.compile(_DIALECT)) for column in kind.columns(each.settings))
    return FieldShape(
        type=each.type,
        stored=stored,
        targets=each.targets,
        picklist=each.settings.get("picklist"),
        currencies=tuple(each.settings.get("currencies", ())),
        required=each.required and not kind.given,
        link=_frozen({key: _field_shape(one, types, catalog) for key, one in link_attributes(each).items()}),
        formula=_formula_digest(each, catalog, spoken),
        limits=_frozen(_limits(each)),
    )


def _limits(each: Field) -> dict[str, str]:
    found = {key: str(each.settings[key]) for key in LIMITS if each.settings.get(key) is not None}
    return found | ({AMONG: " ".join(each.settings[AMONG])} if AMONG in each.settings else {})


def _is_beyond(now: str, was: str | None, sign: int) -> bool:
    """Whether a bound is tighter: a least that is more, or (``sign`` -1) a most that is less."""
    if was is None or now == was:
        return was is None
    try:
        return sign * (Decimal(now) - Decimal(was)) > 0
    except ArithmeticError:  # a day, say: whichever way it went, the values tell
        return True


def _formula_digest(each: Field, catalog: Catalog, spoken: Renames) -> str | None:
    if each.computed is None or not each.computed.is_stored:
        return None
    return digest(each.computed.kept, terms_of(catalog), catalog.timezone, spoken)


def _search_digest(module: Module, catalog: Catalog, spoken: Renames) -> str | None:
    if not is_searched(module):
        return None
    parts: list[object] = [catalog.languages[0], catalog.timezone]
    for each in own_search_fields(module):
        settings = {key: repr(value) for key, value in each.settings.items() if key not in NOT_IN_SEARCH_TEXT}
        picklist = catalog.picklists.get(each.settings.get("picklist", ""))
        labels = picklist and {
            key: value.label.in_language(catalog.languages[0]) for key, value in picklist.values.items()
        }
        parts.append([spoken.field(module.key, each.key)[1], each.type, settings, labels])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _frozen(items: dict[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(items)
