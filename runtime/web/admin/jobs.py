"""Jobs on the admin pages: when each ran and runs next, how it went, and what may be done about it."""

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.job_clocks import next_time
from runtime.automation.operations.job import KIND
from runtime.base.messages import from_json, phrase
from runtime.model.job import ALL, NONE, ONE, Job
from runtime.storage.operations import StoredOperation
from runtime.storage.switches import set_switch, switched_off
from runtime.web.admin.drawn import Head, drawn, text_of
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.operations import STATES
from runtime.web.pages.screen import Screen

Part = dict[str, Any]

ADDRESS = "/admin/jobs"
SHOWN = 20

CATCHES_UP = {
    NONE: phrase("What was missed is left out."),
    ONE: phrase("What was missed is made up for once."),
    ALL: phrase("Each time that was missed is made up for."),
}


def show(screen: Screen, call: Call) -> Response:
    """Every job: when it ran last and how that went, and when it runs next."""
    with call.site.database.read() as connection:
        off = switched_off(connection)
        latest = {
            key: call.site.background.operations.about(connection, KIND, key, 1)
            for key in call.live.catalog.jobs
        }
    rows = [_row(call, job, latest[job.key], off) for job in call.live.catalog.jobs.values()]
    context = {"jobs": {"rows": rows}, "admin_tabs": tabs(call, "workflows")}
    return screen.draw(call, "admin/jobs.html", context)


def show_one(screen: Screen, call: Call) -> Response:
    """One job, with its steps and its history."""
    job = _job(call)
    with call.site.database.read() as connection:
        off = switched_off(connection)
        found = call.site.background.operations.about(connection, KIND, job.key, SHOWN)
    context = {
        "job": {
            **_row(call, job, found[:1], off),
            "flow": drawn(call, job.procedure, _heads(call, job)),
            "history": [_time(call, each) for each in found],
            "texts": text_of(call, f"schemas/jobs/{job.key}.yaml"),
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/job.html", context)


def run_now(screen: Screen, call: Call) -> Response:
    """Begin it now, beside its schedule, unless it is at work."""
    job = _job(call)
    background = call.site.background
    with call.site.database.write() as tx:
        latest = background.operations.about(tx.connection, KIND, job.key, 1)
        if not (latest and latest[0].is_open):
            arguments = {"job": job.key}
            background.start(tx, KIND, arguments, call.actor, job.key, call.live.revision)
    return RedirectResponse(f"{ADDRESS}/{job.key}", 303)


def switch(screen: Screen, call: Call) -> Response:
    """Switch its schedule on or off: what has begun goes on."""
    job = _job(call)
    with call.site.database.write() as tx:
        on = call.form.text("on") == "yes"
        set_switch(tx, job.procedure.key, call.site.clock.now(), call.actor.user_id, on=on)
    return RedirectResponse(f"{ADDRESS}/{job.key}", 303)


def _job(call: Call) -> Job:
    found = call.live.catalog.jobs.get(call.path("key"))
    if found is None:
        raise not_found()
    return found


def _heads(call: Call, job: Job) -> Iterator[Head]:
    """When a job runs, and for which records."""
    schedule = f"{job.schedule} {job.timezone or call.live.catalog.timezone}"
    yield Head("clock", call.translate("Runs when"), [call.translate(CATCHES_UP[job.catch_up])], [schedule])
    whom = _whom(call, job)
    if whom:
        where = call.live.catalog.filters[job.module][job.filter].where
        yield Head("filter", call.translate("For each of these"), [whom], [where.text] if where else [])


def _whom(call: Call, job: Job) -> str:
    """Which records a job is for; empty where it is for none."""
    found = call.live.catalog.filters.get(job.module, {}).get(job.filter)
    module, language = call.live.catalog.modules.get(job.module), call.actor.language
    if found is None or module is None:
        return ""
    return f"{module.plural.in_language(language)}: {found.label.in_language(language)}"


def _row(call: Call, job: Job, latest: Sequence[StoredOperation], off: frozenset[str]) -> Part:
    is_on = job.active and job.procedure.key not in off
    next_at = next_time(call.site.live, job, call.site.clock.now()) if is_on else None
    return {
        "key": job.key,
        "label": job.label.in_language(call.actor.language),
        "href": f"{ADDRESS}/{job.key}",
        "schedule": job.schedule,
        "timezone": job.timezone or call.live.catalog.timezone,
        "whom": _whom(call, job),
        "active": job.active,
        "on": is_on,
        "next": call.formats.datetime(next_at) if next_at is not None else "",
        "last": _time(call, latest[0]) if latest else None,
        "runs": f"/admin/runs?workflow=job:{job.key}",
        "at": place_of(job.origin),
        "source": source_address(job.origin),
    }


def _time(call: Call, operation: StoredOperation) -> Part:
    """One of its times."""
    state, color = STATES[operation.state]
    said = operation.error or operation.text
    return {
        "href": f"/operations/{operation.id}",
        "when": call.formats.datetime(operation.started_at or operation.created_at),
        "ended": call.formats.datetime(operation.finished_at) if operation.finished_at else "",
        "state": call.translate(state),
        "color": color,
        "open": operation.is_open,
        "by_hand": operation.user_id is not None,
        "text": from_json(said).render(call.translate, call.actor.language) if said else "",
        "cancel": f"/operations/{operation.id}/cancel",
    }
