"""Exporting in the background: the file grows on the worker's disk, and is kept when it is whole. A worker
that is killed has kept nothing; the next one begins anew.
"""

import tempfile
from collections.abc import Mapping

from runtime.automation.context import Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.base.messages import message, to_json
from runtime.records.export_asked import ExportAsked
from runtime.records.export_noted import note_export
from runtime.records.exporting import NotExportedError

MOST_COUNTED = 10_000_000


class ExportOperation(Operation):
    """Arguments: those of :class:`ExportAsked`; ``about`` is the name of the file."""

    name = "export"
    title = message("Export")

    def run(self, context: Context) -> Mapping[str, object]:
        """Write the file with the rights that the actor has now."""
        asked = ExportAsked.from_json(context.arguments)
        try:
            export = asked.open(context.live, context.site.database.read, context.actor)
        except NotExportedError as error:
            raise OperationError(error.reason) from None
        note_export(context.site.database.write, context.site.clock.now(), context.actor, asked)
        total, done = export.count(MOST_COUNTED), 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            context.check()
            context.tell(done, total, message("{done} of {total} records", done=done, total=total))

        with tempfile.TemporaryFile() as file:
            for piece in asked.file_format.pieces(export, progress):
                file.write(piece)
            file.seek(0)
            kept = context.keep_file(context.operation.about, file, unlimited=True)
        said = message("{done} records exported", done=done)
        return {"text": to_json(said), "counts": {"records": done}, "files": {"file": kept}}
