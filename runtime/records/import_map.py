"""The map of an import: which column of a file goes into which field, and how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runtime.base.diagnostic import Diagnostic, Span
from runtime.language import shape_codes as shapes
from runtime.language.checks.unknown_field import UnknownField
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.read import read
from runtime.language.source import Source
from runtime.language.words import names, near, shown
from runtime.records import map_codes as codes
from runtime.records.plan import FieldPlan, ModulePlan, Plans
from runtime.records.titles import TITLE, has_title

SETTINGS = ("field", "key", "match", "create", "format", "decimal")
FILE_SETTINGS = ("columns", "empty", "encoding", "delimiter", "duplicates")
DUPLICATES = ("report", "save")

DATES = ("date", "datetime")
NUMBERS = ("integer", "decimal", "percent", "money")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """One column. ``match`` names the field of the related record (or the attribute of the picklist) that its
    text is.

    ``part`` is the part of a composite field that it is. ``key`` columns together tell which record a row is.
    ``create`` makes a related record that is not there.
    """

    header: str
    field: FieldPlan
    span: Span
    key: bool = False
    match: str | None = None
    create: bool = False
    format: str | None = None
    decimal: str | None = None
    picklist: Mapping[str, str] | None = None
    part: str = ""

    @property
    def place(self) -> str:
        """What it fills: a field, or a part of one."""
        return f"{self.field.key}.{self.part}" if self.part else self.field.key


@dataclass(frozen=True, slots=True)
class ImportMap:
    """A whole map. Texts in ``empty`` mean that there is nothing. ``anyway``: rows that may be there already
    go in, too, where the module's rules only warn.
    """

    columns: tuple[ColumnMap, ...]
    empty: frozenset[str] = frozenset(("",))
    encoding: str | None = None
    delimiter: str | None = None
    anyway: bool = False

    @property
    def keys(self) -> tuple[ColumnMap, ...]:
        """The columns that tell which record a row is."""
        return tuple(column for column in self.columns if column.key)

    def missing(self, header: tuple[str, ...]) -> list[Diagnostic]:
        """What of the map the file does not have."""
        return [
            Diagnostic(
                codes.UNKNOWN_COLUMN.name,
                f"the file has no column {shown(column.header)}",
                column.span,
                f"columns.{column.header}",
                near(column.header, header) or f"it has {names(header)}",
            )
            for column in self.columns
            if column.header not in header
        ]


def map_of_header(header: tuple[str, ...], plan: ModulePlan) -> ImportMap:
    """The map of a file whose columns are called like the module's fields; other columns are left out."""
    fields = importable(plan)
    columns = tuple(
        ColumnMap(name, fields[name], Span.point("header"), key=name == "id")
        for name in header
        if name in fields
    )
    return ImportMap(columns)


def read_map(source: Source, plans: Plans, plan: ModulePlan) -> tuple[ImportMap | None, list[Diagnostic]]:
    """Read a map; None with everything that is wrong with it."""
    node, found = read(source)
    if node is None:
        return None, found
    reading = _Reading(plans, plan, source, found)
    made = reading.whole(node)
    return (None if reading.found else made), reading.found


class _Reading:
    """One map being read; what is wrong is collected."""

    def __init__(self, plans: Plans, plan: ModulePlan, source: Source, found: list[Diagnostic]) -> None:
        self.plans = plans
        self.plan = plan
        self.source = source
        self.found = found

    def whole(self, node: Node) -> ImportMap:
        """The whole file."""
        if not isinstance(node, MapNode):
            self._report(shapes.WRONG_KIND.name, "a map of an import is a map", node.span, "")
            return ImportMap(())
        self._known(node, FILE_SETTINGS, "")
        columns = node.map("columns")
        if columns is None or not columns.items:
            at = node.items["columns"].span if "columns" in node.items else Span.point(self.source.name)
            self._report(
                codes.NO_COLUMNS.name, "no column is mapped", at, "columns", "columns: {header: field}"
            )
            return ImportMap(())
        made = [
            column
            for header, item in columns.items.items()
            if (column := self._column(header, columns.keys[header].span, item)) is not None
        ]
        by_field: dict[str, ColumnMap] = {}
        for column in made:
            before = by_field.get(column.place) or by_field.get(column.field.key)
            if before is not None:
                self._report(
                    codes.TWICE.name,
                    f"{shown(before.header)} goes into {shown(before.place)} already",
                    column.span,
                    f"columns.{column.header}",
                )
            by_field[column.place] = column
        return ImportMap(
            tuple(made),
            self._empty(node),
            self._text(node, "encoding", ""),
            self._text(node, "delimiter", ""),
            self._duplicates(node) == "save",
        )

    def _duplicates(self, node: MapNode) -> str | None:
        written = self._text(node, "duplicates", "")
        if written is not None and written not in DUPLICATES:
            help = near(written, DUPLICATES) or f"it is {names(DUPLICATES)}"
            message = f"{shown(written)} is nothing to do with duplicates"
            self._report(shapes.NOT_ONE_OF.name, message, node.items["duplicates"].span, "duplicates", help)
        return written

    def _column(self, header: str, span: Span, node: Node) -> ColumnMap | None:
        path = f"columns.{header}"
        if isinstance(node, Scalar) and isinstance(node.value, str):
            field = self._field(node.value, node.span, path, key=False)
            return None if field is None else ColumnMap(header, field, span, part=_part_of(node.value))
        if not isinstance(node, MapNode):
            self._report(
                shapes.WRONG_KIND.name,
                f"{shown(node.plain)} stands here; it must be a field, or a map",
                node.span,
                path,
                "header: field, or header: {field: name, key: true}",
            )
            return None
        self._known(node, SETTINGS, path)
        name = self._text(node, "field", path)
        if name is None:
            if "field" not in node.items:
                self._report(shapes.MISSING.name, 'the key "field" is missing', node.span, path, "write it")
            return None
        key, create = self._flag(node, "key", path), self._flag(node, "create", path)
        field = self._field(name, node.items["field"].span, f"{path}.field", key=key)
        if field is None:
            return None
        column = ColumnMap(
            header=header,
            field=field,
            span=span,
            key=key,
            match=self._text(node, "match", path),
            create=create,
            format=self._text(node, "format", path),
            decimal=self._text(node, "decimal", path),
            part=_part_of(name),
        )
        return self._fitting(column, node, path)

    def _fitting(self, column: ColumnMap, node: MapNode, path: str) -> ColumnMap:
        field, kind = column.field, column.field.type.name
        if column.key and column.part:
            self._unfit(node, "key", path, f"{shown(column.place)} is a part; a key is a whole field")
        if column.key and field.link is not None:
            self._unfit(node, "key", path, f"{shown(field.key)} holds links; a key is a field of the record")
        if column.format is not None and kind not in DATES:
            self._unfit(
                node, "format", path, f"{shown(field.key)} is {kind}; only a date or a moment has a format"
            )
        if column.decimal is not None and kind not in NUMBERS:
            self._unfit(node, "decimal", path, f"{shown(field.key)} is {kind}; only a number has a separator")
        elif column.decimal is not None and column.decimal not in (".", ","):
            self._report(
                shapes.NOT_ONE_OF.name,
                f"{shown(column.decimal)} is no decimal separator",
                node.items["decimal"].span,
                f"{path}.decimal",
                'one of ".", ","',
            )
        if column.create and (column.match is None or len(field.targets) != 1):
            self._unfit(
                node, "create", path, "only a relation to one module, with a match, can make its records"
            )
        if column.match is None:
            return column
        if field.targets:
            for target in field.targets:
                known = self.plans[target].fields
                if column.match == TITLE and has_title(self.plans[target]):
                    continue
                if column.match not in known or known[column.match].link is not None:
                    self._unknown(column.match, node.items["match"].span, f"{path}.match", target, known)
            return column
        if kind not in ("picklist", "multi_picklist"):
            self._unfit(
                node, "match", path, f"{shown(field.key)} is {kind}; a match is for relations and picklists"
            )
            return column
        return self._picklist(column, node, path)

    def _picklist(self, column: ColumnMap, node: MapNode, path: str) -> ColumnMap:
        # From the text of an attribute (or of a label, in any language) to the value that has it.
        picklist = self.plans.workplace.catalog.picklists[column.field.field.settings["picklist"]]
        match = column.match or ""
        known = ("label", *picklist.attribute_types)
        if match not in known:
            self._report(
                UnknownField.name,
                f"the values of {picklist.key} have no {shown(match)}",
                node.items["match"].span,
                f"{path}.match",
                near(match, known) or f"they have {names(known)}",
            )
        texts: dict[str, str] = {}
        for key, value in picklist.values.items():
            found = value.label.texts.values() if match == "label" else (value.attributes.get(match),)
            texts.update({str(text): key for text in found if text is not None})
        return ColumnMap(
            header=column.header,
            field=column.field,
            span=column.span,
            key=column.key,
            match=match,
            picklist=MappingProxyType(texts),
        )

    def _field(self, name: str, span: Span, path: str, *, key: bool) -> FieldPlan | None:
        known = importable(self.plan)
        field = known.get(name.partition(".")[0] if _part_of(name) else name)
        if field is not None and _part_of(name) and _part_of(name) not in field.type.parts:
            field = None
        if field is None or (name == "id" and not key):
            if name in self.plan.fields or name.partition(".")[0] in self.plan.rows:
                known_field = self.plan.fields.get(name)
                is_computed = known_field is not None and known_field.field.computed is not None
                why = f"{shown(name)} is computed by its formula" if is_computed else ""
                why = why or f"{shown(name)} cannot be imported"
                self._report(codes.NOT_IMPORTED.name, why, span, path, "see which fields are writable")
            else:
                self._unknown(name, span, path, self.plan.key, known)
            return None
        return field

    def _unknown(self, name: str, span: Span, path: str, module: str, known: Mapping[str, FieldPlan]) -> None:
        help = near(name, known) or f"it has {names(tuple(known))}"
        self._report(UnknownField.name, f"{module} has no field {shown(name)}", span, path, help)

    def _empty(self, node: MapNode) -> frozenset[str]:
        listed = node.items.get("empty")
        if listed is None:
            return frozenset(("",))
        if not isinstance(listed, ListNode):
            self._report(
                shapes.WRONG_KIND.name,
                "empty is a list of texts",
                listed.span,
                "empty",
                'empty: ["NULL", ""]',
            )
            return frozenset(("",))
        texts: list[str] = [""]
        for item in listed.items:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                texts.append(item.value)
            else:
                self._report(
                    shapes.WRONG_KIND.name, f"{shown(item.plain)} is no text", item.span, "empty", "quote it"
                )
        return frozenset(texts)

    def _text(self, node: MapNode, key: str, path: str) -> str | None:
        item = node.items.get(key)
        if item is None:
            return None
        if isinstance(item, Scalar) and isinstance(item.value, str) and item.value:
            return item.value
        at = f"{path}.{key}".lstrip(".")
        self._report(
            shapes.WRONG_KIND.name,
            f"{shown(item.plain)} stands here; it must be text",
            item.span,
            at,
            "quote it",
        )
        return None

    def _flag(self, node: MapNode, key: str, path: str) -> bool:
        item = node.items.get(key)
        if item is None:
            return False
        if isinstance(item, Scalar) and isinstance(item.value, bool):
            return item.value
        self._report(
            shapes.WRONG_KIND.name,
            f"{shown(item.plain)} stands here; it must be true or false",
            item.span,
            f"{path}.{key}",
            "true or false",
        )
        return False

    def _known(self, node: MapNode, known: tuple[str, ...], path: str) -> None:
        for key, written in node.keys.items():
            if key not in known:
                self._report(
                    shapes.UNKNOWN_KEY.name,
                    f"the key {shown(key)} is unknown here",
                    written.span,
                    f"{path}.{key}".lstrip("."),
                    near(key, known) or f"known are {names(known)}",
                )

    def _unfit(self, node: MapNode, key: str, path: str, why: str) -> None:
        self._report(codes.NOT_FITTING.name, why, node.keys[key].span, f"{path}.{key}", "take it out")

    def _report(self, code: str, sentence: str, span: Span, path: str, help: str = "") -> None:
        self.found.append(Diagnostic(code, sentence, span, path, help))


def _part_of(name: str) -> str:
    return name.partition(".")[2]


def importable(plan: ModulePlan) -> dict[str, FieldPlan]:
    """What may be imported: what may be written but no secrets, numbers, and the id as a key."""
    shown = {key: field for key, field in plan.importable.items() if not field.type.hidden}
    return {**shown, "id": plan.fields["id"]}
