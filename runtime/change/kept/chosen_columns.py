"""The columns that users have chosen for a list, as paths."""

from collections.abc import Iterator

from sqlalchemy import select, update

from runtime.change.kept.base import MOST, Ground, Kept, Look
from runtime.language.where_used import of_path
from runtime.model.uses import Thing, Use
from runtime.storage.runtime_tables import runtime_tables


class ChosenColumns(Kept):
    """Chosen columns; their module is a table's name, which stays."""

    name = "chosen_columns"
    tables = ("trellis_chosen_columns",)

    def references(self, look: Look, thing: Thing) -> Iterator[Use]:
        """See the class above."""
        if thing.kind != "field":
            return
        name = thing.key.rpartition(".")[2]
        table = runtime_tables().chosen_columns
        holds = table.c["columns"].contains(name, autoescape=True)
        order = (table.c.user_id, table.c.module, table.c.filter)
        rows = look.connection.execute(select(table).where(holds).order_by(*order).limit(MOST)).all()
        users = look.titles(sorted({row.user_id for row in rows}))
        keys = {physical: key for key, physical in look.names.tables.items()}
        for row in rows:
            module = look.catalog.modules.get(keys.get(row.module, ""))
            for text in row.columns.split(",") if module is not None else ():
                path = look.path(module, text) if module is not None else None
                for named, does, _, _ in of_path(path, "shows") if path is not None else ():
                    if named == thing:
                        place = f"{keys[row.module]}.{row.filter}.columns"
                        who = users.get(row.user_id, "")
                        yield Use(thing, does, "chosen_columns", place, text, who=who)

    def rename(self, ground: Ground) -> int:
        """See the class above."""
        table = runtime_tables().chosen_columns
        count = 0
        for row in ground.connection.execute(
            select(table).where(ground.has_old_names(table, "columns"))
        ).all():
            module = ground.module_of(row.module)
            if module is None:
                continue
            columns = ",".join(ground.path(module, each) for each in row.columns.split(","))
            if columns != row.columns:
                count += 1
                mine = (table.c.user_id == row.user_id) & (table.c.module == row.module)
                here = update(table).where(mine, table.c.filter == row.filter)
                ground.connection.execute(here.values({table.c["columns"]: columns}))
        return count
