"""What the page of an import's columns shows: the controls of each, and what the first rows would become."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from runtime.base.messages import phrase
from runtime.fields.base import InvalidValueError, Match, Parsing
from runtime.model.types import INTEGER, TEXT
from runtime.records.csv_file import DELIMITERS, Line
from runtime.records.dry_run import undone
from runtime.records.import_map import DATES, NUMBERS, ColumnMap, importable
from runtime.records.import_proposal import FORMATS
from runtime.records.importing import BadRow, Import, Summary
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.seen_plans import seen_plans
from runtime.records.titles import TITLE, has_title
from runtime.web.door import Call
from runtime.web.pages.import_draft import Draft
from runtime.web.views import Option

SHOWN = 10
"""Rows of the preview."""
SAMPLES = 3
"""Cells of each column that are shown beside it."""
LONGEST = 80
"""Characters of a cell that are shown."""

ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "cp1250", "cp1251", "mac-roman", "utf-16")
SEPARATORS: Mapping[str, str] = {
    ",": phrase("Comma"),
    ";": phrase("Semicolon"),
    "\t": phrase("Tab"),
    "|": phrase("Vertical bar"),
}
EXAMPLE = datetime(2026, 1, 31, 14, 5)  # noqa: DTZ001 - an example of how a moment is written


def mapping_view(call: Call, draft: Draft) -> dict[str, Any]:
    """The controls of every column, and what is wrong with the map."""
    wrong: dict[str, list[str]] = {}
    for each in draft.wrong:
        wrong.setdefault(each.path.removeprefix("columns.").rpartition(".")[0] or each.path, []).append(
            each.message
        )
    file = draft.file
    return {
        "name": draft.name,
        "source": draft.source,
        "columns": [_column(call, draft, place, name) for place, name in enumerate(file.header) if name],
        "wrong": [each.message.capitalize() + "." for each in draft.wrong],
        "encodings": [] if file.numbered else _options((file.encoding, *ENCODINGS), file.encoding),
        "delimiters": []
        if file.numbered
        else [
            Option(mark, call.translate(SEPARATORS.get(mark, mark)), None, mark == file.delimiter)
            for mark in DELIMITERS
        ],
        "ready": draft.is_ready,
        "warns": any(not each.rule.refuses for each in draft.plan.duplicates),
        "anyway": draft.columns is not None and draft.columns.anyway,
    }


def _column(call: Call, draft: Draft, place: int, name: str) -> dict[str, Any]:
    said = draft.chosen.get(name, {})
    fields = importable(draft.plan)
    field = fields.get(said.get("field", ""))  # a part of a field has no settings
    return {
        "name": f"c{place}",
        "header": name,
        "samples": list(_samples(draft.rows, place)),
        "guessed": name in draft.guessed,
        "field": said.get("field", ""),
        "fields": _fields(call, draft, said.get("field", "")),
        "key": bool(said.get("key")) if field is not None and _may_tell(field, said) else None,
        "matches": _matches(call, draft, field, said) if field is not None else [],
        "create": bool(said.get("create")) if field is not None and len(field.targets) == 1 else None,
        "formats": _formats(call, said) if field is not None and field.type.name in DATES else [],
        "decimals": _options(("", ".", ","), said.get("decimal", ""))
        if field is not None and field.type.name in NUMBERS and field.key != "id"
        else [],
    }


def _may_tell(field: FieldPlan, said: Mapping[str, str]) -> bool:
    """Whether the field may tell which record a row is."""
    kinds = (TEXT, INTEGER)
    long = field.type.widget == "long_text"
    return field.link is None and (bool(said.get("key")) or (field.field.value_type in kinds and not long))


def _samples(rows: tuple[Line, ...], place: int) -> Iterator[str]:
    found = 0
    for line in rows:
        text = line.cells[place].strip() if place < len(line.cells) else ""
        if text:
            yield text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            found += 1
            if found == SAMPLES:
                return


def _fields(call: Call, draft: Draft, chosen: str) -> list[Option]:
    language = call.actor.language
    options: list[Option] = []
    for key, field in importable(draft.plan).items():
        label = field.field.label.in_language(language)
        options.append(Option(key, label, None, key == chosen))
        for part, named in field.field.parts.items():
            said = named.label.in_language(language)
            options.append(Option(f"{key}.{part}", said, None, f"{key}.{part}" == chosen))
    return options


def _matches(call: Call, draft: Draft, field: FieldPlan, said: Mapping[str, str]) -> list[Option]:
    """By what the related records may be named: their title, a field in which no two are alike, their id."""
    if not field.targets or "files" in field.targets:
        return []
    seen = seen_plans(call.live.writer.plans, call.live.catalog)
    plans = [seen[target] for target in field.targets]
    keys = [key for key in _telling(plans[0]) if all(key in plan.fields for plan in plans[1:])]
    chosen = said.get("match", "")
    if chosen and chosen not in keys and chosen != TITLE:
        keys.append(chosen)
    options = [
        Option(key, plans[0].fields[key].field.label.in_language(call.actor.language), None, key == chosen)
        for key in keys
        if key in plans[0].fields
    ]
    if all(has_title(plan) for plan in plans):
        options.insert(0, Option(TITLE, call.translate("Name"), None, chosen == TITLE))
    return [*options, Option("", call.translate("Id"), None, not chosen)]


def _telling(plan: ModulePlan) -> list[str]:
    title = [path.field.key for _, path in plan.module.title.parts if not path.hops and not path.attribute]
    unique = [key for key, field in plan.fields.items() if field.field.unique or field.type.given]
    mail = [key for key, field in plan.fields.items() if field.type.name in ("email", "phone")]
    kept = [key for key in dict.fromkeys((*title, *unique, *mail)) if key in plan.fields]
    return [key for key in kept if plan.fields[key].link is None and not plan.fields[key].targets]


def _formats(call: Call, said: Mapping[str, str]) -> list[Option]:
    chosen = said.get("format", "")
    known = [chosen, *FORMATS] if chosen and chosen not in FORMATS else list(FORMATS)
    automatic = Option("", call.translate("Automatic"), None, not chosen)
    return [automatic, *(Option(each, EXAMPLE.strftime(each), None, each == chosen) for each in known)]


def _options(keys: tuple[str, ...], chosen: str) -> list[Option]:
    return [Option(key, key, None, key == chosen) for key in dict.fromkeys(keys)]


# What the first rows would become


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The beginning of a file, as a whole one."""

    header: tuple[str, ...]
    size: int
    lines: tuple[Line, ...]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


def preview(call: Call, draft: Draft) -> dict[str, Any]:
    """The first rows as they would be imported: tried out, and undone."""
    columns = draft.columns
    assert columns is not None
    lines = draft.rows[:SHOWN]
    bad: dict[int, BadRow] = {}
    summary = _try(call, draft, lines, bad)
    parsing = call.live.parsing(call.actor, "import")
    shown = [(column, draft.file.header.index(column.header)) for column in columns.columns]
    language = call.actor.language
    return {
        "summary": call.translate(
            "Of the first {count} rows {created} would be created, {updated} updated,"
            " {unchanged} stay as they are, and {refused} are refused."
        ).format(
            count=len(lines),
            created=summary.created,
            updated=summary.updated,
            unchanged=summary.unchanged,
            refused=summary.refused,
        ),
        "refused": bool(bad),
        "heads": [column.field.field.label.in_language(language) for column in columns.columns],
        "rows": [
            {
                "line": line.number,
                "cells": [_cell(call, parsing, column, line, place) for column, place in shown],
                "reasons": [reason.render(call.translate, language) for reason in bad[line.number].reasons]
                if line.number in bad
                else [],
            }
            for line in lines
        ],
    }


def _try(call: Call, draft: Draft, lines: tuple[Line, ...], bad: dict[int, BadRow]) -> Summary:
    live, actor = call.live, call.actor.through("import")
    assert draft.columns is not None
    task = Import(
        live.writer,
        partial(undone, call.site.database),
        draft.plan,
        draft.columns,
        actor,
        live.parsing(actor, "import"),
        dry=True,
    )

    def report(row: BadRow) -> None:
        bad[row.line.number] = row

    return task.run(FirstRows(draft.file.header, draft.file.size, lines), report)


def _cell(call: Call, parsing: Parsing, column: ColumnMap, line: Line, place: int) -> str:
    """A cell as its field reads it, in the reader's formats; as it stands where it cannot be read."""
    text = line.cells[place] if place < len(line.cells) else ""
    field = column.field
    if not text.strip() or field.targets or column.part:
        return _short(text)
    reading = replace(parsing, decimal=column.decimal, date_format=column.format)
    try:
        value = field.parse(text, field.field, reading)
    except InvalidValueError:
        return _short(text)
    if value is None or isinstance(value, Match):
        return _short(text)
    return _short(field.type.text(value, field.field, call.formats, call.live.catalog.picklists))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
