"""What was asked of operations in the background: those that are still to come, and the maps of imports,
which are used again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, update

from runtime.change.kept.base import Ground, Kept, Look
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.read import read
from runtime.language.source import Source
from runtime.language.splice import Change, spliced
from runtime.model.catalog import Module
from runtime.model.uses import Thing, Use
from runtime.storage.runtime_tables import runtime_tables

LATEST = 200
"""Of so many operations, the latest, what they were asked is looked at: a map is used again from there."""
OPEN = ("queued", "running")


class Operations(Kept):
    """Operations by what they were given: a module, conditions, paths, fields, or the map of an import."""

    name = "operations"
    tables = ("trellis_operations",)

    def references(self, look: Look, thing: Thing) -> Iterator[Use]:
        """See the class above."""
        if thing.kind != "field":
            return
        from runtime.records.import_map import read_map  # here, for following needs none of it

        table = runtime_tables().operations
        latest = look.connection.execute(select(table).order_by(table.c.id.desc()).limit(LATEST)).all()
        users = look.titles(sorted({row.user_id for row in latest if row.user_id}))
        told: set[str] = set()
        for row in latest:
            plan = look.plans.get(str(row.arguments.get("module")))
            text = str(row.arguments.get("map") or "")
            if row.kind != "import" or plan is None or text in told:
                continue
            told.add(text)
            columns, _ = read_map(Source("map.yaml", text), look.plans, plan)
            for column in columns.columns if columns is not None else ():
                if thing.key == f"{plan.key}.{column.field.key}":
                    path, who = f"{plan.key}: {row.about}", users.get(row.user_id or 0, "")
                    yield Use(thing, "writes", "import_map", path, column.header, who=who)

    def rename(self, ground: Ground) -> int:
        """See the class above."""
        table = runtime_tables().operations
        newest = select(table.c.id).order_by(table.c.id.desc()).limit(LATEST)
        wanted = table.c.state.in_(OPEN) | table.c.id.in_(newest)
        count = 0
        for id_, arguments in ground.connection.execute(
            select(table.c.id, table.c.arguments).where(wanted)
        ).all():
            new = _renamed(ground, arguments or {})
            if new != arguments:
                count += 1
                ground.connection.execute(update(table).where(table.c.id == id_).values(arguments=new))
        return count


def _renamed(ground: Ground, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation is given, by the names of after."""
    made = dict(arguments)
    key = made.get("module")
    module: Module | None = None
    if isinstance(key, str):
        made["module"] = ground.renames.module(key)
        module = ground.catalog.modules.get(made["module"])
    if isinstance(made.get("fields"), list):
        made["fields"] = [_field(ground, each) for each in made["fields"]]
    if module is None:
        return made
    if isinstance(made.get("map"), str):
        made["map"] = _map(ground, module, made["map"])
    for name, follow in (("where", ground.condition), ("columns", ground.path)):
        given = made.get(name)
        if isinstance(given, list):
            made[name] = [follow(module, str(each)) for each in given]
        elif isinstance(given, str) and given:
            made[name] = follow(module, given)
    if isinstance(made.get("sort"), str) and made["sort"]:
        made["sort"] = ",".join(ground.path(module, each) for each in made["sort"].split(","))
    return made


def _field(ground: Ground, given: Any) -> Any:
    is_pair = isinstance(given, list) and len(given) == 2
    return list(ground.renames.field(str(given[0]), str(given[1]))) if is_pair else given


def _map(ground: Ground, module: Module, text: str) -> str:
    """The map of an import: what each column goes into, and what a related record is found by."""
    node, _ = read(Source("map.yaml", text))
    columns = node.map("columns") if isinstance(node, MapNode) else None
    changes: list[Change] = []
    for item in columns.items.values() if columns is not None else ():
        changes += _column(ground, module, item)
    return spliced(text, changes)


def _column(ground: Ground, module: Module, item: Node) -> Iterator[Change]:
    written = item.get("field") if isinstance(item, MapNode) else item
    if not isinstance(written, Scalar) or not isinstance(written.value, str):
        return
    now = ground.path(module, written.text)
    yield from _changed(written, now)
    field = module.field(now.partition(".")[0])
    match = item.scalar("match") if isinstance(item, MapNode) else None
    target = ground.catalog.modules.get(field.targets[0]) if field is not None and field.targets else None
    if match is not None and target is not None:
        yield from _changed(match, ground.path(target, match.text))


def _changed(node: Scalar, now: str) -> Iterator[Change]:
    if now != node.text:
        places = node.offsets()
        yield Change(places[0], places[-1] + 1, now)
