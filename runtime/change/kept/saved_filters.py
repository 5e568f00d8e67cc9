"""The lists that users made for themselves: a condition, columns and an order, as text."""

from collections.abc import Iterator

from sqlalchemy import select, update

from runtime.change.kept.base import MOST, WRITTEN, Ground, Kept, Look
from runtime.language.where_used import Found, in_expression, of_path
from runtime.model.catalog import Module
from runtime.model.uses import Thing, Use
from runtime.storage.runtime_tables import runtime_tables


class SavedFilters(Kept):
    """Saved filters; their module is a table's name, which stays."""

    name = "saved_filters"
    tables = ("trellis_saved_filters",)

    def references(self, look: Look, thing: Thing) -> Iterator[Use]:
        """See the class above."""
        name = thing.key.rpartition(".")[2] if thing.kind in WRITTEN else ""
        table = runtime_tables().saved_filters
        texts = (table.c["where"], table.c["columns"], table.c["sort"])
        holds = texts[0].contains(name, autoescape=True)
        for each in texts[1:]:
            holds |= each.contains(name, autoescape=True)
        rows = look.connection.execute(select(table).where(holds).order_by(table.c.id).limit(MOST)).all()
        users = look.titles(sorted({row.user_id for row in rows}))
        keys = {physical: key for key, physical in look.names.tables.items()}
        for row in rows:
            module = look.catalog.modules.get(keys.get(row.module, ""))
            if module is None:
                continue
            for part, text, (named, does, _, _) in _named(look, module, row.where, row.columns, row.sort):
                if named == thing:
                    path = f"{module.key}: {row.name}, {part}"
                    yield Use(thing, does, "saved_filter", path, text, who=users.get(row.user_id, ""))

    def rename(self, ground: Ground) -> int:
        """See the class above."""
        table = runtime_tables().saved_filters
        some = select(table).where(ground.has_old_names(table, "where", "columns", "sort"))
        count = 0
        for row in ground.connection.execute(some).all():
            module = ground.module_of(row.module)
            if module is None:
                continue
            new = {
                "where": ground.condition(module, row.where) if row.where else "",
                "columns": ",".join(ground.path(module, each) for each in row.columns.split(",")),
                "sort": ",".join(ground.path(module, each) for each in row.sort.split(",")),
            }
            if any(new[key] != getattr(row, key) for key in new):
                count += 1
                ground.connection.execute(update(table).where(table.c.id == row.id).values(**new))
        return count


def _named(
    look: Look, module: Module, where: str, columns: str, sort: str
) -> Iterator[tuple[str, str, Found]]:
    """What a saved filter names: the part of it, the text, what it means; what nothing means is left out."""
    condition = look.condition(module, where) if where else None
    if condition is not None:
        yield from (("where", where, found) for found in in_expression(condition))
    paths = [("columns", text, "shows") for text in columns.split(",") if text]
    paths += [("sort", text.strip().removeprefix("-"), "reads") for text in sort.split(",") if text]
    for part, text, does in paths:
        path = look.path(module, text)
        if path is not None:
            yield from ((part, text, found) for found in of_path(path, does))
