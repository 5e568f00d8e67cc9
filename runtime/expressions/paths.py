"""Finds what a path means: fields, relations to walk, a picklist's attribute."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.suggest import did_you_mean
from runtime.expressions import codes
from runtime.expressions.fitting import Report, labels
from runtime.expressions.naming import named
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Attribute, Node, Read, Step
from runtime.model.catalog import Field, Path
from runtime.model.types import (
    INTEGER,
    NONE,
    TEXT,
    ListType,
    PicklistType,
    RecordType,
    ValueType,
    record_of,
)

HOPS = 10
"""How many relations one path may walk."""
WAYS = 16
"""How many ways one path may have through relations to several modules."""
JOINS = 30
"""How many relations all paths of one expression may walk; a database joins only so many tables."""
MANY = 3
"""How often one path may lead to several records."""

_Ways = tuple[tuple[Field, ...], ...]


class PathFinder:
    """Finds paths in one scope. ``explained`` tells whether the last failure has been reported already."""

    def __init__(self, scope: Scope, report: Report) -> None:
        self.scope = scope
        self.explained = False
        self._report = report
        self._joins: set[tuple[str, ...]] = set()

    def link(self, names: tuple[str, ...], start: int, ends: tuple[int, ...]) -> Node | None:
        """What ``link.role`` or ``link.role.kind`` means, where records are reached over links that have
        attributes.
        """
        attributes = self.scope.link or {}
        if names:
            names = (self.scope.attribute_now(names[0], ends[1]), *names[1:])
        field = attributes.get(names[0]) if names else None
        self.explained = True
        if field is None:
            name, at = (names[0], (ends[1] - len(names[0]), ends[1])) if names else ("link", (start, ends[0]))
            message = f'The link has no "{name}".'
            help_text = did_you_mean(name, attributes) or f"it has {', '.join(attributes)}"
            self._report(codes.UNKNOWN_FIELD, *at, message, help_text)
            return None
        read = Read(
            field.value_type,
            start,
            ends[1],
            (Path(f"link.{field.key}", (field,)),),
            ("link", field.key),
            link=True,
        )
        if len(names) == 1:
            return read
        if isinstance(field.value_type, PicklistType):
            return self._attribute(read, names, 1, field.value_type, start, ends[1:])
        return self._dead_end(field.key, field.value_type, start, ends[-1])

    def several(
        self, names: tuple[str, ...], start: int, ends: tuple[int, ...], outer: bool = False
    ) -> tuple[tuple[Step, ...], int] | None:
        """The steps that the names take to several records, and how many of the names they are.

        None when the names lead to one record alone, or mean nothing.
        """
        outer = outer and self.scope.this is not None
        own = self.scope.this if outer and self.scope.this else self.scope.module
        here: tuple[str, ...] = (own,)
        steps: list[Step] = []
        hops: tuple[Field, ...] = ()
        taken = 0
        for index, written in enumerate(names):
            name = self.scope.now_called(here, written, ends[index])
            found = [step for module in here if (step := _step_of(self.scope, module, name, hops))]
            if len(found) == 1:
                steps.append(found[0])
                here, hops, taken = (found[0].module,), (), index + 1
                continue
            fields = [field for module in here if (field := self.scope.modules[module].field(name))]
            if len(fields) != 1 or not isinstance(fields[0].value_type, RecordType):
                break
            hops = (*hops, fields[0])
            here = fields[0].value_type.modules
        if not steps:
            return None
        if len(steps) > MANY or sum(len(step.hops) for step in steps) > HOPS:
            self.explained = True
            message = f"A path may lead to several records {MANY} times, and walk {HOPS} relations."
            self._report(codes.TOO_LARGE, start, ends[-1], message)
            return None
        return tuple(steps), taken

    def this(self, start: int, end: int) -> Node | None:
        """The record itself, or the one that is one scope out."""
        outer = self.scope.this is not None
        module = self.scope.modules[self.scope.this or self.scope.module]
        field = module.field("id")
        if field is None:
            raise LookupError(f"The module {module.key!r} has no field id; every record has one.")
        return Read(record_of(module.key), start, end, (Path("this", (field,)),), ("id",), outer)

    def find(
        self,
        names: tuple[str, ...],
        start: int,
        ends: tuple[int, ...],
        outer: bool = False,
        old: bool = False,
    ) -> Node | None:
        """What the names mean; ``ends`` tells where each of them ends. None when they mean nothing.

        ``explained`` is false when it is the first name that is not known: what is near to that, the caller
        knows.
        """
        self.explained = outer or old
        outer = outer and self.scope.this is not None
        module = self.scope.this if outer and self.scope.this else self.scope.module
        ways: _Ways = ((),)
        type_: ValueType = record_of(module)
        for index, name in enumerate(names):
            at = (ends[index] - len(name), ends[index])
            if isinstance(type_, RecordType):
                name = self.scope.now_called(type_.modules, name, ends[index])
                names = (*names[:index], name, *names[index + 1 :])
            if ways[0] and (parted := self._part(ways, name, at)) is not None:
                ways, type_ = parted
                continue
            if isinstance(type_, PicklistType):
                read = self._read(type_, ways, names[:index], start, ends[index - 1], outer, old)
                return self._attribute(read, names, index, type_, start, ends)
            if name == "id" and index and isinstance(type_, RecordType):
                if index < len(names) - 1:
                    return self._dead_end("id", INTEGER, ends[index], ends[-1])
                return self._read(INTEGER, ways, names[:index], start, ends[index], outer, old)
            if ways[0] and (parts := ways[0][-1].parts):
                self.explained = True
                message = f'"{names[index - 1]}" has no part "{name}".'
                help_text = did_you_mean(name, parts) or f"it has {', '.join(parts)}"
                self._report(codes.UNKNOWN_FIELD, *at, message, help_text)
                return None
            if not isinstance(type_, RecordType):
                return self._dead_end(names[index - 1], type_, start, ends[-1])
            stepped = self._step(ways, type_, name, at)
            if stepped is None:
                return None
            ways, type_ = stepped
            if len(ways[0]) - 1 > HOPS or len(ways) > WAYS:
                message = f"A path may walk {HOPS} relations, and at most {WAYS} ways."
                self.explained = True
                self._report(codes.TOO_LARGE, start, ends[-1], message)
                return None
            self.explained = True
        return self._read(type_, ways, names, start, ends[-1], outer, old)

    def _part(self, ways: _Ways, name: str, at: tuple[int, int]) -> tuple[_Ways, ValueType] | None:
        """The part of a composite field; None where the field has no such part."""
        found = tuple((*way[:-1], part) for way in ways if (part := way[-1].parts.get(name)) is not None)
        common = _common_type([way[-1] for way in found]) if found else None
        return (found, common) if common is not None else None

    def _read(
        self,
        type_: ValueType,
        ways: _Ways,
        names: tuple[str, ...],
        start: int,
        end: int,
        outer: bool,
        old: bool = False,
    ) -> Read:
        text = ".".join(names)
        self._count_joins(ways, start, end)
        return Read(type_, start, end, tuple(Path(text, way) for way in ways), names, outer, old)

    def _count_joins(self, ways: _Ways, start: int, end: int) -> None:
        if len(self._joins) > JOINS:
            return
        for way in ways:
            steps = [f"{field.module}.{field.key}" for field in way[:-1]]
            targets = [field.module for field in way[1:]]
            self._joins.update((*steps[: last + 1], targets[last]) for last in range(len(steps)))
        if len(self._joins) > JOINS:
            message = f"The paths of one expression may walk {JOINS} relations in all."
            self._report(codes.TOO_LARGE, start, end, message)

    def _step(
        self, ways: _Ways, type_: RecordType, name: str, at: tuple[int, int]
    ) -> tuple[_Ways, ValueType] | None:
        found: list[tuple[Field, ...]] = []
        for way in ways:
            targets = way[-1].value_type if way else type_
            if isinstance(targets, RecordType):
                fields = (self.scope.modules[module].field(name) for module in targets.modules)
                found.extend((*way, field) for field in fields if field is not None)
        if not found:
            self._unknown(type_, name, at)
            return None
        common = _common_type([way[-1] for way in found])
        if common is None:
            modules = " and ".join(dict.fromkeys(f'"{way[-1].module}"' for way in found))
            self.explained = True
            self._report(codes.AMBIGUOUS, *at, f'"{name}" is not of one type in {modules}.')
            return None
        return tuple(found), common

    def _unknown(self, type_: RecordType, name: str, at: tuple[int, int]) -> None:
        modules = [self.scope.modules[module] for module in type_.modules]
        for module in modules:
            collection = module.collections.get(name)
            if collection is not None:
                message = f'"{name}" is several records of "{collection.target}".'
                self.explained = True
                self._report(codes.SEVERAL, *at, message, f"write count({name}), or first({name}.…)")
                return
        if self.explained:
            shown = " or ".join(f'"{module.key}"' for module in modules)
            known = [field.key for module in modules for field in module.all_fields()]
            message = f'{shown} has no field "{name}".'
            self._report(codes.UNKNOWN_FIELD, *at, message, did_you_mean(name, known))

    def _dead_end(self, name: str, type_: ValueType, start: int, end: int) -> Node | None:
        self.explained = True
        if isinstance(type_, ListType) and isinstance(type_.of, RecordType):
            message = f'"{name}" is several records; there is no one value behind it.'
            self._report(codes.SEVERAL, start, end, message, f"write first({name}.…), or exists({name}, …)")
            return None
        message = f'"{name}" is {named(type_)}; it has nothing behind its dot.'
        self._report(codes.NO_PATH, start, end, message)
        return None

    def _attribute(
        self,
        read: Read,
        names: tuple[str, ...],
        index: int,
        type_: PicklistType,
        start: int,
        ends: tuple[int, ...],
    ) -> Node | None:
        self.explained = True
        picklist = self.scope.picklists[type_.picklist]
        name, at = names[index], (ends[index] - len(names[index]), ends[index])
        values: Mapping[str, object] = MappingProxyType(
            {key: value.attributes.get(name) for key, value in picklist.values.items()}
        )
        known = dict.fromkeys(key for value in picklist.values.values() for key in value.attributes)
        attribute_type = picklist.attribute_types.get(name, TEXT if name in known else NONE)
        if name == "label":
            attribute_type, values = TEXT, labels(self.scope, picklist.key)
        if attribute_type == NONE:
            message = f'The values of the picklist "{picklist.key}" have no "{name}".'
            known.update(dict.fromkeys(picklist.attribute_types))
            help_text = did_you_mean(name, known) or (f"they have {', '.join(known)}" if known else "")
            self._report(codes.UNKNOWN_ATTRIBUTE, *at, message, help_text)
            return None
        if index < len(names) - 1:
            return self._dead_end(name, attribute_type, start, ends[-1])
        return Attribute(attribute_type, start, at[1], read, name, values)


def _step_of(scope: Scope, module: str, name: str, hops: tuple[Field, ...]) -> Step | None:
    """The step that a name of a module is, when it names several records."""
    collection = scope.modules[module].collections.get(name)
    if collection is not None:
        owner = scope.modules[module if collection.kind == "links" else collection.target]
        via = owner.field(collection.via)
        if via is not None:
            return Step(hops, module, collection.kind, collection.target, via, name)
    field = scope.modules[module].field(name)
    if field is not None and isinstance(field.value_type, ListType):
        of = field.value_type.of
        if isinstance(of, RecordType) and len(of.modules) == 1:
            return Step(hops, module, "links", of.modules[0], field, name)
    return None


def _common_type(fields: list[Field]) -> ValueType | None:
    """The one type of fields of the same key in several modules; None when they differ."""
    first = fields[0]
    if all(isinstance(field.value_type, RecordType) for field in fields):
        modules = [module for field in fields for module in _modules(field.value_type)]
        return record_of(*dict.fromkeys(modules))
    same = all(
        field.value_type == first.value_type
        and field.settings.get("scale") == first.settings.get("scale")
        and field.type == first.type
        for field in fields
    )
    return first.value_type if same else None


def _modules(type_: ValueType) -> tuple[str, ...]:
    return type_.modules if isinstance(type_, RecordType) else ()
