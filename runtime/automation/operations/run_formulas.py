"""Running formulas over the records of a module: they are saved as they stand, batch by batch."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runtime.automation.context import Batch, Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.automation.refused_records import note_refused, refused_file
from runtime.base.messages import Message, message, to_json
from runtime.model.catalog import Path
from runtime.model.catalog import SortKey as Key
from runtime.records.change import Change, Refused, Saved
from runtime.records.formula_run import FormulaRun, NotRunError
from runtime.storage.query import Query

BATCH = 500
MANY = 10_000
"""After so many changes the database looks at its tables anew."""


class RunFormulas(Operation):
    """Arguments: ``module``, ``where`` (a condition, or nothing) and ``only``, formulas that run whatever
    their moments are.
    """

    name = "run_formulas"
    title = message("Run of formulas")
    undoable = True

    def run(self, context: Context) -> Mapping[str, object]:
        """Save every record as it stands, in the order they were made; what is refused is told in a file."""
        asked = _asked(context)
        kept = dict(context.checkpoint) or {"after": "", "updated": 0, "unchanged": 0, "refused": 0}
        query = _query(context, asked)
        with context.site.database.read() as connection:
            total = context.live.reader.count(connection, query, context.live.moment(context.actor), None).n
        while kept["after"] is not None:
            with context.batch() as batch:
                _run_batch(context, batch, asked, query, kept)
                batch.keep(kept, done=_done(kept), total=max(total, _done(kept)), text=_told(kept))
        if kept["updated"] > MANY:
            context.site.database.optimize(context.live.tables.module(asked.module.key).table.name)
        counts = {key: kept[key] for key in ("updated", "unchanged", "refused")}
        result: dict[str, object] = {"counts": counts, "text": to_json(_told(kept))}
        if kept["refused"]:
            result["files"] = {"refused": refused_file(context, f"{asked.module.key}.refused.csv")}
        return result


def _asked(context: Context) -> FormulaRun:
    given = context.arguments
    try:
        return FormulaRun.of(context.live, given["module"], given.get("where", ""), given.get("only", ()))
    except NotRunError as error:
        raise OperationError(error.reason) from None


def _query(context: Context, asked: FormulaRun) -> Query:
    number = Path("id", (asked.module.record_fields["id"],))
    rights = context.live.judge.conditions(context.actor, asked.module.key, "update")
    return Query(asked.module.key, where=asked.where, rights=rights, sort=(Key(number),), limit=BATCH)


def _run_batch(context: Context, batch: Batch, asked: FormulaRun, query: Query, kept: dict[str, Any]) -> None:
    live, actor = context.live, context.actor.through("formulas")
    page = live.reader.page(
        batch.tx.connection, replace(query, after=kept["after"] or None), live.moment(context.actor)
    )
    changes = [Change(asked.module.key, id=row.id) for row in page.rows]
    outcomes = live.writer.save(
        batch.tx, changes, actor, live.parsing(actor, "rest"), atomic=False, formulas=asked.only
    )
    kept["after"] = page.next
    for change, outcome in zip(changes, outcomes, strict=True):
        kept[outcome.action if isinstance(outcome, Saved) else "refused"] += 1
        if isinstance(outcome, Refused):
            note_refused(batch, change, outcome)


def _done(kept: Mapping[str, Any]) -> int:
    return int(kept["updated"] + kept["unchanged"] + kept["refused"])


def _told(kept: Mapping[str, Any]) -> Message:
    counts = {key: kept[key] for key in ("updated", "unchanged", "refused")}
    return message("{updated} updated, {unchanged} unchanged, {refused} refused", **counts)
