"""Pointing: texts that become links, each by the record that it names; for a whole batch at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, select

from runtime.change.casting import EMPTY, Cast
from runtime.model.catalog import Catalog, Field, Module
from runtime.model.types import TEXT
from runtime.model.values import Link, Ref
from runtime.records.among import among
from runtime.storage.inspect import Live
from runtime.storage.tables import Tables

Make = Callable[[Connection, str, Sequence[Mapping[str, object]]], None]
"""Makes records of a module."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Records that are not there yet, by what they are called."""

    texts: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.texts)


class Pointing:
    """Finds the records that values name: those they point at already, or those that are called so."""

    def __init__(
        self,
        catalog: Catalog,
        tables: Tables,
        field: Field,
        live: Live,
        linked: bool,
        make: Make | None = None,
    ) -> None:
        """``make`` makes records of the values that it is given; a rehearsal has none."""
        self._catalog = catalog
        self._make = make
        self._tables = tables
        self._field = field
        self._linked = linked
        self._live = live
        self._modules = [catalog.modules[key] for key in field.targets]
        conversion = field.conversion
        self._match = conversion.match if conversion else None
        self.creates = conversion is not None and conversion.create
        self.module = self._modules[0] if self._modules else None
        self.key = self._match or (_title_field(self._modules[0]) if self._modules else None)

    def making(self, make: Make) -> "Pointing":
        """The same, making the records that are not there."""
        return Pointing(self._catalog, self._tables, self._field, self._live, self._linked, make)

    def why_not(self) -> str:
        """Why no record can be found by a text; '' where it can."""
        for module in self._modules:
            if self._match is not None:
                found = module.field(self._match)
                if found is None or found.value_type != TEXT or found.is_virtual or found.targets:
                    return f"{module.key} has no text field {self._match}"
            elif _title_field(module) is None:
                return f"what a record of {module.key} is called is not one text of its own"
        return ""

    def cast(self, connection: Connection, values: Sequence[object], texts: Sequence[str]) -> list[Cast]:
        """What each value becomes. ``texts`` are the values as a person reads them."""
        wanted = {
            text
            for value, text in zip(values, texts, strict=True)
            for text in _texts(value, text)
            if not self._points(value)
        }
        found = self.find(connection, wanted)
        missing = sorted(wanted - found.keys() - {""})
        if missing and self._make is not None and self.creates:
            self._make(connection, self._modules[0].key, [{self.key or "": each} for each in missing])
            found = self.find(connection, wanted)
        return [self._one(value, text, found) for value, text in zip(values, texts, strict=True)]

    def find(self, connection: Connection, texts: Iterable[str]) -> dict[str, list[int]]:
        """The records that are called so, the deleted ones left out; one statement for each module."""
        found: dict[str, list[int]] = {}
        wanted = sorted(set(texts) - {""})
        for module in self._modules if wanted else ():
            table = self._tables.module(module.key)
            column = self._column(module)
            if column is None or not self._stands(table.table.name, column.name):
                continue
            chosen = select(column, table.columns["id"][0]).where(
                among(column, wanted, self._tables.dialect), table.columns["deleted_at"][0].is_(None)
            )
            for text, id_ in connection.execute(chosen.order_by(table.columns["id"][0])):
                found.setdefault(text, []).append(id_)
        return found

    def _column(self, module: Module) -> Column[Any] | None:
        key = self._match or _title_field(module)
        field = module.field(key) if key else None
        if field is None:
            return None
        return self._tables.module(module.key).of(field)[0]

    def _stands(self, table: str, column: str) -> bool:
        # What the same change makes is there by the time the step runs.
        return self._make is not None or self._live.has(table, column)

    def _points(self, value: object) -> bool:
        """Whether a value is a record that the field may point at as it is."""
        items = value if isinstance(value, tuple) else (value,)
        return all(isinstance(each, Ref) and each.module in self._field.targets for each in items)

    def _one(self, value: Any, text: str, found: Mapping[str, list[int]]) -> Cast:
        if value is None or value == ():
            return EMPTY
        if self._points(value):
            return self._kept([each.id for each in (value if isinstance(value, tuple) else (value,))])
        texts = _texts(value, text)
        missing = tuple(each for each in texts if each not in found)
        several = next((found[each] for each in texts if len(found.get(each, ())) > 1), None)
        if several:
            return Cast(problem=f"{len(several)} records are called so: ids {several[0]} and {several[1]}.")
        if missing:
            return Cast(Wanted(missing)) if self.creates else Cast(problem="No record is called so.")
        return self._kept(list(dict.fromkeys(found[each][0] for each in texts)))

    def _kept(self, ids: list[int]) -> Cast:
        if self._linked:
            return Cast(tuple(Link(each) for each in ids))
        if len(ids) > 1:
            return Cast(problem=f"{self._field.label} holds one record, and there are {len(ids)}.")
        return Cast(ids[0])


def _texts(value: object, text: str) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(each.title if isinstance(each, Ref) else str(each) for each in value)
    return (text,) if text else ()


def _title_field(module: Module) -> str | None:
    """The one text field that a module's records are called by; None where there is none."""
    parts = module.title.parts
    if len(parts) != 1 or parts[0][0] or module.title.tail or parts[0][1].hops:
        return None
    field = parts[0][1].field
    return field.key if field.value_type == TEXT and not field.is_virtual else None
