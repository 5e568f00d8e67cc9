"""Importing a file in the background: each batch of rows is kept with how far it came, so that a worker that
is killed costs one batch's time and no row.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runtime.automation.context import Batch, Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.base.clock import Clock
from runtime.base.messages import Message, from_json, message, phrase, to_json
from runtime.base.working import working_folder
from runtime.fields.base import Match
from runtime.language.source import Source
from runtime.records.csv_file import CsvFile, Line, UnreadableFileError
from runtime.records.dry_run import undone
from runtime.records.error_file import ENCODING, ErrorFile
from runtime.records.import_map import ImportMap, map_of_header, read_map
from runtime.records.importing import BadRow, Deferred, Import, Mark, Summary
from runtime.records.plan import ModulePlan
from runtime.records.table_file import open_table
from runtime.storage.operations import Operations, StoredOperation
from runtime.storage.transaction import Transaction

BAD, DEFERRED = "bad", "deferred"


class ImportOperation(Operation):
    """Arguments: ``module``, ``files: {file: id}``, ``map``: the text of a map, or nothing where the columns
    are called like the fields, and ``dry``: whether nothing is to be kept, so that one sees what would come
    of it.
    """

    name = "import"
    title = message("Import")
    undoable = True
    resumable = True

    def resume(
        self, tx: Transaction, clock: Clock, ended: StoredOperation, user_id: int | None
    ) -> int | None:
        """Go on behind the last row that is in; not where these have been taken back meanwhile."""
        if ended.was_undone:
            return None
        Operations(clock).go_on(tx, ended.id)
        return ended.id

    def run(self, context: Context) -> Mapping[str, object]:
        """Import the rows; the bad ones come back as a file, with the reasons."""
        plan = context.live.writer.plans.get(context.arguments["module"])
        if plan is None:
            raise OperationError(
                message('There is no module "{module}".', module=context.arguments["module"])
            )
        verdict = context.live.judge.may(context.actor, plan.key, "import")
        if not verdict.allowed:
            raise OperationError(verdict.reasons[0])
        try:
            columns = _map(context, plan)
            told = (columns.encoding, columns.delimiter) if columns else (None, None)
            name = context.operation.about
            with (
                _content(context) as path,
                open_table(path, name=name, encoding=told[0], delimiter=told[1]) as file,
            ):
                summary = _import(context, plan, file, _fitting(file, columns, plan))
                return _result(context, file, summary)
        except UnreadableFileError as error:
            raise OperationError(error.reason) from None


def _map(context: Context, plan: ModulePlan) -> ImportMap | None:
    text = context.arguments.get("map")
    if not text:
        return None
    columns, found = read_map(Source("map.yaml", text), context.live.writer.plans, plan)
    if columns is None:
        raise OperationError(message("The map has errors: {what}", what=found[0].message))
    return columns


def _fitting(file: CsvFile, columns: ImportMap | None, plan: ModulePlan) -> ImportMap:
    columns = columns or map_of_header(file.header, plan)
    missing = columns.missing(file.header)
    if missing or not columns.columns:
        what = missing[0].message if missing else "no column is called like a field"
        raise OperationError(message("The map does not fit the file: {what}.", what=what))
    return columns


def _import(context: Context, plan: ModulePlan, file: CsvFile, columns: ImportMap) -> Summary:
    batches: list[Batch] = []
    dry = bool(context.arguments.get("dry"))

    @contextmanager
    def write() -> Iterator[Transaction]:
        with context.batch(at_once=False) as batch:  # what is lost is lost with its mark
            batches[:] = [batch]
            yield batch.tx

    @contextmanager
    def try_out() -> Iterator[Transaction]:
        # The work is undone, and then what was found is kept.
        with undone(context.site.database) as tx:
            yield tx
        with context.batch() as batch:
            _keep(batch, marks[0], file.size)

    marks: list[Mark] = []

    def keep(_tx: Transaction, mark: Mark) -> None:
        marks[:] = [mark]
        if not dry:
            _keep(batches[0], mark, file.size)

    actor = context.actor.through("import")
    parsing = context.live.parsing(actor, "import")
    task = Import(context.live.writer, try_out if dry else write, plan, columns, actor, parsing, dry=dry)
    return task.run(file, lambda _row: None, keep=keep, since=_since(context))


def _keep(batch: Batch, mark: Mark, size: int) -> None:
    batch.note(BAD, [_bad_json(row) for row in mark.bad])
    batch.note(DEFERRED, [_deferred_json(each) for each in mark.deferred])
    checkpoint = {"line": mark.line, "pointed": mark.pointed, "summary": asdict(mark.summary)}
    batch.keep(checkpoint, done=mark.read, total=size, text=_told(mark.summary))


def _since(context: Context) -> Mark | None:
    kept = context.checkpoint
    if not kept:
        return None
    deferred = tuple(_deferred(data) for data in context.notes(DEFERRED))
    return Mark(kept["line"], 0, kept["pointed"], Summary(**kept["summary"]), (), deferred)


def _told(summary: Summary) -> Message:
    text = phrase("{created} created, {updated} updated, {unchanged} unchanged, {refused} refused")
    return message(text, **asdict(summary))


def _result(context: Context, file: CsvFile, summary: Summary) -> Mapping[str, object]:
    if summary.created + summary.updated > 10_000 and not context.arguments.get("dry"):
        context.site.database.optimize()
    result: dict[str, object] = {"counts": asdict(summary), "text": to_json(_told(summary))}
    if summary.refused:
        result["files"] = {"errors": _errors(context, file)}
    return result


def _errors(context: Context, file: CsvFile) -> int:
    """The refused rows as a file of their own, with the line, the columns and the reasons before each."""
    translate, language = context.site.translate(context.actor.language), context.actor.language
    errors = ErrorFile(file.header, lambda reason: reason.render(translate, language))
    with working_folder() as folder:
        place = folder / "errors.csv"
        with place.open("w", encoding=ENCODING, newline="") as written:
            errors.begin(written)
            for row in context.notes(BAD):
                errors.write(written, _bad(row))
        with place.open("rb") as content:
            name = f"{context.operation.about or 'import.csv'}.errors.csv"
            return context.keep_file(name, content, unlimited=True)


@contextmanager
def _content(context: Context) -> Iterator[Path]:
    """The uploaded content as a file that can be read more than once."""
    with context.site.database.read() as connection:
        file_id = context.arguments["files"]["file"]
        found = context.live.attachments.find(connection, context.actor, file_id)
    if found is None:
        raise OperationError(message("The file is not there any more."))
    with working_folder() as folder:
        copy = folder / "file"
        with copy.open("wb") as written:
            written.writelines(context.site.files.open(found.sha256))
        yield copy


def _bad_json(row: BadRow) -> dict[str, Any]:
    reasons = [to_json(reason) for reason in row.reasons]
    return {"line": row.line.number, "cells": row.line.cells, "columns": row.columns, "reasons": reasons}


def _bad(data: Mapping[str, Any]) -> BadRow:
    line = Line(data["line"], tuple(data["cells"]), 0)
    return BadRow(line, tuple(data["columns"]), tuple(from_json(reason) for reason in data["reasons"]))


def _deferred_json(each: Deferred) -> dict[str, Any]:
    values = {key: dict(match.values) for key, match in each.values.items()}
    return {"line": each.line.number, "cells": each.line.cells, "id": each.id, "values": values}


def _deferred(data: Mapping[str, Any]) -> Deferred:
    line = Line(data["line"], tuple(data["cells"]), 0)
    return Deferred(line, data["id"], {key: Match(values) for key, values in data["values"].items()})
