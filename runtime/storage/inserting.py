"""INSERTs prepared: the columns that rows are given for, and how the driver takes the values of each."""

from collections.abc import Hashable, Sequence
from itertools import repeat

from sqlalchemy import Dialect, Table

MOST = 500
"""INSERTs that one table keeps: records are given in ever other columns."""


class Insert:
    """An INSERT into some columns of a table. ``ready`` names those whose values are as the driver takes
    them.
    """

    def __init__(self, table: Table, names: Sequence[str], ready: frozenset[str], dialect: Dialect) -> None:
        preparer = dialect.identifier_preparer
        self.names = tuple(names)
        self.table = preparer.format_table(table)
        self.target = f"{self.table} ({', '.join(preparer.quote(name) for name in names)})"
        place = "?" if dialect.name == "sqlite" else "%s"
        self._row = f"({', '.join(repeat(place, len(names)))})"
        self.one = self.of(1)
        self.makers = [  # of what the driver takes; None where it takes the value itself
            None if name in ready else table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
            for name in names
        ]

    def of(self, rows: int) -> str:
        """The statement for so many rows."""
        return f"INSERT INTO {self.target} VALUES {', '.join(repeat(self._row, rows))}"


def insert_into(table: Table, names: tuple[str, ...], ready: frozenset[str], dialect: Dialect) -> Insert:
    """The INSERT into these columns. The table keeps it: to make one takes longer than to run it once."""
    kept: dict[Hashable, Insert] = table.info.setdefault("inserts", {})
    key = (dialect.name, names, ready)
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = Insert(table, names, ready, dialect)
    return found
