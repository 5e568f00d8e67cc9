"""Where-used of a running site: what its configuration says, and what its users keep."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from runtime.language.source import Source
from runtime.language.where_used import Found, in_expression, of_path
from runtime.model.uses import Thing, Use
from runtime.records.import_map import read_map
from runtime.records.saved_filters import SavedFilter
from runtime.sites.live import ConditionError, Live, PathError

if TYPE_CHECKING:
    from runtime.sites.site import Site

IMPORTS = 200
"""Of so many operations, the latest, the maps of imports are looked at: a map is used again from there."""
MOST = 500
"""Of so many things that users keep, those that name one are told."""
WRITTEN = ("field", "value", "constant", "function")
"""The kinds of things whose name stands in every text that uses them: others may be used without it."""


def uses_in_site(site: "Site", live: Live, thing: Thing) -> tuple[Use, ...]:
    """Every use of a thing, the configuration's first."""
    kept = (_saved_filters, _chosen_columns, _import_maps)
    return (*live.uses().of(thing), *(use for each in kept for use in each(site, live, thing)))


def _saved_filters(site: "Site", live: Live, thing: Thing) -> Iterator[Use]:
    name = thing.key.rpartition(".")[2] if thing.kind in WRITTEN else ""
    with site.database.read() as connection:
        found = live.saved_filters.naming(connection, name, MOST)
        users = live.reader.titles(connection, "users", sorted({each.user_id for each in found}))
    for saved in found:
        who = users.get(saved.user_id, "")
        for part, text, (named, does, _, _) in _of_saved(live, saved):
            if named == thing:
                yield Use(thing, does, "saved_filter", f"{saved.module}: {saved.name}, {part}", text, who=who)


def _of_saved(live: Live, saved: SavedFilter) -> Iterator[tuple[str, str, Found]]:
    """What a saved filter names: the part of it, the text, what it means; what nothing means is left out."""
    module = live.catalog.modules[saved.module]
    try:
        condition = live.condition(module, saved.where) if saved.where else None
    except ConditionError:
        condition = None
    if condition is not None:
        yield from (("where", saved.where, found) for found in in_expression(condition))
    paths = [("columns", text, "shows") for text in saved.columns]
    paths += [("sort", text.strip().removeprefix("-"), "reads") for text in saved.sort.split(",") if text]
    for part, text, does in paths:
        try:
            yield from ((part, text, found) for found in of_path(live.path(module, text), does))
        except PathError:
            continue


def _chosen_columns(site: "Site", live: Live, thing: Thing) -> Iterator[Use]:
    if thing.kind != "field":
        return
    with site.database.read() as connection:
        found = live.chosen_columns.naming(connection, thing.key.rpartition(".")[2], MOST)
        users = live.reader.titles(connection, "users", sorted({each[0] for each in found}))
    for user_id, module, filter, text in found:
        try:
            path = live.path(live.catalog.modules[module], text)
        except PathError:
            continue
        for named, does, _, _ in of_path(path, "shows"):
            if named == thing:
                place = f"{module}.{filter}.columns"
                yield Use(thing, does, "chosen_columns", place, text, who=users.get(user_id, ""))


def _import_maps(site: "Site", live: Live, thing: Thing) -> Iterator[Use]:
    if thing.kind != "field":
        return
    with site.database.read() as connection:
        latest = site.background.operations.latest(connection, IMPORTS)
        users = live.reader.titles(
            connection, "users", sorted({each.user_id for each in latest if each.user_id})
        )
    told: set[str] = set()
    for operation in latest:
        plan = live.writer.plans.get(str(operation.arguments.get("module")))
        text = str(operation.arguments.get("map") or "")
        if operation.kind != "import" or plan is None or text in told:
            continue
        told.add(text)
        columns, _ = read_map(Source("map.yaml", text), live.writer.plans, plan)
        for column in columns.columns if columns is not None else ():
            if thing.key == f"{plan.key}.{column.field.key}":
                who = users.get(operation.user_id or 0, "")
                yield Use(
                    thing, "writes", "import_map", f"{plan.key}: {operation.about}", column.header, who=who
                )
