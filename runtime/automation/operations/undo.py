"""Undoing an operation: its change sets are taken back one after the other, the newest first."""

from collections.abc import Mapping

from runtime.automation.context import Context
from runtime.automation.operations.base import Operation
from runtime.base.messages import message, to_json
from runtime.records.change import Refused
from runtime.records.undo import Undo, latest_of


class UndoOperation(Operation):
    """Arguments: ``operation``, the id of the one that is taken back, and ``records``, how many it changed.

    What somebody has changed since stays as it is, and is counted.
    """

    name = "undo"
    title = message("Undo")

    def run(self, context: Context) -> Mapping[str, object]:
        """Take back what is not taken back yet; each change set in a transaction of its own."""
        kept = dict(context.checkpoint) or {"before": None, "records": 0, "kept": 0}
        undo, parsing = Undo(context.live.writer), context.live.parsing(context.actor, "rest")
        total = context.arguments.get("records")
        while (change_set := self._next(context, kept["before"])) is not None:
            with context.batch() as batch:
                outcome = undo.undo(batch.tx, change_set, context.actor, parsing)
                kept["before"] = change_set
                kept["records"] += 0 if isinstance(outcome, Refused) else outcome.records
                kept["kept"] += 1 if isinstance(outcome, Refused) else len(outcome.kept)
                told = message("{records} records taken back", records=kept["records"])
                batch.keep(kept, done=kept["records"], total=total, text=told)
        counts = {"records": kept["records"], "kept": kept["kept"]}
        said = message("{records} records taken back, {kept} values kept as they are", **counts)
        return {"counts": counts, "text": to_json(said)}

    def _next(self, context: Context, before: int | None) -> int | None:
        operation = context.arguments["operation"]
        with context.site.database.read() as connection:
            return latest_of(connection, context.live.tables, operation, before)
