"""Walking ways back: from the records that something changed in to those whose values depend on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    func,
    select,
    union,
)

from runtime.expressions.reaches import Hop, Way
from runtime.storage.conditions import among, id_list
from runtime.storage.tables import Tables

Ids = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True, slots=True)
class Walk:
    """A way to be walked back from the records ``ids`` at its end.

    ``former`` are records that those hung on before, where the last hop is back over a pointer or a link.
    """

    way: Way
    ids: frozenset[int]
    former: frozenset[int] = frozenset()

    @property
    def shape(self) -> object:
        """What the SQL of it depends on."""
        return (tuple(hop.key for hop in self.way), bool(self.former))


def beginnings(tables: Tables, module: str, walks: Sequence[Walk]) -> Select[Any]:
    """The ids of the records of a module at which these ways begin; the deleted ones are left out."""
    found = [arm for number, walk in enumerate(walks) for arm in _Walking(tables, number).arms(walk)]
    arms = found[0] if len(found) == 1 else union(*found)
    own = tables.module(module)
    root = own.table.alias("m")
    own_id, deleted_at = (root.c[own.columns[key][0].name] for key in ("id", "deleted_at"))
    return select(own_id.label("id")).where(deleted_at.is_(None), own_id.in_(arms))


def parameters(walks: Sequence[Walk], dialect: str) -> dict[str, object]:
    """The values of the parameters that :func:`beginnings` leaves open."""
    found: dict[str, object] = {}
    for number, walk in enumerate(walks):
        found[f"w{number}"] = id_list(sorted(walk.ids), dialect)
        found[f"f{number}"] = id_list(sorted(walk.former), dialect)
    return found


class _Walking:
    """One way, hop by hop, from its end."""

    def __init__(self, tables: Tables, number: int) -> None:
        self._tables = tables
        self._number = number
        self._hops = 0

    def arms(self, walk: Walk) -> list[Select[Any]]:
        """The selects that together give the ids at the way's beginning."""
        found: list[Select[Any]] = []
        for hop in reversed(walk.way):
            there: Ids | None = None if not found else found[0] if len(found) == 1 else union(*found)
            found = [self._hop(hop, there)]
            if walk.former and not self._hops:
                found.append(self._given(f"f{self._number}"))
            self._hops += 1
        return found or [self._given(f"w{self._number}")]

    def _hop(self, hop: Hop, there: Ids | None) -> Select[Any]:
        if hop.kind == "all":
            alias, own_id = self._table(hop.here)
            return select(own_id)
        assert hop.field is not None
        if hop.kind == "one":
            alias, own_id = self._table(hop.here)
            return select(own_id).where(self._one_of(self._column(alias, hop), there))
        if hop.kind in ("inverse", "rows"):
            alias, own_id = self._table(hop.there)
            return select(self._column(alias, hop)).where(self._one_of(own_id, there))
        link = self._tables.link(hop.field.module, hop.field.key).alias(self._name())
        near, far = ("source_id", "target_id") if hop.kind == "links" else ("target_id", "source_id")
        return select(link.c[near]).where(self._one_of(link.c[far], there))

    def _one_of(self, column: ColumnElement[Any], ids: Ids | None) -> ColumnElement[bool]:
        if ids is None:
            return among(column, f"w{self._number}", self._tables.dialect)
        return column.in_(ids)

    def _given(self, name: str) -> Select[Any]:
        if self._tables.dialect == "postgresql":
            array = bindparam(name, required=False, type_=ARRAY(BigInteger))
            return select(func.unnest(array).column_valued(f"{name}_ids"))
        values = func.json_each(bindparam(name, required=False, type_=Text)).table_valued("value")
        return select(values.c.value)

    def _table(self, module: str) -> tuple[Any, ColumnElement[Any]]:
        own = self._tables.module(module)
        alias = own.table.alias(self._name())
        return alias, alias.c[own.columns["id"][0].name]

    def _column(self, alias: Any, hop: Hop) -> ColumnElement[Any]:
        assert hop.field is not None
        column: ColumnElement[Any] = alias.c[self._tables.module(hop.field.module).of(hop.field)[0].name]
        return column

    def _name(self) -> str:
        return f"a{self._number}_{self._hops}"
