"""A back-test in the background: how often a workflow would have run lately."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from runtime.automation.back_testing import BackTest, Found
from runtime.automation.context import Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.automation.past_limits import limits
from runtime.base.messages import Message, message, to_json

KIND = "back_test"
DAYS = 90
LONGEST = 3650


class DoBackTest(Operation):
    """Arguments: ``workflow``, its key, and ``days``, how far back. It only reads, so one that was
    interrupted begins from its start.
    """

    name = KIND
    title = message("Back-test")

    def run(self, context: Context) -> Mapping[str, object]:
        """Look at page after page of the change log; between two of them nothing is held."""
        live, clock = context.site.live, context.site.clock
        workflow = live.catalog.workflows.get(context.arguments["workflow"])
        if workflow is None:
            key = context.arguments["workflow"]
            raise OperationError(message('There is no workflow "{workflow}" any more.', workflow=key))
        days, now = int(context.arguments.get("days") or DAYS), clock.now()
        test = BackTest(live, workflow, now - timedelta(days=days), now)
        with context.site.database.read() as connection:
            first, last = test.span(connection)
        after: int | None = first
        while after is not None:
            context.check()
            with context.site.database.read() as connection:
                after = test.page(connection, after, last)
            if after is not None:
                context.tell(after - first, last - first, _far(test.found))
        told = limits(live, workflow, test.found)
        return result_of(test.found, days, told)


def result_of(found: Found, days: int, told: list[Message]) -> dict[str, Any]:
    """The result as JSON: figures, the latest examples, and what it cannot know."""
    return {
        "text": to_json(told_of(found, days)),
        "days": days,
        "fired": found.fired,
        "records": len(found.records),
        "letters": found.letters,
        "people": len(found.addresses),
        "waiting": found.waiting,
        "skipped": found.skipped,
        "read": found.read,
        "examples": [
            {
                "record": each.record_id,
                "at": each.at.isoformat(),
                "what": each.what,
                "begins": each.begins.isoformat(),
                "letters": list(each.letters),
            }
            for each in reversed(found.examples)
        ],
        "limits": [to_json(each) for each in told],
    }


def told_of(found: Found, days: int) -> Message:
    """The result in one sentence."""
    return message(
        "In the last {days} days it would have run {fired} times for {records} records, "
        "and written {letters} letters to {people} people.",
        days=days,
        fired=found.fired,
        records=len(found.records),
        letters=found.letters,
        people=len(found.addresses),
    )


def _far(found: Found) -> Message:
    return message("{fired} runs in {read} changes so far", fired=found.fired, read=found.read)
