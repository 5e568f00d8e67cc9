"""The clean-up of files: what was uploaded and never used, or is used no more, makes room."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice

from runtime.automation.context import Context
from runtime.automation.operations.base import Operation
from runtime.base.messages import message
from runtime.records.change import Change, Saved
from runtime.records.unused_files import unheld_files, unnamed

UNUSED = timedelta(days=1)
"""A form that holds an upload may still be open for this long."""
IN_THE_BIN = timedelta(days=30)
"""How long the content of a deleted file is kept."""
BATCH = 500


class CleanFiles(Operation):
    """Deletes files that no record holds; discards content that no file names."""

    name = "clean_files"
    title = message("Clean-up of files")
    every = timedelta(days=1)

    def run(self, context: Context) -> Mapping[str, object]:
        """First the records, then the content."""
        kept = dict(context.checkpoint) or {"after": 0, "deleted": 0, "discarded": 0}
        before = context.site.clock.now() - UNUSED
        plans = context.live.writer.plans
        parsing = context.live.parsing(context.actor, "rest")
        while True:
            with context.batch() as batch:
                ids = unheld_files(batch.tx.connection, plans, before, kept["after"], BATCH)
                spared = context.mentioned_files(batch.tx) if ids else frozenset()
                changes = [Change("files", id=one, action="delete") for one in ids if one not in spared]
                outcomes = context.live.writer.save(batch.tx, changes, context.actor, parsing, atomic=False)
                kept["deleted"] += sum(isinstance(outcome, Saved) for outcome in outcomes)
                kept["after"] = ids[-1] if ids else kept["after"]
                batch.keep(kept, done=kept["deleted"])
            if not ids:
                break
        for digests in _groups(context.site.files.kept_before(before)):
            context.check()
            with context.site.database.read() as connection:
                gone = unnamed(connection, plans, digests, context.site.clock.now() - IN_THE_BIN)
            for digest in sorted(gone):
                context.site.files.discard(digest, before)
            kept["discarded"] += len(gone)
        return {"counts": {"deleted": kept["deleted"], "discarded": kept["discarded"]}}


def _groups(digests: Iterator[str]) -> Iterator[list[str]]:
    while group := list(islice(digests, BATCH)):
        yield group
