"""The secrets that workflows name: which there are, and which are missing; none is ever shown."""

from collections.abc import Iterator
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.model.workflow import Workflow
from runtime.storage.secrets import Secrets
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.pages.screen import Screen

ADDRESS = "/admin/secrets"
LONGEST = 4000


def show(screen: Screen, call: Call) -> Response:
    """Each secret, with the workflows that name it."""
    with call.site.database.read() as connection:
        kept = Secrets(call.site.sealer).names(connection)
    named: dict[str, list[Workflow]] = {name: [] for name in kept}
    for workflow in call.live.catalog.procedures.values():
        for name in _names(workflow):
            named.setdefault(name, []).append(workflow)
    rows = [_row(call, name, name in kept, them) for name, them in sorted(named.items())]
    context = {"secrets": {"rows": rows, "longest": LONGEST}, "admin_tabs": tabs(call, "workflows")}
    return screen.draw(call, "admin/secrets.html", context)


def keep(screen: Screen, call: Call) -> Response:
    """Keep a secret, or take it out where nothing was written."""
    name, secret = call.form.text("name").strip(), call.form.text("secret")
    if name.isidentifier() and len(name) <= 100 and len(secret) <= LONGEST:
        with call.site.database.write() as tx:
            now = call.site.clock.now()
            Secrets(call.site.sealer).keep(tx, name, secret, now, call.actor.user_id)
    return RedirectResponse(ADDRESS, 303)


def _names(workflow: Workflow) -> Iterator[str]:
    for step in workflow.all_steps():
        if step.kind == "http" and "secret" in step.settings:
            yield str(step.settings["secret"])
    for trigger in workflow.triggers:
        if "secret" in trigger.settings:
            yield str(trigger.settings["secret"])


def _row(call: Call, name: str, is_there: bool, workflows: list[Workflow]) -> dict[str, Any]:
    language = call.actor.language
    return {
        "name": name,
        "is_there": is_there,
        "workflows": [
            (f"/admin/workflows/{each.key}", each.label.in_language(language)) for each in workflows
        ],
    }
