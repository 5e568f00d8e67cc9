"""The records that an operation was refused, gathered as it goes, and told with the reasons in a CSV file."""

import csv
from collections.abc import Sequence

from runtime.automation.context import Batch, Context
from runtime.base.messages import from_json, to_json
from runtime.base.working import working_folder
from runtime.records.change import Change, Refused
from runtime.records.formula_guard import guarded

KIND = "refused"
HEADS: Sequence[str] = ("module", "id", "field", "reason")


def note_refused(batch: Batch, change: Change, outcome: Refused) -> None:
    """Keep why a change of a record was refused, in the batch's transaction."""
    reasons = [
        [change.module, change.id, key, to_json(reason)]
        for key, reasons in outcome.errors.items()
        for reason in reasons
    ]
    batch.note(KIND, reasons)


def refused_file(context: Context, name: str) -> int:
    """All of them as a file, in the language of who asked for the operation; gives the file's id."""
    translate, language = context.site.translate(context.actor.language), context.actor.language
    with working_folder() as folder:
        place = folder / "refused.csv"
        with place.open("w", encoding="utf-8-sig", newline="") as written:
            rows = csv.writer(written)
            rows.writerow(HEADS)
            for module, number, key, reason in context.notes(KIND):
                rows.writerow((module, number, key, guarded(from_json(reason).render(translate, language))))
        with place.open("rb") as content:
            return context.keep_file(name, content, unlimited=True)
