"""A draft of an import: an uploaded file that is open, and the map that was proposed or chosen for it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.working import working_folder
from runtime.language.source import Source
from runtime.model.catalog import Module, Path
from runtime.records.csv_file import CsvFile, Line, UnreadableFileError
from runtime.records.import_map import ColumnMap, ImportMap, importable, read_map
from runtime.records.import_map_text import map_text
from runtime.records.import_proposal import first_rows, propose, read_for
from runtime.records.plan import ModulePlan, Plans
from runtime.records.seen_plans import seen_plans
from runtime.records.table_file import open_table
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.errors import RefusedError, not_found
from runtime.web.forms import Form

REMEMBERED = 100
"""The reader's latest operations that are searched for an import of a file with the same headers."""

SETTINGS = ("match", "format", "decimal")
FLAGS = ("key", "create")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the page of the columns is drawn from.

    ``chosen`` is what each header's controls say: ``field`` and the settings beside it. ``wrong`` is what
    speaks against the map; ``columns`` is None when it cannot be read at all. ``source`` tells where the map
    is from: ``proposed``, ``remembered`` or ``chosen``.
    """

    module: Module
    plan: ModulePlan
    file_id: int
    name: str
    file: CsvFile
    rows: tuple[Line, ...]
    chosen: Mapping[str, Mapping[str, str]]
    guessed: frozenset[str]
    columns: ImportMap | None
    wrong: tuple[Diagnostic, ...]
    source: str

    @property
    def is_ready(self) -> bool:
        """Whether the import may begin."""
        return self.columns is not None and bool(self.columns.columns) and not self.wrong

    @property
    def map_text(self) -> str:
        """The map as a file."""
        return map_text(self.columns) if self.columns is not None else ""

    @property
    def header_mark(self) -> str:
        """By this a file with the same headers is known again."""
        return _mark(self.file.header)


@contextmanager
def open_draft(call: Call, module: Module, file_id: int, form: Form | None = None) -> Iterator[Draft]:
    """The draft of an uploaded file; with a form, as the form says. 404 for a file that is not the reader's.

    Raises RefusedError when the file cannot be read in the encoding that the form names.
    """
    name, sha256 = _uploaded(call, file_id)
    encoding = form.text("encoding") or None if form is not None else None
    delimiter = form.text("delimiter") or None if form is not None else None
    with working_folder() as folder:
        copy = folder / "file"
        with copy.open("wb") as written:
            written.writelines(call.site.files.open(sha256))
        try:
            with open_table(copy, name=name, encoding=encoding, delimiter=delimiter) as file:
                yield _draft(call, module, file_id, file, form)
        except UnreadableFileError as error:
            raise RefusedError(422, "invalid", error.reason) from None


def _draft(call: Call, module: Module, file_id: int, file: CsvFile, form: Form | None) -> Draft:
    plans = _plans(call)
    plan, rows = plans[module.key], first_rows(file)
    guessed: frozenset[str] = frozenset()
    wrong: tuple[Diagnostic, ...] = ()
    if form is not None and "columns" in form:
        source, chosen = "chosen", _chosen(file.header, form)
        columns, wrong = _read(call, plan, file, chosen, bool(form.text("anyway")))
    else:
        columns, source = _remembered(call, plan, file), "remembered"
        if columns is None:
            proposal = propose(file.header, rows, plans, plan)
            columns, guessed, source = proposal.map, proposal.guessed, "proposed"
        chosen = _controls(columns)
    return Draft(module, plan, file_id, file.name, file, rows, chosen, guessed, columns, wrong, source)


def _plans(call: Call) -> Plans:
    return seen_plans(call.live.writer.plans, call.live.catalog)


def _uploaded(call: Call, file_id: int) -> tuple[str, str]:
    """The name and the digest of a file that the reader has uploaded."""
    files = call.live.catalog.modules["files"]
    columns = tuple(
        Path(key, (field,)) for key in ("name", "sha256", "created_by") if (field := files.field(key))
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(
            connection, Query("files", columns, ids=(file_id,), limit=1), call.moment
        )
    if not page.rows:
        raise not_found()
    name, sha256, by = page.rows[0].values
    if call.actor.user_id is None or getattr(by, "id", None) != call.actor.user_id:
        raise not_found()
    return str(name), str(sha256)


def _mark(header: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(header).encode()).hexdigest()[:24]


def _remembered(call: Call, plan: ModulePlan, file: CsvFile) -> ImportMap | None:
    """The map of the reader's last import of a file with these headers, if it still fits."""
    if call.actor.user_id is None:
        return None
    mark = _mark(file.header)
    with call.site.database.read() as connection:
        latest = call.site.background.operations.latest(connection, REMEMBERED, call.actor.user_id)
    for operation in latest:
        arguments = operation.arguments
        if operation.kind != "import" or arguments.get("module") != plan.key:
            continue
        if arguments.get("header") == mark and arguments.get("map"):
            source = Source("map.yaml", arguments["map"])
            columns, _ = read_map(source, _plans(call), plan)
            return columns if columns is not None and not columns.missing(file.header) else None
    return None


def _controls(columns: ImportMap) -> dict[str, dict[str, str]]:
    """What the controls of a map say."""
    return {
        column.header: {
            "field": column.place,
            "match": column.match or "",
            "format": column.format or "",
            "decimal": column.decimal or "",
            "key": "yes" if column.key else "",
            "create": "yes" if column.create else "",
        }
        for column in columns.columns
    }


def _chosen(header: tuple[str, ...], form: Form) -> dict[str, dict[str, str]]:
    """What the controls of a form say; those that do not fit the chosen field any more say nothing."""
    chosen: dict[str, dict[str, str]] = {}
    for place, name in enumerate(header):
        field = form.text(f"c{place}.field")
        if not name or not field:
            continue
        said = {key: form.text(f"c{place}.{key}") for key in (*SETTINGS, *FLAGS)}
        as_drawn = form.text(f"c{place}.drawn") == field
        chosen[name] = {"field": field, **(said if as_drawn else dict.fromkeys(said, ""))}
        chosen[name]["new"] = "" if as_drawn else "yes"
    return chosen


def _read(
    call: Call, plan: ModulePlan, file: CsvFile, chosen: dict[str, dict[str, str]], anyway: bool
) -> tuple[ImportMap | None, tuple[Diagnostic, ...]]:
    """The chosen map, read by the reader of maps; a field that was chosen anew is proposed its settings."""
    plans = _plans(call)
    rows = first_rows(file)
    for name, said in chosen.items():
        if said.pop("new", ""):
            _propose(said, name, file, rows, call, plan)
    text = _text(chosen, anyway)
    columns, found = read_map(Source("map.yaml", text), plans, plan)
    return columns, tuple(each for each in found if each.is_error)


def _propose(
    said: dict[str, str], name: str, file: CsvFile, rows: tuple[Line, ...], call: Call, plan: ModulePlan
) -> None:
    field = importable(plan).get(said["field"])
    if field is None:
        return
    place = file.header.index(name)
    samples = [line.cells[place].strip() for line in rows if place < len(line.cells)]
    column = ColumnMap(name, field, Span.point("form"))
    read = read_for(column, [text for text in samples if text], _plans(call))
    said.update(match=read.match or "", format=read.format or "", decimal=read.decimal or "")
    said["key"] = "yes" if field.key == "id" else ""


def _text(chosen: Mapping[str, Mapping[str, str]], anyway: bool) -> str:
    """The map that the controls say, as YAML (JSON is)."""
    columns = {
        name: {
            "field": said["field"],
            **{key: said[key] for key in SETTINGS if said.get(key)},
            **{key: True for key in FLAGS if said.get(key)},
        }
        for name, said in chosen.items()
    }
    return json.dumps({"columns": columns, **({"duplicates": "save"} if anyway else {})})
