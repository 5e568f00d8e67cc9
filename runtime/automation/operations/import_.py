"""Importing a file in the background: each batch of rows is kept with how far it came, so that a worker that
is killed costs one batch's time and no row.
"""

import csv
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runtime.automation.context import Batch, Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.base.messages import Message, from_json, message, to_json
from runtime.fields.base import Match
from runtime.language.source import Source
from runtime.records.csv_file import CsvFile, Line, UnreadableFileError
from runtime.records.import_map import ImportMap, map_of_header, read_map
from runtime.records.importing import BadRow, Deferred, Import, Mark, Summary
from runtime.records.plan import ModulePlan
from runtime.storage.transaction import Transaction

BAD, DEFERRED = "bad", "deferred"


class ImportOperation(Operation):
    """Arguments: ``module``, ``files: {file: id}``, and ``map``: the text of a map, or nothing where the
    columns are called like the fields.
    """

    name = "import"
    title = message("Import")

    def run(self, context: Context) -> Mapping[str, object]:
        """Import the rows; the bad ones come back as a file, with the reasons."""
        plan = context.live.writer.plans.get(context.arguments["module"])
        if plan is None:
            raise OperationError(
                message('There is no module "{module}".', module=context.arguments["module"])
            )
        try:
            with _content(context) as path:
                file, columns = _read(context, path, plan)
                summary = _import(context, plan, file, columns)
                return _result(context, file, summary)
        except UnreadableFileError as error:
            raise OperationError(message("{what}", what=str(error))) from None


def _read(context: Context, path: Path, plan: ModulePlan) -> tuple[CsvFile, ImportMap]:
    text = context.arguments.get("map")
    columns: ImportMap | None = None
    if text:
        columns, found = read_map(Source("map.yaml", text), context.live.writer.plans, plan)
        if columns is None:
            raise OperationError(message("The map has errors: {what}", what=found[0].message))
    file = CsvFile(path, columns.encoding if columns else None, columns.delimiter if columns else None)
    columns = columns or map_of_header(file.header, plan)
    missing = columns.missing(file.header)
    if missing or not columns.columns:
        what = missing[0].message if missing else "no column is called like a field"
        raise OperationError(message("The map does not fit the file: {what}.", what=what))
    return file, columns


def _import(context: Context, plan: ModulePlan, file: CsvFile, columns: ImportMap) -> Summary:
    batches: list[Batch] = []

    @contextmanager
    def write() -> Iterator[Transaction]:
        with context.batch() as batch:
            batches[:] = [batch]
            yield batch.tx

    def keep(_tx: Transaction, mark: Mark) -> None:
        batch = batches[0]
        batch.note(BAD, [_bad_json(row) for row in mark.bad])
        batch.note(DEFERRED, [_deferred_json(each) for each in mark.deferred])
        checkpoint = {"line": mark.line, "pointed": mark.pointed, "summary": asdict(mark.summary)}
        batch.keep(checkpoint, done=mark.read, total=file.size, text=_told(mark.summary))

    actor = context.actor.through("import")
    parsing = context.live.parsing(actor, "import")
    task = Import(context.live.writer, write, plan, columns, actor, parsing)
    return task.run(file, lambda _row: None, keep=keep, since=_since(context))


def _since(context: Context) -> Mark | None:
    kept = context.checkpoint
    if not kept:
        return None
    deferred = tuple(_deferred(data) for data in context.notes(DEFERRED))
    return Mark(kept["line"], 0, kept["pointed"], Summary(**kept["summary"]), (), deferred)


def _told(summary: Summary) -> Message:
    text = "{created} created, {updated} updated, {unchanged} unchanged, {refused} refused"
    return message(text, **asdict(summary))


def _result(context: Context, file: CsvFile, summary: Summary) -> Mapping[str, object]:
    if summary.created + summary.updated > 10_000:
        context.site.database.optimize()
    result: dict[str, object] = {"counts": asdict(summary), "text": to_json(_told(summary))}
    if summary.refused:
        result["files"] = {"errors": _errors(context, file)}
    return result


def _errors(context: Context, file: CsvFile) -> int:
    """The refused rows as a file of their own, with the line, the columns and the reasons before each."""
    translate, language = context.site.translate(context.actor.language), context.actor.language
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8-sig", newline="") as written:
        writer = csv.writer(written, delimiter=file.delimiter)
        writer.writerow(("line", "column", "reason", *file.header))
        for row in context.notes(BAD):
            reasons = " ".join(from_json(reason).render(translate, language) for reason in row["reasons"])
            writer.writerow((row["line"], ", ".join(row["columns"]), reasons, *row["cells"]))
        written.flush()
        with Path(written.name).open("rb") as content:
            return context.keep_file(f"{context.operation.about or 'import.csv'}.errors.csv", content)


@contextmanager
def _content(context: Context) -> Iterator[Path]:
    """The uploaded content as a file that can be read more than once."""
    with context.site.database.read() as connection:
        file_id = context.arguments["files"]["file"]
        found = context.live.attachments.find(connection, context.actor, file_id)
    if found is None:
        raise OperationError(message("The file is not there any more."))
    with tempfile.NamedTemporaryFile(prefix="trellis-import-", suffix=".csv") as copy:
        for piece in context.site.files.open(found.sha256):
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)


def _bad_json(row: BadRow) -> dict[str, Any]:
    reasons = [to_json(reason) for reason in row.reasons]
    return {"line": row.line.number, "cells": row.line.cells, "columns": row.columns, "reasons": reasons}


def _deferred_json(each: Deferred) -> dict[str, Any]:
    values = {key: dict(match.values) for key, match in each.values.items()}
    return {"line": each.line.number, "cells": each.line.cells, "id": each.id, "values": values}


def _deferred(data: Mapping[str, Any]) -> Deferred:
    line = Line(data["line"], tuple(data["cells"]), 0)
    return Deferred(line, data["id"], {key: Match(values) for key, values in data["values"].items()})
