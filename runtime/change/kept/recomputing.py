"""The marks of computed fields that the background is still to work out."""

from collections.abc import Iterator

from sqlalchemy import delete, insert, select

from runtime.change.kept.base import Ground, Kept, Look
from runtime.model.uses import Thing, Use
from runtime.storage.runtime_tables import runtime_tables


class Recomputing(Kept):
    """Marks, by module and field. No user has made them, so nobody is told of them."""

    name = "recomputing"
    tables = ("trellis_recomputing",)

    def references(self, look: Look, thing: Thing) -> Iterator[Use]:
        """See the class above."""
        yield from ()

    def rename(self, ground: Ground) -> int:
        """See the class above."""
        table = runtime_tables().recomputing
        marks = ground.connection.execute(select(table.c.module, table.c.field, table.c.operation_id)).all()
        new = [(*ground.renames.field(mark.module, mark.field), mark.operation_id) for mark in marks]
        if new == [tuple(mark) for mark in marks]:
            return 0
        ground.connection.execute(delete(table))
        names = ("module", "field", "operation_id")
        ground.connection.execute(insert(table), [dict(zip(names, mark, strict=True)) for mark in new])
        return len(new)
