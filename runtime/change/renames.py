"""Renames that a configuration declares and the applied one has not made: what is called what, and the
applied names and shape by the names to come.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from runtime.change.shape import AMONG, FieldShape, ModuleShape, Shape
from runtime.model.catalog import Catalog
from runtime.model.earlier import Pair
from runtime.model.renames import Renames
from runtime.storage.names import MODULES, Names
from runtime.storage.runtime_tables import runtime_tables

OTHERWISE = "another"
"""A digest that is nothing's."""


def renames_of(catalog: Catalog, applied: Shape) -> Renames:
    """What the catalog calls otherwise than the applied shape: of several earlier names the newest that is
    there. What has its name already was renamed before, and an earlier name means nothing more.
    """
    earlier = catalog.earlier
    if not earlier.any or not applied.modules:
        return Renames()
    modules = _modules(catalog, applied)
    before = {now: old for old, now in modules.items()}
    fields: dict[Pair, str] = {}
    attributes: dict[tuple[str, str, str], str] = {}
    for module in catalog.modules.values():
        old = applied.modules.get(before.get(module.key, module.key))
        if old is None:
            continue
        was = before.get(module.key, module.key)
        for key, field in module.fields.items():
            found = _found(key, earlier.names_of_field(module.key, key), old.fields)
            if found:
                fields[was, found] = key
            shape = old.fields.get(found or key)
            for name in (field.settings.get("link") or {}) if shape else ():
                names = earlier.names_of_attribute(module.key, key, name)
                if shape and (then := _found(name, names, shape.link)):
                    attributes[was, found or key, then] = name
    return Renames(modules, fields, attributes, *_values(catalog, applied))


def to_names_of(renames: Renames, catalog: Catalog) -> Renames:
    """Those that lead to a name of the catalog: on the way back, what has begun since keeps its own name."""
    modules = {old: now for old, now in renames.modules.items() if now in catalog.modules}
    within = Renames(modules)

    def has(module: str, key: str) -> bool:
        known = catalog.modules.get(within.module(module))
        return known is not None and key in known.fields

    def has_attribute(place: tuple[str, str, str], now: str) -> bool:
        module, key, _ = place
        own = renames.fields.get((module, key), key)
        if not has(module, own):
            return False
        return now in (catalog.modules[within.module(module)].fields[own].settings.get("link") or {})

    def has_value(picklist: str, key: str) -> bool:
        return picklist in catalog.picklists and key in catalog.picklists[picklist].values

    return Renames(
        modules,
        {(of, old): now for (of, old), now in renames.fields.items() if has(of, now)},
        {place: now for place, now in renames.attributes.items() if has_attribute(place, now)},
        {(of, old): now for (of, old), now in renames.values.items() if has_value(of, now)},
        {(of, old): now for (of, old), now in renames.merged.items() if has_value(of, now)},
    )


def renames_between(connection: Connection, first: int, last: int) -> Renames:
    """From the names of one revision to those of a later one."""
    found = Renames()
    for number, each in renames_since(connection, first):
        if number <= last:
            found = found.then(each)
    return found


def renames_since(connection: Connection, first: int = 0) -> list[tuple[int, Renames]]:
    """What each revision after one has renamed, in order; those that renamed nothing are left out."""
    table = runtime_tables().revisions
    made = select(table.c.id, table.c.renames).where(table.c.id > first, table.c.renames.is_not(None))
    rows = connection.execute(made.order_by(table.c.id))
    return [(number, Renames.from_json(renames)) for number, renames in rows if renames]


def renamed_shape(shape: Shape, renames: Renames) -> Shape:
    """A shape by the names of after. What was retired under such a name stands aside."""
    if not renames.any:
        return shape
    modules: dict[str, ModuleShape] = {}
    for key, module in shape.modules.items():
        now = _aside(key, renames.modules, shape.modules)
        fields = {
            _field_key(renames, key, name, module.fields): _renamed_field(each, renames, key, name)
            for name, each in module.fields.items()
        }
        parent = None if module.parent is None else renames.module(module.parent)
        modules[now] = replace(module, parent=parent, fields=fields)
    picklists = {
        key: tuple(dict.fromkeys(renames.value(key, value) for value in values))
        for key, values in shape.picklists.items()
    }
    return replace(shape, modules=modules, picklists=picklists)


def renamed_names(names: Names, shape: Shape, renames: Renames) -> Names:
    """Physical names by the names of after; ``shape`` is by the names of before."""
    if not renames.any:
        return names

    def pair(place: Pair) -> Pair:
        module, key = place
        known = shape.modules[module].fields if module in shape.modules else {}
        return _aside(module, renames.modules, shape.modules), _field_key(renames, module, key, known)

    attributes = {
        (*pair((module, of)), renames.attribute(module, of, key)): name
        for (module, of, key), name in names.attributes.items()
    }
    for (module, of, old), now in renames.attributes.items():
        attributes.setdefault((*pair((module, of)), now), old)
    return Names(
        {_aside(key, renames.modules, shape.modules): name for key, name in names.tables.items()},
        {pair(place): name for place, name in names.columns.items()},
        {pair(place): name for place, name in names.links.items()},
        {_aside(key, renames.modules, shape.modules): name for key, name in names.searches.items()},
        spent=names.spent,
        values=_renamed_values(names, renames),
        attributes=attributes,
    )


def merged_values(renames: Renames, names: Names) -> dict[Pair, tuple[str, str]]:
    """By picklist and stored name, the values that others take in, each with the other one's name; ``names``
    are those of before.
    """
    return {(of, names.stored(of, old)): (old, now) for (of, old), now in renames.merged.items()}


def with_digests(shape: Shape, spoken: Shape, target: Shape) -> Shape:
    """A shape of before, whose digests are the target's wherever only names make a difference.

    ``spoken`` is the target in the words of before.
    """
    modules = dict(shape.modules)
    for key, module in shape.modules.items():
        said, new = spoken.modules.get(key), target.modules.get(key)
        if said is None or new is None:
            continue
        fields = {
            name: replace(each, formula=_digest(each.formula, said.fields[name].formula, its.formula))
            if (its := new.fields.get(name)) is not None
            else each
            for name, each in module.fields.items()
        }
        search = _digest(module.search, said.search, new.search)
        modules[key] = replace(module, fields=fields, search=search)
    return replace(shape, modules=modules)


def _digest(before: str | None, spoken: str | None, target: str | None) -> str | None:
    """The target's, where it says the same; the same words about what has another name now say something
    else.
    """
    if before == spoken:
        return target
    return OTHERWISE if before == target else before


def _modules(catalog: Catalog, applied: Shape) -> dict[str, str]:
    found = (
        (_found(key, catalog.earlier.names_of_module(key), applied.modules), key) for key in catalog.modules
    )
    return {old: now for old, now in found if old}


def _found(key: str, names: tuple[str, ...], there: Mapping[str, Any]) -> str:
    """Under which of the earlier names a thing is there; '' when it has its name already, or is new."""
    own = there.get(key)
    if own is not None and not own.retired:
        return ""
    live = next((name for name in names if name in there and not there[name].retired), "")
    if live or own is not None:
        return live
    return next((name for name in names if name in there), "")


def _values(catalog: Catalog, applied: Shape) -> tuple[dict[Pair, str], dict[Pair, str]]:
    values: dict[Pair, str] = {}
    merged: dict[Pair, str] = {}
    for picklist in catalog.picklists.values():
        there = applied.picklists.get(picklist.key, ())
        for key in picklist.values:
            names = [each for each in catalog.earlier.names_of_value(picklist.key, key) if each in there]
            if names and key not in there:
                values[picklist.key, names.pop(0)] = key
            merged |= {(picklist.key, name): key for name in names}
    return values, merged


def _renamed_values(names: Names, renames: Renames) -> dict[str, dict[str, str]]:
    """The stored names of values: a renamed one keeps its own, a merged one is no more."""
    found = {picklist: dict(stored) for picklist, stored in names.values.items()}
    called = {(MODULES, old): now for old, now in renames.modules.items()}
    moved = [
        (picklist, now, names.values.get(picklist, {}).get(old, old))
        for (picklist, old), now in (*renames.values.items(), *called.items())
    ]
    for picklist, old in (*renames.values, *renames.merged, *called):
        found.get(picklist, {}).pop(old, None)
    for picklist, now, stored in moved:
        if stored != now:
            found.setdefault(picklist, {})[now] = stored
    return {picklist: stored for picklist, stored in found.items() if stored}


def _field_key(renames: Renames, module: str, key: str, known: Mapping[str, Any]) -> str:
    own = {old: now for (of, old), now in renames.fields.items() if of == module}
    name, mark, number = key.partition("@")
    if mark and name in own:
        return _free(own[name], known) if f"{own[name]}@{number}" in known else f"{own[name]}@{number}"
    return _aside(key, own, known)


def _aside(key: str, renames: Mapping[str, str], known: Mapping[str, Any]) -> str:
    """The name of after; one that something else takes makes room for it."""
    if key in renames:
        return renames[key]
    return _free(key, known) if key in renames.values() else key


def _free(key: str, known: Mapping[str, Any]) -> str:
    return next(name for number in range(1, len(known) + 2) if (name := f"{key}@{number}") not in known)


def _renamed_field(shape: FieldShape, renames: Renames, module: str, key: str) -> FieldShape:
    link = {renames.attribute(module, key, name): each for name, each in shape.link.items()}
    limits = shape.limits
    if limits is not None and AMONG in limits:
        limits = {**limits, AMONG: " ".join(map(renames.module, limits[AMONG].split()))}
    return replace(shape, targets=tuple(map(renames.module, shape.targets)), link=link, limits=limits)
