"""The columns of an export: what each is called, and how its values are written for people and for machines.

For people a column is called by its label, a picklist's value by its own, and a related record by its
title; for machines (``keys``) a column is called by its field, a value is its key, and a related record its
id. Dates and moments are in ISO's way and numbers have a decimal point in both, so that an import reads them
back alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runtime.fields.base import FieldType, InvalidValueError, Parsing
from runtime.model.catalog import Field, Module, Path, Picklist
from runtime.model.types import BOOLEAN, DATE, DATETIME, DECIMAL, INTEGER, MONEY, PERCENT
from runtime.model.values import Ref

Write = Callable[[Any], str]
LEFT_OUT = frozenset(("version", "deleted_at", "position"))
"""Fields of a record that say nothing to anybody outside."""

TYPED = (INTEGER, DECIMAL, PERCENT, MONEY, BOOLEAN, DATE, DATETIME)
"""What a spreadsheet has cells of its own for."""

SEPARATOR = ";"
"""What stands between several values in one cell."""


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: ``text`` writes a value as a cell's text, ``json`` as a value of JSON.

    ``typed`` says that a spreadsheet may hold the value as a number, a day or a moment of its own.
    """

    key: str
    header: str
    place: int
    text: Write
    json: Callable[[Any], object]
    field: Field
    typed: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """How values are worded: in whose language, for people or for machines, with the ids of related records
    too.
    """

    parsing: Parsing
    types: Mapping[str, FieldType]
    keys: bool = False
    ids: bool = False
    split: bool = False
    """Whether a composite value, such as an address, has a column for each of its parts."""

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.parsing.formats.language


def every_path(module: Module, types: Mapping[str, FieldType], *, keys: bool) -> tuple[Path, ...]:
    """A path to every field of a module that can be exported; people have no use for the id."""
    record = module.record_fields
    first = [key for key in ("id", "number") if key in record]
    rest = [key for key in record if key not in first and key not in LEFT_OUT]
    wanted = [record[key] for key in first if key != "id" or keys]
    if module.numbering is None:
        wanted = [field for field in wanted if field.key != "number"]
    fields = (*wanted, *module.fields.values(), *(record[key] for key in rest))
    return tuple(
        Path(field.key, (field,)) for field in fields if field.type in types and not types[field.type].hidden
    )


def columns_of(paths: Sequence[Path], wording: Wording) -> tuple[ExportColumn, ...]:
    """The columns of an export; a related record has a second one for its id, where that is asked for."""
    made: list[ExportColumn] = []
    taken: set[str] = set()
    for place, path in enumerate(paths):
        header = path.text if wording.keys else _label(path, wording.language)
        if header in taken:
            header = f"{header} ({path.text})"
        taken.add(header)
        if wording.split and path.attribute is None and path.field.parts:
            made.extend(_parts(path, header, place, wording))
            continue
        made.append(_column(path, header, place, wording))
        if wording.ids and not wording.keys and path.field.targets:
            made.append(
                ExportColumn(f"{path.text}.id", f"{header} (id)", place, _ids, _ref_json, path.field, False)
            )
    return tuple(made)


def _column(path: Path, header: str, place: int, wording: Wording) -> ExportColumn:
    field, kind = path.field, wording.types[path.field.type]
    if path.attribute is not None:
        return ExportColumn(path.text, header, place, _bare, _bare_json, field, False)
    if field.targets:
        text: Write = _ids if wording.keys else _titles
        return ExportColumn(path.text, header, place, text, _ref_json, field, False)
    if "among" in field.settings and not wording.keys:
        return ExportColumn(path.text, header, place, _titles, _ref_json, field, False)
    if "picklist" in field.settings and not wording.keys:
        text = _choices(field, kind, wording)
        return ExportColumn(path.text, header, place, text, kind.to_json, field, False)
    if not kind.plain_is_whole and wording.keys:
        return ExportColumn(path.text, header, place, _as_json(kind), kind.to_json, field, False)
    typed = field.value_type in TYPED
    return ExportColumn(path.text, header, place, kind.plain, kind.to_json, field, typed)


def _parts(path: Path, header: str, place: int, wording: Wording) -> Iterator[ExportColumn]:
    # What a part is called begins with the name of the whole: "Address · City".
    whole = len(path.field.label.in_language(wording.language))
    for part, field in path.field.parts.items():
        name = f"{path.text}.{part}"
        said = name if wording.keys else header + field.label.in_language(wording.language)[whole:]
        text = _text_of_part(wording.types[path.field.type], part)
        yield ExportColumn(name, said, place, text, text, path.field, False)


def _text_of_part(kind: FieldType, part: str) -> Write:
    def text(value: Any) -> str:
        whole: Any = kind.to_json(value) or {}
        return str(whole.get(part) or "")

    return text


def _as_json(kind: FieldType) -> Write:
    # What loses something as plain text is given to machines as REST gives it: a formatted text is HTML.
    return lambda value: "" if value is None else str(kind.to_json(value))


def _label(path: Path, language: str) -> str:
    names = [field.label.in_language(language) for field in path.fields]
    if path.attribute:
        names.append(path.attribute.replace("_", " "))
    return " · ".join(names)


def _choices(field: Field, kind: FieldType, wording: Wording) -> Write:
    # A label stands for its value only where an import would understand it; else the key does.
    picklist: Picklist = wording.parsing.picklists[field.settings["picklist"]]
    words = {
        key: label
        for key, value in picklist.values.items()
        if _means(label := value.label.in_language(wording.language), key, field, kind, wording.parsing)
    }

    def text(value: Any) -> str:
        if isinstance(value, str):
            return words.get(value, value)
        return SEPARATOR.join(words.get(key, key) for key in value or ())

    return text


def _means(label: str, key: str, field: Field, kind: FieldType, parsing: Parsing) -> bool:
    try:
        return kind.parse(label, field, parsing) in (key, (key,))
    except InvalidValueError:
        return False


def _titles(value: Any) -> str:
    if isinstance(value, tuple):
        return SEPARATOR.join(ref.title for ref in value)
    return value.title if value is not None else ""


def _ids(value: Any) -> str:
    if isinstance(value, tuple):
        return SEPARATOR.join(str(ref.id) for ref in value)
    return str(value.id) if value is not None else ""


def _ref_json(value: Any) -> object:
    if isinstance(value, Ref):
        return {"id": value.id, "title": value.title, "module": value.module}
    return [{"id": ref.id, "title": ref.title} for ref in value] if isinstance(value, tuple) else None


def _bare(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _bare_json(value: Any) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value
