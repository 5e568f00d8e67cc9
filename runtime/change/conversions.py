"""Conversions: what each field that gets values from what the records held is made of, and the rehearsal."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TypeVar

from sqlalchemy import ColumnElement

from runtime.base.diagnostic import Diagnostic, Span
from runtime.change import codes
from runtime.change.before import Before, UnreadableRevisionError
from runtime.change.casting import Casting, Side
from runtime.change.compare import Comparison, Converted, path_of
from runtime.change.converting import Part, Reading, Rehearsal, rehearse
from runtime.change.known import Remembered
from runtime.change.making import needs
from runtime.change.parsing import site_parsing
from runtime.change.phases import Empty
from runtime.change.pointing import Pointing
from runtime.change.sharing import shared
from runtime.change.sources import Source, of_expression, of_field
from runtime.change.stored import Stored
from runtime.fields.base import Parsing
from runtime.model.catalog import Catalog, Expression, Field, Module
from runtime.model.conversion import Conversion, Written
from runtime.model.renames import Renames
from runtime.model.types import CLOSED, ListType
from runtime.storage.inspect import Live
from runtime.storage.tables import Tables

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of one module whose values come from the same, each with what the rehearsal found of it."""

    module: str
    reading: Reading
    rehearsals: tuple[Rehearsal, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is converted."""
        return self.reading.parts


@dataclass(frozen=True, slots=True)
class NewRows:
    """A new module of rows, and what its rows are made of: parts of the fields of the records above them."""

    module: Module
    reading: Reading

    @property
    def span(self) -> Span:
        """Where the first of its fields says so."""
        first = self.reading.parts[0].field
        return first.conversion.span if first.conversion is not None else first.origin.span

    @property
    def sources(self) -> str:
        """The fields that they are made of, for a sentence."""
        said = [each.field.conversion for each in self.reading.parts]
        return " and ".join(dict.fromkeys(each.split for each in said if each and each.split))


@dataclass(frozen=True, slots=True)
class Filling:
    """A field whose empty values are filled in place, by an expression."""

    field: Field
    reading: Reading
    empty: Empty
    condition: ColumnElement[bool]
    rehearsal: Rehearsal


class Conversions:
    """All conversions of one plan; they are worked out when somebody asks, for few plans have any."""

    def __init__(
        self,
        before: Before,
        comparison: Comparison,
        catalog: Catalog,
        tables: Tables,
        live: Live,
        stored: Stored,
        required: Sequence[Field],
        earlier: Renames,
        mark: Hashable = None,
    ) -> None:
        """``required`` are the fields that were not required before, of modules that have records;
        ``earlier`` leads from the names to come to those that are applied. ``mark`` tells this change from
        others, for what is known of its rehearsals.
        """
        self._mark = mark
        self._earlier = earlier
        self.before = before
        self._comparison = comparison
        self._catalog = catalog
        self._tables = tables
        self._live = live
        self._stored = stored
        self._required = required
        self._refusals: list[Diagnostic] = []

    @property
    def refusals(self) -> list[Diagnostic]:
        """What is wrong with how the values are to be made, whatever they are."""
        _ = self.groups, self.fillings, self.rows
        return self._refusals

    @cached_property
    def fields(self) -> frozenset[tuple[str, str]]:
        """The fields that are converted, by module and key."""
        return frozenset((each.field.module, each.field.key) for each in self._comparison.converted)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Those of the same ``split`` together, and each of the others by itself; none without records."""
        found: dict[tuple[str, str, str], list[Part]] = {}
        for each in self._comparison.converted:
            try:
                part = self._part(each) if self._rows(each) else None
            except UnreadableRevisionError as error:
                self._refuse(codes.UNREADABLE.name, str(error), each.field, each.field.origin.span, "")
                break
            if part is not None:
                split = each.field.conversion.split if each.field.conversion else None
                was = self._earlier.module(each.module)
                key = (each.field.module, was, split or f"={each.field.key}")
                found.setdefault(key, []).append(part)
        if self._refusals:
            return ()
        return tuple(self._group(module, was, parts) for (module, was, _), parts in found.items())

    @cached_property
    def rows(self) -> tuple[NewRows, ...]:
        """The new modules of rows that are made of fields of the records above them."""
        found: list[NewRows] = []
        for module in self._comparison.rows:
            if module.parent is None or not self._stored.rows(self._tables.names.table(module.parent)):
                continue
            fields = [each for each in module.fields.values() if each.conversion is not None]
            parts = [self._part(Converted(each, module.parent)) for each in fields]
            known = [each for each in parts if each is not None]
            if known and not self._refusals:
                above = self._earlier.module(module.parent)
                found.append(NewRows(module, Reading(self.before, above, known)))
        return tuple(found)

    @cached_property
    def fillings(self) -> tuple[Filling, ...]:
        """The fields that stay what they are, become required, and have an expression for what is empty."""
        found: list[Filling] = []
        for field in self._required:
            written = field.conversion.fill if field.conversion is not None else None
            if written is None or (field.module, field.key) in self.fields:
                continue
            was = Converted(field, self._earlier.module(field.module), (field.module, field.key))
            source = self._written(was, written, "fill")
            if source is not None:
                found.append(self._filling(field, source))
        return tuple(found)

    def _filling(self, field: Field, source: Source) -> Filling:
        table = self._tables.module(field.module)
        column = table.columns[field.key][0]
        empty = Empty(table.columns["id"][0], column)
        side = Side(field, self.before.types[field.type], self._catalog.picklists)
        part = Part(field, side.kind, source, Casting(source.side, side, self._parsing))
        key, connection = ("filling", field.module, field.key), self._stored.connection
        reading = Reading(self.before, self._earlier.module(field.module), [part], self._remembered(key))
        (found,) = self.rehearsed(key, field.module, lambda: tuple(rehearse(connection, reading, empty)))
        return Filling(field, reading, empty, column.is_(None), found)

    @cached_property
    def narrowed(self) -> tuple[tuple[Part, Rehearsal], ...]:
        """The fields whose limits are tighter now, each with what the values that stand are by them."""
        found: list[tuple[Part, Rehearsal]] = []
        for each in self._comparison.narrowed:
            if not self._rows(each):
                continue
            plain = replace(each.field, conversion=None, required=False, default=None)
            part = self._part(Converted(plain, each.module, each.old))
            if part is not None:
                key = ("narrowed", plain.module, plain.key)
                reading = Reading(self.before, self._earlier.module(each.module), [part])
                told = self.rehearsed(key, plain.module, partial(self._rehearse, reading))
                found.append((part, told[0]))
        return tuple(found)

    def _rehearse(self, reading: Reading) -> tuple[Rehearsal, ...]:
        return tuple(rehearse(self._stored.connection, reading))

    def plainly(self, field: Field, old: tuple[str, str]) -> Part | None:
        """What a field's values become of those of an applied one by the two types alone, in a rollback."""
        return self._part(Converted(replace(field, conversion=None), old[0], old))

    def shared(self, module: str, fields: Sequence[Field]) -> list[tuple[object, ...]]:
        """Some values that records would share in these fields, some of which are converted."""
        if not self._stored.rows(self._tables.names.table(module)) or not self.groups:
            return []
        own = [group for group in self.groups if group.module == module]
        converted = {part.field.key: part for group in own for part in group.parts}
        was = self._earlier.module(module)
        parts = [converted.get(each.key) or self._as_it_is(each) for each in fields]
        known = [part for part in parts if part is not None]
        key = ("shared", module, *(each.key for each in fields))
        connection, reading = self._stored.connection, Reading(self.before, was, known)
        return self.rehearsed(key, module, lambda: shared(connection, reading, known))

    def rehearsed(self, key: Hashable, module: str, work: Callable[[], Found]) -> Found:
        """What a rehearsal over a module's records finds, or has found already."""
        rows = self._stored.rows(self._tables.names.table(module))
        return self.before.known.rehearsal((self._mark, key), rows, work)

    def _remembered(self, key: Hashable) -> Remembered:
        return self.before.known.batches((self._mark, key))

    def _as_it_is(self, field: Field) -> Part | None:
        source = self._field((field.module, field.key))
        if source is None:
            return None
        kind = self.before.types[field.type]
        return Part(
            field,
            kind,
            source,
            Casting(source.side, Side(field, kind, self._catalog.picklists), self._parsing),
        )

    def _group(self, module: str, was: str, parts: list[Part]) -> Group:
        key = ("group", module, *(part.field.key for part in parts))
        reading = Reading(self.before, was, parts, self._remembered(key))
        found = self.rehearsed(key, module, partial(self._rehearse, reading))
        return Group(module, reading, found)

    def _rows(self, each: Converted) -> int:
        return self._stored.rows(self._tables.names.table(each.field.module))

    def _part(self, each: Converted) -> Part | None:
        each = replace(each, module=self._earlier.module(each.module))
        field, conversion = each.field, each.field.conversion
        kind = self.before.types[field.type]
        held = None if each.old is None else self._field(each.old)
        source = self._source(each, held, conversion)
        if source is None:
            return None
        new = Side(field, kind, self._catalog.picklists)
        casting = Casting(source.side, new, self._parsing)
        pointing = self._pointing(field)
        if pointing is not None and (why := pointing.why_not()):
            self._refuse(codes.CREATED.name, f"{why}, so that no text finds one", field, self._at(field),
                         "name a text field of theirs: convert: {match: code}")  # fmt: skip
            return None
        if pointing is not None and pointing.creates and pointing.module is not None:
            lacking = needs(pointing.module, self.before.types, pointing.key or "")
            if lacking:
                said = f"records of {pointing.module.key} cannot be made of their {pointing.key} alone: "
                said += f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} required"
                self._refuse(
                    codes.CREATED.name, said, field, self._at(field), "give it a default, or make them"
                )
                return None
        filling = conversion.fill if conversion is not None else None
        fill = self._written(each, filling, "fill") if filling and self._has_more(each) else None
        by_expression = held is not None and source is not held
        return Part(
            field,
            kind,
            source,
            casting,
            pointing,
            held if by_expression else None,
            Casting(held.side, new, self._parsing) if held is not None and by_expression else None,
            fill,
            None if fill is None else Casting(fill.side, new, self._parsing),
            field.default if field.required and field.default not in (None, ()) else None,
        )

    def _has_more(self, each: Converted) -> bool:
        """Whether the field has other values than those that fill it."""
        said = each.field.conversion
        return each.old is not None or bool(said and (said.value or said.merge or said.split))

    def _source(self, each: Converted, held: Source | None, conversion: Conversion | None) -> Source | None:
        if conversion is not None:
            names = (conversion.split, *conversion.merge)
            for name in names:
                if name is not None and self.before.field(each.module, name) is None:
                    self._refuse(
                        codes.SOURCE.name,
                        f"{each.field.key} comes from {name}, and no such field of {each.module} is applied",
                        each.field,
                        conversion.span,
                        "correct the name, or take it out",
                    )
                    return None
            if conversion.value is not None:
                return self._written(each, conversion.value, "convert")
            if conversion.fill is not None and not self._has_more(each):
                return self._written(each, conversion.fill, "fill")
            if conversion.merge:
                text = f"trim(concat({', '.join(_with_spaces(conversion.merge))}))"
                written = Written(text, conversion.span, lambda _start, _end: conversion.span)
                return self._written(each, written, "merge")
            if conversion.split is not None and held is None:
                found = self.before.field(each.module, conversion.split)
                return None if found is None else of_field(self.before, found)
        return held

    def _field(self, pair: tuple[str, str]) -> Source | None:
        found = self.before.field(*self._earlier.field(*pair))
        return None if found is None else of_field(self.before, found)

    def _written(self, each: Converted, written: Written, key: str) -> Source | None:
        """The source that an expression is; None, and refused where it stands, when it is wrong."""
        scope = self.before.scope(each.module)
        expression, found = self.before.language.parse(
            written.text, written.span, scope, None, written.locate
        )
        path = f"{path_of(each.field)}.{key}"
        errors = [one for one in found if one.is_error]
        self._refusals += [
            Diagnostic(one.code, one.message, one.span, path, one.help or _HELP) for one in errors
        ]
        if expression is None:
            return None
        if not _is_value(expression):
            said = f"this gives {expression.type}, and {each.field.key} is made of one value of a record"
            self._refuse(codes.EXPRESSION.name, said, each.field, written.span, _HELP, path)
            return None
        return of_expression(self.before, each.module, expression)

    def _pointing(self, field: Field) -> Pointing | None:
        if not field.targets:
            return None
        linked = self.before.types[field.type].linked
        return Pointing(self._catalog, self._tables, field, self._live, linked)

    @cached_property
    def _parsing(self) -> Parsing:
        """How texts are read: as an import reads them, in the site's own language."""
        return site_parsing(self._catalog, self.before.types, "import")

    def _at(self, field: Field) -> Span:
        return field.conversion.span if field.conversion is not None else field.origin.span

    def _refuse(self, code: str, said: str, field: Field, at: Span, help: str, path: str = "") -> None:
        self._refusals.append(Diagnostic(code, said, at, path or path_of(field), help))


_HELP = "mend the expression: its names are those of the applied configuration"


def _is_value(expression: Expression) -> bool:
    return expression.type not in CLOSED and not isinstance(expression.type, ListType)


def _with_spaces(names: tuple[str, ...]) -> Iterator[str]:
    for place, name in enumerate(names):
        if place:
            yield "' '"
        yield name
