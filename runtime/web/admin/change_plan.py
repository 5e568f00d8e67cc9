"""A plan before it is carried out: that of the files on disk, or of the way back to a revision.

What the page shows is what may be pressed: the form carries what the plan rests on, and where anything has
moved since, the page says what, and shows the plan as it is now. A worker carries it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.change.differing import FileDifference, differing
from runtime.change.drift import Shown
from runtime.change.journal import unfinished
from runtime.change.landing import mark_of
from runtime.change.revisions import open_applied
from runtime.change.rollback import NoWayBackError
from runtime.language.load import Loaded
from runtime.sites.changing import Proposal, TakenError, propose, propose_rollback, since, start
from runtime.web.admin.change_parts import Part, difference_part, file_part, plan_part, said, told_part
from runtime.web.admin.change_run import run_address
from runtime.web.admin.changes import ADDRESS, NO_FOLDER
from runtime.web.admin.diagnostics import view_of
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen, record_id

PLAN = f"{ADDRESS}/plan"
LONGEST = 1000
"""The longest message in characters."""
MOST_WHATS = 5000
"""So many steps' sentences are taken from a form."""
NOTHING: Part = {}


def show(screen: Screen, call: Call) -> Response:
    """What applying the files would do; or one of the files alone."""
    return _look(screen, call, _of_files(call))


def apply(screen: Screen, call: Call) -> Response:
    """Have the files applied, as the page has shown it."""
    return _press(screen, call, _of_files(call))


def show_rollback(screen: Screen, call: Call) -> Response:
    """What going back to a revision would do; or one of the files alone."""
    return _look(screen, call, _of_rollback(call))


def roll_back(screen: Screen, call: Call) -> Response:
    """Have the site go back to a revision, as the page has shown it."""
    return _press(screen, call, _of_rollback(call))


@dataclass(frozen=True, slots=True)
class _Case:
    """What a page proposes: ``proposal`` is None where there is nothing to be applied, for ``why`` or because
    of what ``loaded`` found wrong.
    """

    title: str
    action: str
    proposal: Proposal | None
    loaded: Loaded | None = None
    why: str = ""
    back_to: int | None = None


def _of_files(call: Call) -> _Case:
    call.site.refresh()
    title = call.translate("Apply the files")
    look = call.site.folder.look()
    if look is None:
        return _Case(title, PLAN, None, why=call.translate(NO_FOLDER))
    proposal = None if look.is_broken else propose(call.site, look.loaded)
    return _Case(title, PLAN, proposal, look.loaded)


def _of_rollback(call: Call) -> _Case:
    number = record_id(call)
    title = said(call, message("Back to revision {number}", number=number))
    action = f"{ADDRESS}/{number}/rollback"
    try:
        proposal = propose_rollback(call.site, number)
    except NoWayBackError as error:
        if error.loaded is None:
            raise not_found() from None
        return _Case(title, action, None, error.loaded, str(error), number)
    return _Case(title, action, proposal, proposal.loaded, back_to=number)


def _look(screen: Screen, call: Call, case: _Case) -> Response:
    return _one_file(screen, call, case) if call.query("name") else _draw(screen, call, case)


def _press(screen: Screen, call: Call, case: _Case) -> Response:
    proposal = case.proposal
    if proposal is None or proposal.plan.refusals:
        return _draw(screen, call, case, status=409)
    moved = _shown(call).moved(proposal.plan.basis, since(call.site))
    if moved:
        return _draw(screen, call, case, {"moved": moved}, status=409)
    wrong = _wrong(call, proposal)
    if wrong:
        return _draw(screen, call, case, wrong, status=422)
    if proposal.plan.is_empty and not _begun(call, proposal):
        return _draw(screen, call, case)
    try:
        lossy = bool(proposal.plan.lossy)
        started = start(call.site, call.actor, proposal, _why(call), accept_lossy=lossy)
    except TakenError as taken:
        return _draw(screen, call, case, {"taken": _taken(call, taken)}, status=409)
    return RedirectResponse(run_address(started), 303)


def _wrong(call: Call, proposal: Proposal) -> Part:
    """What the form lacks, by its control."""
    found: Part = {}
    text = _why(call)
    if not text:
        found["message_error"] = call.translate("Say why, for those who ask later.")
    elif len(text) > LONGEST:
        found["message_error"] = said(
            call, message("At most {most} characters.", most=call.formats.integer(LONGEST))
        )
    if proposal.plan.lossy and "lossy" not in call.form:
        found["lossy_error"] = call.translate("Agree to what is lost, or do not apply it.")
    return found


def _shown(call: Call) -> Shown:
    """What the plan rested on that the form was drawn with."""
    form = call.form
    base = form.text("base")
    return Shown(
        int(base) if base.isascii() and base.isdigit() and len(base) < 10 else -1,
        form.text("base_hash"),
        form.text("target"),
        form.text("structure"),
        tuple(_as_written(what) for what in form.texts("what")[:MOST_WHATS]),
    )


def _as_written(text: str) -> str:
    """A text of a form, whose lines browsers end with two characters."""
    return text.replace("\r\n", "\n")


def _why(call: Call) -> str:
    return _as_written(call.form.text("message")).strip()


def _taken(call: Call, taken: TakenError) -> Part:
    if taken.operation_id is not None:
        return {
            "text": call.translate("Somebody else has begun to apply a change. Look at it, and plan anew."),
            "href": run_address(taken.operation_id),
        }
    return {
        "text": said(call, message("Another process is applying a change: {who}", who=taken.said)),
        "href": ADDRESS,
    }


def _begun(call: Call, proposal: Proposal) -> str:
    """What becomes of an apply that was begun and has not ended; '' where there is none."""
    with call.site.database.read() as connection:
        begun = unfinished(connection)
    if begun is None:
        return ""
    back_to = None if proposal.back_to is None else proposal.back_to.number
    goes_on = begun.target_hash == mark_of(proposal.plan.target_hash, back_to)
    when, who = call.formats.datetime(begun.started_at), begun.applied_by or "?"
    if goes_on:
        sentence = message(
            "An apply of the same was begun on {when} ({who}) and has not ended: it goes on from where it"
            " stands.",
            when=when,
            who=who,
        )
    else:
        sentence = message(
            "Another apply was begun on {when} ({who}) and has not ended: what it has made is cleared away"
            " first.",
            when=when,
            who=who,
        )
    return said(call, sentence)


def _draw(screen: Screen, call: Call, case: _Case, more: Part = NOTHING, status: int = 200) -> Response:
    proposal, loaded = case.proposal, case.loaded
    sources: Mapping[str, str] = loaded.sources if loaded is not None else {}
    plan = None if proposal is None else proposal.plan
    broken = [each for each in loaded.diagnostics if each.is_error] if loaded and plan is None else []
    refused = () if plan is None else plan.refusals
    page: Part = {
        "title": case.title,
        "action": case.action,
        "back_to": case.back_to,
        "why": case.why,
        "broken": [view_of(each, sources) for each in broken],
        "refused": [view_of(each, sources) for each in refused],
        "plan": None if plan is None or refused else plan_part(call, plan, sources),
        "told": [] if proposal is None else told_part(call, proposal.changes),
        "difference": None if proposal is None else difference_part(call, _files(call, proposal), ""),
        "begun": "" if proposal is None else _begun(call, proposal),
        "shown": None if plan is None else Shown.of(plan.basis),
        "message": call.form.text("message") or _message(call, case),
        "longest": LONGEST,
        "message_error": "",
        "lossy_error": "",
        "moved": (),
        "taken": None,
        **more,
    }
    return screen.draw(
        call, "admin/change_plan.html", {"page": page, "admin_tabs": tabs(call, "changes")}, status=status
    )


def _message(call: Call, case: _Case) -> str:
    """What the message begins with: of a rollback its target, as the command line says it."""
    return f"Back to revision {case.back_to}." if case.back_to is not None else ""


def _files(call: Call, proposal: Proposal) -> list[FileDifference]:
    with call.site.database.read() as connection:
        applied = open_applied(connection, call.site.database.schema)
    layers = proposal.loaded.layers if proposal.back_to is None else proposal.back_to.layers
    return differing(() if applied is None else applied.layers, layers)


def _one_file(screen: Screen, call: Call, case: _Case) -> Response:
    """The whole difference of one file that the plan is of."""
    files = [] if case.proposal is None else _files(call, case.proposal)
    found = next((each for each in files if each.name == call.query("name")), None)
    if found is None:
        raise not_found()
    context = {
        "file": file_part(call, found) | {"revision": case.title, "href": case.action},
        "admin_tabs": tabs(call, "changes"),
    }
    return screen.draw(call, "admin/change_file.html", context)
