"""The map that is proposed for a file: its headers are compared with the fields' keys and labels, its first
rows tell how dates and numbers are written and by what related records are named.

A header that is called like a field, in any language, goes into it; what is left goes where the name is near
enough. Nothing is proposed for a column that fits nowhere: it is left out, and whoever imports says more.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runtime.base.diagnostic import Span
from runtime.model.catalog import Module
from runtime.records.csv_file import CsvFile, Line
from runtime.records.error_file import COLUMNS as ERROR_COLUMNS
from runtime.records.import_map import DATES, NUMBERS, ColumnMap, ImportMap, importable
from runtime.records.plan import FieldPlan, ModulePlan, Plans
from runtime.records.titles import TITLE, has_title

SAMPLE = 100
"""Rows that are looked at."""

NEAR = 0.8
"""How alike two names are that are taken for the same, as difflib counts it."""

MOST_NEAR = 200
"""Columns whose names are compared with care."""

DAY_FORMATS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y")
TIMES = ("", " %H:%M", " %H.%M", " %H:%M:%S", " %I:%M %p")
FORMATS = tuple(day + time for time in TIMES for day in DAY_FORMATS)
"""The ways of writing a day or a moment that are recognised beside ISO's own."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
_ID_HEADER = re.compile(r"(?P<name>.+?)(?:\.id| \(id\))")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed map, and the headers whose field was only guessed by a name that is near."""

    map: ImportMap
    guessed: frozenset[str]


def first_rows(file: CsvFile, most: int = SAMPLE) -> tuple[Line, ...]:
    """The first rows of a file."""
    return tuple(line for line, _ in zip(file, range(most), strict=False))


def propose(header: tuple[str, ...], rows: Sequence[Line], plans: Plans, plan: ModulePlan) -> Proposal:
    """The map of a file with these headers and first rows, for a module."""
    samples = {
        name: [
            line.cells[place].strip()
            for line in rows
            if place < len(line.cells) and line.cells[place].strip()
        ]
        for place, name in enumerate(header)
    }
    own = header[len(ERROR_COLUMNS) :] if header[: len(ERROR_COLUMNS)] == ERROR_COLUMNS else header
    exact = _by_name([name for name in own if name], plan, plans)
    near = _by_likeness([name for name in own if name and name not in exact], plan, exact)
    columns = [
        _reading(ColumnMap(name, found[0], Span.point("header"), part=found[1]), samples[name], plans)
        for name in header
        if (found := exact.get(name) or near.get(name)) is not None
    ]
    kept = tuple(column for column in columns if column is not None)
    whole = frozenset(name for name, texts in samples.items() if len(texts) == len(rows))
    return Proposal(ImportMap(_with_key(kept, whole)), frozenset(near))


def read_for(column: ColumnMap, samples: Sequence[str], plans: Plans) -> ColumnMap:
    """The column with what the samples tell about how it is read; kept as it is where they tell nothing."""
    return _reading(column, samples, plans) or column


Found = tuple[FieldPlan, str]
"""A field, and the part of it where it is a composite one."""


def _by_name(headers: Sequence[str], plan: ModulePlan, plans: Plans) -> dict[str, Found]:
    # Keys come before labels, and the module's own fields before the names of records related to it.
    found: dict[str, Found] = {}
    taken: set[str] = set()
    fields = importable(plan)
    for names in (_keys(fields), _labels(fields), _ids(headers, fields), _parts(fields)):
        for header in headers:
            place = names.get(header) or names.get(folded(header))
            if place is not None and header not in found and _is_free(place, taken):
                found[header] = place
                taken.add(_named(place))
    return found


def _named(place: Found) -> str:
    return f"{place[0].key}.{place[1]}" if place[1] else place[0].key


def _is_free(place: Found, taken: set[str]) -> bool:
    # A field is filled as a whole or by its parts.
    field, part = place
    if part:
        return field.key not in taken and _named(place) not in taken
    return not any(each.partition(".")[0] == field.key for each in taken)


def _keys(fields: Mapping[str, FieldPlan]) -> dict[str, Found]:
    names: dict[str, Found] = {folded(key): (field, "") for key, field in fields.items()}
    for key, field in fields.items():
        names.update({folded(f"{key}{part}"): (field, part) for part in field.type.parts})
    return names


def _labels(fields: Mapping[str, FieldPlan]) -> dict[str, Found]:
    names: dict[str, Found] = {}
    for field in fields.values():
        for part, named in (("", field.field), *field.field.parts.items()):
            for text in named.label.texts.values():
                names.setdefault(folded(text), (field, part))
    return names


def _parts(fields: Mapping[str, FieldPlan]) -> dict[str, Found]:
    # "City" alone is that of the first address; a part's label begins with the whole's: "Address · City".
    names: dict[str, Found] = {}
    for field in fields.values():
        for part, named in field.field.parts.items():
            for text in (part, *named.label.texts.values()):
                names.setdefault(folded(text.rpartition("\u00b7")[2]), (field, part))
    return names


def _ids(headers: Iterable[str], fields: Mapping[str, FieldPlan]) -> dict[str, Found]:
    # What an export calls the column with the id of a related record.
    names = _labels(fields) | _keys(fields)
    found: dict[str, Found] = {}
    for header in headers:
        match = _ID_HEADER.fullmatch(header)
        place = names.get(folded(match["name"])) if match else None
        if place is not None and place[0].targets:
            found[header] = place
    return found


def _by_likeness(headers: Sequence[str], plan: ModulePlan, exact: Mapping[str, Found]) -> dict[str, Found]:
    taken = {field.key for field, _ in exact.values()}
    left = {key: field for key, field in importable(plan).items() if key not in taken and key != "id"}
    names = _labels(left) | _keys(left)
    found: dict[str, Found] = {}
    for header in headers[:MOST_NEAR]:
        known = [name for name, (field, part) in names.items() if field.key not in taken and not part]
        near = difflib.get_close_matches(folded(header)[:100], known, n=1, cutoff=NEAR)
        if near:
            found[header] = names[near[0]]
            taken.add(names[near[0]][0].key)
    return found


def _with_key(columns: tuple[ColumnMap, ...], whole: frozenset[str]) -> tuple[ColumnMap, ...]:
    # One column tells which record a row is: its id, its number, or the first in which no two are alike. It
    # is one that no row leaves empty.
    def rank(column: ColumnMap) -> int | None:
        field = column.field
        if column.header not in whole:
            return None
        if field.key == "id":
            return 0
        if field.type.given:
            return 1
        return 2 if field.field.unique and field.link is None else None

    ranked = [(place, index) for index, column in enumerate(columns) if (place := rank(column)) is not None]
    chosen = min(ranked)[1] if ranked else None
    kept = [replace(column, key=index == chosen) for index, column in enumerate(columns)]
    return tuple(column for column in kept if column.key or column.field.key != "id")


def _reading(column: ColumnMap, samples: Sequence[str], plans: Plans) -> ColumnMap | None:
    # How the column is written, as its first rows show it; None for records that nothing could tell apart.
    kind = column.field.type.name
    if column.part:
        return column
    if column.field.targets:
        match = _match(column, samples, plans)
        return None if match is None else replace(column, match=match or None)
    if kind in DATES:
        return replace(column, format=_date_format(samples))
    if kind in NUMBERS:
        return replace(column, decimal=_decimal(samples))
    return column


def _match(column: ColumnMap, samples: Sequence[str], plans: Plans) -> str | None:
    """The field of the related records that the samples are values of; '' for their ids, None for nothing."""
    if _ID_HEADER.fullmatch(column.header) or (
        samples and all(re.fullmatch(r"[0-9; ]{1,200}", text) for text in samples)
    ):
        return ""
    targets = [plans[target] for target in column.field.targets]
    if "files" in column.field.targets:
        return None
    if samples and all("@" in text for text in samples) and _all_have(targets, "email"):
        return "email"
    if samples and all(_is_number(text, plan.module) for plan in targets for text in samples):
        return "number"
    if not all(has_title(plan) for plan in targets):
        return None
    parts = {tuple((before, path.text) for before, path in plan.module.title.parts) for plan in targets}
    tails = [plan.module.title.tail for plan in targets]
    only = parts.pop() if len(parts) == 1 else ()
    return only[0][1] if len(only) == 1 and not only[0][0] and not any(tails) else TITLE


def _all_have(targets: Sequence[ModulePlan], key: str) -> bool:
    return all(key in plan.fields for plan in targets)


def _is_number(text: str, module: Module) -> bool:
    if module.numbering is None:
        return False
    before = module.numbering.format.partition("{")[0]
    return bool(before) and text.startswith(before) and text[-1:].isdigit()


def _date_format(samples: Sequence[str]) -> str | None:
    """The one way of writing that most samples fit, when it is not ISO's own.

    Where a day could be a month too, the day is taken to come first. What fits no way of writing, an
    impossible day or a word, hinders nothing; what fits only another way leaves it open.
    """
    others = {text for text in samples if not _ISO.fullmatch(text)}
    fitting = {format_: {text for text in others if _fits(text, format_)} for format_ in FORMATS}
    best = max(FORMATS, key=lambda format_: len(fitting[format_]))  # the first of several
    most = sum(text in fitting[best] for text in samples)
    if 2 * most <= len(samples) or set().union(*fitting.values()) != fitting[best]:
        return None
    return best


def _fits(text: str, format_: str) -> bool:
    try:
        datetime.strptime(text, format_)  # noqa: DTZ007 - only whether it fits is asked
    except ValueError:
        return False
    return True


def _decimal(samples: Sequence[str]) -> str | None:
    """The decimal separator, where the samples leave no doubt."""
    numbers = [re.sub(r"[^0-9.,]", "", text) for text in samples]
    both = [text for text in numbers if "," in text and "." in text]
    if both:
        return "," if all(text.rindex(",") > text.rindex(".") for text in both) else "."
    for mark in ",.":
        having = [text for text in numbers if mark in text]
        if having:
            thousands = all(re.fullmatch(rf"[0-9]{{1,3}}(?:\{mark}[0-9]{{3}})+", text) for text in having)
            return None if thousands else mark
    return None


def folded(text: str) -> str:
    """A name without capitals, marks on letters, and all that is no letter or digit."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if character.isalnum())
