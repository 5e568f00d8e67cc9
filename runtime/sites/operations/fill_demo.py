"""Filling the demo in the background: a run that goes on draws all of it again from the start, and writes
only what is not there yet.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from runtime.automation.context import Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.base.messages import message, to_json
from runtime.storage.transaction import Transaction


class FillDemo(Operation):
    """Arguments: who owns what (:class:`runtime.sites.world.people.Crew`), and ``records``, about how many
    there are to be.
    """

    name = "fill_demo"
    title = message("Filling of the demo")

    def run(self, context: Context) -> Mapping[str, object]:
        """Write a step of the demo's two years in each batch; a site that has records stays as it is."""
        from runtime.sites.demo import extent, filling, has_records  # here, for few processes fill a demo
        from runtime.sites.world.kept import Kept
        from runtime.sites.world.pen import MisfitError, Pen
        from runtime.sites.world.people import Crew

        live, actor = context.live, context.actor.through("cli")
        if not context.checkpoint and has_records(context.site.database, live.tables):
            return {"counts": {"records": 0}}
        records = context.arguments["records"]
        total = extent(records).steps + 1

        @contextmanager
        def step() -> Iterator[Transaction]:
            with context.batch() as batch:
                yield batch.tx
                made = message("{count} records made", count=pen.written)
                batch.keep(pen.kept.to_json(), pen.kept.steps, total, made)

        kept = Kept.read(context.checkpoint, live.moment(actor).today)
        pen = Pen(live, actor, context.site.clock, kept, step)
        try:
            for _ in filling(pen, Crew.read(context.arguments), records):
                context.check()
        except MisfitError as misfit:
            raise OperationError(misfit.reason) from None
        context.site.database.optimize()
        said = message("{count} records made", count=pen.written)
        return {"text": to_json(said), "counts": {"records": pen.written}}
