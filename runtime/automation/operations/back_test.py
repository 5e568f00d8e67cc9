"""A back-test in the background: how often a workflow would have run lately."""

from collections.abc import Mapping
from typing import Any

from runtime.automation.back_testing import back_test
from runtime.automation.context import Context
from runtime.automation.operations.base import Operation, OperationError
from runtime.automation.past_limits import limits
from runtime.automation.past_runs import Found
from runtime.base.messages import Message, message, phrase, to_json

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
        live = context.site.live
        workflow = live.catalog.workflows.get(context.arguments["workflow"])
        if workflow is None:
            key = context.arguments["workflow"]
            raise OperationError(message('There is no workflow "{workflow}" any more.', workflow=key))
        days = int(context.arguments.get("days") or DAYS)

        def meanwhile(done: int, total: int, found: Found) -> None:
            context.check()
            context.tell(done, total, far(found))

        found = back_test(context.site, workflow, days, meanwhile)
        return result_of(found, days, limits(live, workflow, found))


def result_of(found: Found, days: int, told: list[Message]) -> dict[str, Any]:
    """The result as JSON: figures, the latest examples, and what it cannot know."""
    return {
        "text": to_json(told_of(found, days)),
        "written": to_json(written) if (written := written_of(found)) is not None else None,
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
            for each in found.latest()
        ],
        "limits": [to_json(each) for each in told],
    }


def told_of(found: Found, days: int) -> Message:
    """How often it would have run, in one sentence."""
    given = {"days": days, "fired": found.fired, "records": len(found.records)}
    if not found.fired:
        return message("In the last {days} days it would not have run.", **given)
    if found.fired == 1:
        return message("In the last {days} days it would have run once.", **given)
    if len(found.records) == 1:
        text = phrase("In the last {days} days it would have run {fired} times, always on the same record.")
        return message(text, **given)
    return message("In the last {days} days it would have run {fired} times, on {records} records.", **given)


def written_of(found: Found) -> Message | None:
    """How many letters it would have written, in one sentence; None where it would have written none."""
    given = {"letters": found.letters, "people": len(found.addresses)}
    if not found.letters:
        return None
    if found.letters == 1:
        return message("It would have written one letter.")
    if len(found.addresses) == 1:
        return message("It would have written {letters} letters, all to one person.", **given)
    return message("It would have written {letters} letters, to {people} people.", **given)


def far(found: Found) -> Message:
    """How far it is, in one sentence."""
    return message("so far: runs {fired}, changes read {read}", fired=found.fired, read=found.read)
