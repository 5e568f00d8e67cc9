"""Handing over: all that one owner has gets another one, batch by batch; what is refused is told with its
reasons.
"""

from collections.abc import Mapping

from runtime.automation.context import Batch, Context
from runtime.automation.operations.base import Operation
from runtime.automation.refused_records import note_refused, refused_file
from runtime.base.messages import Message, message, to_json
from runtime.records.change import Change, Refused, Saved
from runtime.records.owning import count_owned, owned_ids, owned_modules

BATCH = 500


class HandOver(Operation):
    """Arguments: ``owner``, the id of who has the records, and ``to``, that of the user or group that gets
    them.
    """

    name = "hand_over"
    title = message("Handing over of records")
    undoable = True

    def run(self, context: Context) -> Mapping[str, object]:
        """Go through the modules one by one, and through the records of each by their ids."""
        live, owner = context.live, context.arguments["owner"]
        modules = owned_modules(live.catalog)
        kept = dict(context.checkpoint) or {"module": modules[0], "after": 0, "updated": 0, "refused": 0}
        with context.site.database.read() as connection:
            left = sum(count_owned(connection, live.tables, modules, owner).values())
        total = kept["updated"] + left
        for key in modules[modules.index(kept["module"]) :]:
            if key != kept["module"]:
                kept.update(module=key, after=0)
            more = True
            while more:
                with context.batch() as batch:
                    more = self._hand_over(context, batch, kept)
                    done = kept["updated"] + kept["refused"]
                    batch.keep(kept, done=done, total=max(total, done), text=_told(kept))
        counts = {key: kept[key] for key in ("updated", "refused")}
        result: dict[str, object] = {"counts": counts, "text": to_json(_told(kept))}
        if kept["refused"]:
            result["files"] = {"refused": refused_file(context, "hand-over.refused.csv")}
        return result

    def _hand_over(self, context: Context, batch: Batch, kept: dict[str, int]) -> bool:
        live, actor, to = context.live, context.actor.through("operation"), context.arguments["to"]
        connection, owner, module = batch.tx.connection, context.arguments["owner"], str(kept["module"])
        ids = owned_ids(connection, live.tables, module, owner, kept["after"], BATCH)
        if not ids:
            return False
        changes = [Change(module, {"owner": to}, id=each) for each in ids]
        outcomes = live.writer.save(batch.tx, changes, actor, live.parsing(actor, "rest"), atomic=False)
        moved = sum(isinstance(each, Saved) for each in outcomes)
        for change, outcome in zip(changes, outcomes, strict=True):
            if isinstance(outcome, Refused):
                note_refused(batch, change, outcome)
        kept.update(
            after=ids[-1], updated=kept["updated"] + moved, refused=kept["refused"] + len(ids) - moved
        )
        return True


def _told(kept: Mapping[str, object]) -> Message:
    return message(
        "{updated} handed over, {refused} refused", updated=kept["updated"], refused=kept["refused"]
    )
