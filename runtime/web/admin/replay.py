"""An old run replayed on today's configuration: its steps then and now, side by side."""

from typing import Any

from starlette.responses import Response

from runtime.automation.replaying import Beside, replay
from runtime.language.kinds.workflows import known_steps
from runtime.storage.runs import OPEN, Runs, StoredStep
from runtime.web.admin.runs import row_of_run, run_of, step_of_run, titles_of
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen

Part = dict[str, Any]


def show(screen: Screen, call: Call) -> Response:
    """Try it: all of it is done, and taken back."""
    run = run_of(call)
    workflow = call.site.live.catalog.procedures.get(run.workflow)
    if workflow is None or run.state in OPEN:
        raise not_found()
    with call.site.database.read() as connection:
        steps = Runs(call.site.clock).steps(connection, run.id)
        titles = titles_of(call, connection, [run])
    found = replay(call.site, known_steps(), workflow, run, steps)
    first = found.dry.first
    context = {
        "replay": {
            "run": row_of_run(call, run, titles),
            "now": row_of_run(call, first.run, titles) if first is not None else None,
            "is_new_text": workflow.digest != run.digest,
            "is_same": found.is_same,
            "is_whole": found.dry.is_whole,
            "steps": [_beside(call, each) for each in found.steps],
            "letters": [{"to": each.recipient, "subject": each.subject} for each in found.dry.letters],
            "calls": [f"{each.method} {each.url}" for each in found.dry.calls],
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/replay.html", context)


def _beside(call: Call, each: Beside) -> Part:
    return {
        "place": each.place,
        "then": _step(call, each.then),
        "now": _step(call, each.now),
        "is_same": each.is_same,
    }


def _step(call: Call, step: StoredStep | None) -> Part | None:
    return step_of_run(call, step) if step is not None else None
