"""Approvals: what waits for the reader's decision, deciding it, and who decides while they are away."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message, phrase
from runtime.model.catalog import Module
from runtime.model.values import Ref
from runtime.storage.approvals import APPROVED, PENDING, REJECTED, Approvals, Delegation, Request
from runtime.web.door import Call
from runtime.web.errors import bad_request, not_found
from runtime.web.pages.card import field_views, load, own_path
from runtime.web.pages.screen import Screen, record_id
from runtime.web.shell import flash
from runtime.web.titles import ref_of
from runtime.web.views import FieldView, record_address

ADDRESS = "/approvals"
MOST = 100
LONGEST = 2000

STATES: Mapping[str, tuple[str, str]] = {
    PENDING: (phrase("Waiting for a decision"), "blue"),
    APPROVED: (phrase("Approved"), "green"),
    REJECTED: (phrase("Rejected"), "red"),
    "approve": (phrase("Approved, as nobody decided in time"), "green"),
    "reject": (phrase("Rejected, as nobody decided in time"), "red"),
    "escalate": (phrase("Nobody decided in time: the next one was asked"), "orange"),
    "ended": (phrase("Ended without a decision"), "gray"),
}
"""What a request's state is called in English, and its colour."""


def show(screen: Screen, call: Call) -> Response:
    """What waits for the reader, and who decides for them."""
    return _show(screen, call, {})


def show_one(screen: Screen, call: Call) -> Response:
    """One request, with the record that it is about."""
    request = _request(call)
    ref = _ref(call, request)
    context = {
        **_line(call, request, ref),
        "fields": _fields(screen, call, request, ref) if ref is not None else [],
        "decide": f"{ADDRESS}/{request.id}" if request.is_pending and _may(call, request) else None,
    }
    return screen.draw(call, "pages/approval.html", {"approval": context})


def decide(screen: Screen, call: Call) -> Response:
    """Approve or reject it; the run goes on in the background."""
    request = _request(call)
    state = call.form.text("decision")
    if state not in (APPROVED, REJECTED):
        raise bad_request(message("Approve it, or reject it."), "decision")
    if not _may(call, request):
        raise not_found()
    with call.site.database.write() as tx:
        comment = call.form.text("comment").strip()[:LONGEST]
        is_mine = request.is_pending and Approvals(call.site.clock).decide(
            tx, request, state, call.actor.user_id or 0, comment
        )
        tx.after_commit(call.site.background.wake)
    ref = _ref(call, request)
    address = record_address(ref.module, ref.id) if ref is not None else ADDRESS
    said = ("approved" if state == APPROVED else "rejected") if is_mine else "decided_already"
    return flash(RedirectResponse(address, 303), said)


def delegate(screen: Screen, call: Call) -> Response:
    """Let somebody decide for the reader on some days, or nobody any more."""
    user_id = call.actor.user_id or 0
    errors: dict[str, str] = {}
    given = None
    if call.form.text("end") != "yes":
        given = _delegation(call, user_id, errors)
    if errors:
        return _show(screen, call, errors)
    with call.site.database.write() as tx:
        Approvals(call.site.clock).delegate(tx, user_id, given)
    return flash(RedirectResponse(ADDRESS, 303), "saved")


def of_card(call: Call, module: Module, number: int) -> dict[str, Any] | None:
    """What a card says of its approvals: what is pending and locked, and what was decided."""
    asking = call.live.catalog.asking.get(module.key)
    if not asking:
        return None
    locks = {each.procedure.key: each.lock for each in call.live.catalog.approvals.values()}
    with call.site.database.read() as connection:
        found = Approvals(call.site.clock).of_record(connection, asking, number)
    lines = [_line(call, each, None) for each in found]
    for line, each in zip(lines, found, strict=True):
        line["locked"] = ", ".join(_labels(call, module, locks.get(each.workflow, ())))
        line["decide"] = f"{ADDRESS}/{each.id}" if each.is_pending and _may(call, each) else None
    return {
        "pending": [line for line, each in zip(lines, found, strict=True) if each.is_pending],
        "past": [line for line, each in zip(lines, found, strict=True) if not each.is_pending],
    }


def queue_of(call: Call, most: int = MOST) -> list[dict[str, Any]]:
    """What waits for the reader's decision."""
    if not call.live.catalog.procedures:
        return []
    with call.site.database.read() as connection:
        found = Approvals(call.site.clock).queue(connection, call.actor.user_id or 0, _today(call), most)
        places = [(each.module, each.record_id) for each in found]
        refs = call.live.refs.several(connection, places, call.actor, call.moment) if places else []
    by_id = {ref.id: ref for ref in refs}
    return [_line(call, each, by_id.get(each.record_id)) for each in found]


def _show(screen: Screen, call: Call, errors: Mapping[str, str]) -> Response:
    with call.site.database.read() as connection:
        mine = Approvals(call.site.clock).delegation(connection, call.actor.user_id or 0)
    to = ref_of(call, ("users",), str(mine.to_id)) if mine is not None else None
    sent = call.form if errors else None

    def control(widget: str, name: str, label: str, value: Any, raw: str) -> FieldView:
        text = sent.text(name) if sent is not None else raw
        view = FieldView(widget, name=name, id=name, label=label, value=value, raw=text)
        view.error = errors.get(name, "")
        return view

    to_view = control("relation", "to", call.translate("Who decides for me"), to.id if to else None, "")
    to_view.picker, to_view.text = "/app/users/pick", to.title if to is not None else ""
    context = {
        "queue": queue_of(call),
        "delegation": None
        if mine is None
        else {
            "to": to.title if to is not None else f"#{mine.to_id}",
            "first": call.formats.date(mine.first),
            "last": call.formats.date(mine.last),
        },
        "fields": [
            to_view,
            control("date", "first", call.translate("From"), None, mine.first.isoformat() if mine else ""),
            control("date", "last", call.translate("Until"), None, mine.last.isoformat() if mine else ""),
        ],
        "revision": call.live.revision,
    }
    return screen.draw(call, "pages/approvals.html", {"approvals": context}, status=422 if errors else 200)


def _delegation(call: Call, user_id: int, errors: dict[str, str]) -> Delegation | None:
    to = ref_of(call, ("users",), call.form.text("to"))
    if to is None or to.id == user_id:
        errors["to"] = call.translate("Choose somebody else.")
    days: list[date] = []
    for name in ("first", "last"):
        try:
            days.append(date.fromisoformat(call.form.text(name)))
        except ValueError:
            errors[name] = call.translate("Choose a day.")
    if len(days) == 2 and days[1] < days[0]:
        errors["last"] = call.translate("The last day is before the first one.")
    return Delegation(user_id, to.id, days[0], days[1]) if to is not None and not errors else None


def _request(call: Call) -> Request:
    with call.site.database.read() as connection:
        found = Approvals(call.site.clock).find(connection, record_id(call))
    if found is None or not (_may(call, found) or _ref(call, found) is not None):
        raise not_found()
    return found


def _may(call: Call, request: Request) -> bool:
    with call.site.database.read() as connection:
        approvals = Approvals(call.site.clock)
        return approvals.may_decide(connection, request, call.actor.user_id or 0, _today(call))


def _ref(call: Call, request: Request) -> Ref | None:
    if request.module not in call.live.catalog.modules:
        return None
    with call.site.database.read() as connection:
        return call.live.refs.one(connection, [request.module], request.record_id, call.actor, call.moment)


def _today(call: Call) -> date:
    return call.site.clock.now().astimezone(call.zone).date()


def _fields(screen: Screen, call: Call, request: Request, ref: Ref) -> list[FieldView]:
    """What the reader sees of the record: what is locked meanwhile, and what its quick view shows."""
    module, layout = call.live.catalog.modules[ref.module], call.live.catalog.layouts[ref.module]
    approvals = call.live.catalog.approvals.values()
    lock = next((each.lock for each in approvals if each.procedure.key == request.workflow), ())
    locked = [own_path(field) for key in lock if (field := module.field(key)) is not None]
    shown = {path.text: path for path in (*locked, *layout.quick_view)}
    card = load(call, module, ref.id, shown.values(), deleted="any")
    return field_views(screen.views(call), card, shown.values(), call.actor.language)


def _labels(call: Call, module: Module, keys: Sequence[str]) -> list[str]:
    """What fields and rows are called, without those that the reader may not see."""
    found = (module.field(key) or module.collections.get(key) for key in keys)
    return [each.label.in_language(call.actor.language) for each in found if each is not None]


def _line(call: Call, request: Request, ref: Ref | None) -> dict[str, Any]:
    """A request as templates draw it."""
    procedure = call.live.catalog.procedures.get(request.workflow)
    is_over = request.state == PENDING and not request.is_pending
    state, color = STATES["ended" if is_over else request.state]
    with call.site.database.read() as connection:
        asked = [] if not request.is_pending else Approvals(call.site.clock).people(connection, request.id)
        wanted = {*asked, *filter(None, (request.decided_by, request.caused_by))}
        places = [("users", each) for each in sorted(wanted)]
        names: Sequence[Ref] = call.live.refs.several(connection, places, call.actor, call.moment)
    known = {each.id: each.title for each in names}
    return {
        "href": f"{ADDRESS}/{request.id}",
        "label": procedure.label.in_language(call.actor.language) if procedure else request.workflow,
        "title": ref.title if ref is not None else "",
        "record_href": record_address(ref.module, ref.id) if ref is not None else None,
        "state": call.translate(state),
        "color": color,
        "asked": ", ".join(known.get(each, f"#{each}") for each in asked),
        "asked_at": call.formats.datetime(request.asked_at),
        "until": call.formats.datetime(request.until) if request.until is not None else "",
        "by": known.get(request.decided_by or 0, ""),
        "caused_by": known.get(request.caused_by or 0, ""),
        "when": call.formats.datetime(request.decided_at) if request.decided_at is not None else "",
        "comment": request.comment or "",
    }
