"""Cells: how each column of a list is selected, and made of what the database gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog, Field, Path, Picklist
from runtime.model.types import TEXT
from runtime.model.values import Pointer, Ref
from runtime.storage.converting import Selection
from runtime.storage.joins import Joins

Given = Sequence[Sequence[Any]]
"""A page as its columns, each a value for every row."""

Fetch = Callable[[Field, Sequence[int | Pointer | None]], Mapping[int, tuple[Ref, ...]]]
"""Gives the records that a field of many links these records to, one statement for all; or those that
pointers point at, one for each module."""

DEEPEST = 3
"""How far a title may be made of other records' titles."""


class Cell(Protocol):
    """One column of a list."""

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """Its canonical value in every row."""
        ...


@dataclass(frozen=True, slots=True)
class ValueCell:
    """A field's own value, of one column or of several."""

    places: tuple[int, ...]
    kind: FieldType

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """The canonical values."""
        if self.kind.is_kept_as_it_is(len(self.places)):
            return given[self.places[0]]
        make = self.kind.from_columns
        return [make(parts) for parts in zip(*(given[place] for place in self.places), strict=True)]


@dataclass(frozen=True, slots=True)
class AttributeCell:
    """An attribute of a picklist field's value."""

    place: int
    values: Mapping[Any, object]

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """The attributes."""
        values = self.values
        return [values.get(key) for key in given[self.place]]


@dataclass(frozen=True, slots=True)
class TitleCell:
    """What a record is called. A part that is empty is left out with the text before it."""

    id_place: int
    parts: tuple[tuple[str, Cell, Callable[[Any], str]], ...]
    tail: str

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """The titles; a record without one is called by its id."""
        ids = given[self.id_place]
        if len(self.parts) == 1 and not self.parts[0][0] and not self.tail:
            _, cell, text = self.parts[0]
            values = cell.read(given, fetch)
            if text is _text:
                return [value or f"#{id_}" for value, id_ in zip(values, ids, strict=True)]
            return [text(value) or f"#{id_}" for value, id_ in zip(values, ids, strict=True)]
        columns = [
            [before + said if (said := text(value)) else "" for value in cell.read(given, fetch)]
            for before, cell, text in self.parts
        ]
        tail = self.tail
        return [
            ("".join(parts).strip() + tail if any(parts) else f"#{id_}")
            for id_, *parts in zip(ids, *columns, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class RefCell:
    """A related record of one module, or of whichever of several it is."""

    ways: tuple[tuple[str, TitleCell], ...]

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """The references; None where there is no related record."""
        if len(self.ways) == 1:
            return self._way(*self.ways[0], given, fetch)
        found = [self._way(module, title, given, fetch) for module, title in self.ways]
        return [next((ref for ref in refs if ref is not None), None) for refs in zip(*found, strict=True)]

    def _way(self, module: str, title: TitleCell, given: Given, fetch: Fetch) -> list[Ref | None]:
        pairs = zip(given[title.id_place], title.read(given, fetch), strict=True)
        return [None if id_ is None else Ref(module, id_, called) for id_, called in pairs]


@dataclass(frozen=True, slots=True)
class AnyCell:
    """A value of whichever record of several modules there is: the owner's name, of a user or of a group."""

    ways: tuple[Cell, ...]

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """The first value that is there; one record at most answers."""
        found = [way.read(given, fetch) for way in self.ways]
        return [
            next((value for value in values if value is not None), None)
            for values in zip(*found, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class PointerCell:
    """A record of whichever module it says; titles are looked up in the modules that the page shows."""

    places: tuple[int, int]
    field: Field

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """The references; None where there is no record."""
        ids, modules = (given[place] for place in self.places)
        pointers = [
            None if id_ is None else Pointer(module or "", id_)
            for id_, module in zip(ids, modules, strict=True)
        ]
        found = fetch(self.field, pointers)
        return [None if each is None else next(iter(found.get(each.id, ())), None) for each in pointers]


@dataclass(frozen=True, slots=True)
class ManyCell:
    """The records that a field of many links to."""

    place: int
    field: Field

    def read(self, given: Given, fetch: Fetch) -> Sequence[Any]:
        """A tuple of references for every row."""
        owners = given[self.place]
        found = fetch(self.field, owners)
        return [found.get(owner, ()) for owner in owners]


class CellMaker:
    """Makes the cells of one statement: adds joins and selected columns as they are needed."""

    def __init__(
        self,
        catalog: Catalog,
        types: Registry[FieldType],
        formats: Formats,
        joins: Joins,
        selection: Selection,
    ) -> None:
        self._catalog = catalog
        self._types = types
        self._formats = formats
        self._joins = joins
        self._selection = selection

    def cell(self, path: Path) -> Cell:
        """The cell of a list's column."""
        ways = [self._cell(fields, path.attribute, 0) for fields in self._ways(path)]
        return ways[0] if len(ways) == 1 else AnyCell(tuple(ways))

    def title(self, fields: tuple[Field, ...], module: str, deep: int = 0) -> TitleCell:
        """The title of the record of ``module`` that these relations lead to; of the list's own record for
        ().
        """
        id_place = self._selection.add(self._joins.seen_id(fields, module))
        title = self._catalog.modules[module].title
        parts = [
            (before, self._cell((*fields, *path.fields), path.attribute, deep + 1), self._text_of(path))
            for before, path in title.parts
            if deep < DEEPEST and not self._types[path.field.type].linked
        ]
        return TitleCell(id_place, tuple(parts), title.tail)

    def _ways(self, path: Path) -> list[tuple[Field, ...]]:
        """The path, and beside it the same field of the other modules that its last relation may lead to."""
        ways = [path.fields]
        for module in path.hops[-1].targets if path.hops else ():
            other = self._catalog.modules[module].field(path.field.key)
            if module != path.field.module and other is not None and other.type == path.field.type:
                ways.append((*path.hops, other))
        return ways

    def _cell(self, fields: tuple[Field, ...], attribute: str | None, deep: int) -> Cell:
        field = fields[-1]
        kind = self._types[field.type]
        if kind.linked:
            return ManyCell(self._selection.add(self._joins.linking_id(fields)), field)
        if field.targets:
            return RefCell(tuple((module, self.title(fields, module, deep)) for module in field.targets))
        places = tuple(self._selection.add(column) for column in self._joins.columns(fields))
        if "among" in field.settings:
            return PointerCell((places[0], places[1]), field)
        if attribute is not None:
            return AttributeCell(places[0], attribute_values(field, attribute, self._catalog.picklists))
        return ValueCell(places, kind)

    def _text_of(self, path: Path) -> Callable[[Any], str]:
        field = path.field
        if path.attribute is not None or field.targets:
            return _plain
        if field.value_type == TEXT and type(self._types[field.type]).from_columns is FieldType.from_columns:
            return _text
        kind, formats, picklists = self._types[field.type], self._formats, self._catalog.picklists
        return lambda value: "" if value is None else kind.text(value, field, formats, picklists)


def attribute_values(field: Field, attribute: str, picklists: Mapping[str, Picklist]) -> Mapping[str, object]:
    """An attribute of a picklist field by the value's key."""
    values = picklists[field.settings["picklist"]].values
    return {key: value.attributes.get(attribute) for key, value in values.items()}


def _text(value: Any) -> str:
    return value or ""


def _plain(value: Any) -> str:
    return value.title if isinstance(value, Ref) else "" if value is None else str(value)
