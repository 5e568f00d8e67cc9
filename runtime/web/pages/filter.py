"""The filter builder: what a list asks for, built of rows; kept under a name, shared, and begun with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.expressions.conditions import Group, Written
from runtime.records.saved_filters import EVERYBODY, NameRefusedError, SavedFilter, may_change
from runtime.storage.generations import hold_revision
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.errors import bad_request, forbidden, not_found
from runtime.web.filtering.building import Built, build, draft_of
from runtime.web.filtering.drafts import DraftGroup, changed, each_of, read_draft
from runtime.web.filtering.drawing import draw, wrong_in
from runtime.web.filtering.words import sentences
from runtime.web.pages import list as list_
from runtime.web.pages.dialog import number_of, prefix_of
from runtime.web.pages.filter_bar import chosen_filter
from runtime.web.pages.list import Listing
from runtime.web.pages.screen import Screen, module_of
from runtime.web.views import FieldView, Item

CAP = 1000
GROUPS = "groups"
"""The module of the groups that a filter may be shared with."""


def show(screen: Screen, call: Call) -> Response:
    """The condition of the list's address, or with ``_edit`` that of a saved filter, in rows."""
    listing = list_.read_listing(call, module_of(call), lenient=True)
    saved = _edited(call, listing)
    text = saved.where if saved is not None else listing.where
    draft = draft_of(call, listing.module, text)
    return _draw(screen, call, listing, draft, saved=saved)


def change(screen: Screen, call: Call) -> Response:
    """Do what a button of the form says: change its parts, show the list, save the filter, or delete it."""
    listing = list_.read_listing(call, module_of(call), lenient=True)
    saved, draft = _edited(call, listing), read_draft(call.form)
    act, _, key = call.form.text("_do", "draw").partition(":")
    if act == "delete":
        return _delete(call, listing, saved)
    if act not in ("show", "save", "new"):
        drafted, next_ = changed(draft, act, key)
        return _draw(screen, call, listing, drafted, saved=saved, focus=next_ or call.form.text("_focus"))
    built = build(call, listing.module, draft)
    if not built.is_whole:
        return _draw(screen, call, listing, draft, saved=saved, status=422)
    if act == "show":
        return _go(call, listing.address(where=built.text or None))
    try:
        address = _keep(call, listing, saved if act == "save" else None, built.text)
    except NameRefusedError as error:
        return _draw(screen, call, listing, draft, saved=saved, name_error=error.reason, status=422)
    return _go(call, address)


def check(screen: Screen, call: Call) -> Response:
    """What the form says so far: how many records it finds, and what is wrong with its written parts."""
    listing = list_.read_listing(call, module_of(call), lenient=True)
    saved, draft = _edited(call, listing), read_draft(call.form)
    built = build(call, listing.module, draft)
    texts = {name: call.form.text(f"c{name}.text").replace("\r\n", "\n") for name in built.misread}
    context = {
        "status": _status(call, listing, built, saved),
        "wrong_parts": {key: wrong_in(texts[key], found) for key, found in built.misread.items()},
    }
    return screen.renderer.page("pages/filter_check.html", call.actor.language, context)


def begin(screen: Screen, call: Call) -> Response:
    """Let the reader's lists of the module begin with a filter, or with the module's first again."""
    module, key = module_of(call), call.form.text("filter")
    if key:
        chosen_filter(call, module, key)  # one that is not there is said so
    with call.site.database.write() as tx:
        call.live.saved_filters.begin_with(tx, call.actor.user_id or 0, module.key, key)
    return _go(call, f"/app/{module.key}?filter={key}" if key else f"/app/{module.key}")


def _edited(call: Call, listing: Listing) -> SavedFilter | None:
    """The saved filter that is being edited; None where the list's address is."""
    if not call.query("_edit"):
        return None
    if listing.saved is None:
        raise not_found()
    if not may_change(call.actor, listing.saved):
        raise forbidden(message("Only whose filter it is, or an admin, may change it. Save one of your own."))
    with call.site.database.read() as connection:  # with whom it is shared, too
        return call.live.saved_filters.find(connection, call.actor, listing.module.key, listing.saved.key)


def _go(call: Call, address: str) -> Response:
    if call.is_partial:
        return Response(headers={"hx-redirect": address})
    return RedirectResponse(address, 303)


def _keep(call: Call, listing: Listing, saved: SavedFilter | None, text: str) -> str:
    """Save the filter that is edited, or a new one; the address of its list."""
    name, filters = call.form.text("name"), call.live.saved_filters
    shared = _shared(call)
    with call.site.database.write() as tx:
        hold_revision(tx, call.live.revision)  # what is kept has the names of now
        if saved is not None:
            filters.change(tx, replace(saved, name=name, where=text, shared=shared))
            return f"/app/{listing.module.key}?filter={saved.key}"
        new = SavedFilter(
            0,
            call.actor.user_id or 0,
            listing.module.key,
            name,
            text if call.query("_edit") else _whole(call, listing, text),
            tuple(path.text for path in listing.columns),
            list_.sort_text(listing.sort),
            shared,
        )
        kept = filters.add(tx, new)
        return f"/app/{listing.module.key}?filter={kept.key}"


def _whole(call: Call, listing: Listing, text: str) -> str:
    """What the list's own filter asks for, its quick filters, and what was built, as one condition."""
    parts = tuple(Written(each) for each in (*_around(call, listing), text))
    return call.live.conditions.write(Group("all", parts))


def _around(call: Call, listing: Listing) -> list[str]:
    """What the list asks for beside what is built."""
    own = [listing.filter.where.text] if listing.filter.where is not None else []
    return [*own, *list_.quickly(call, listing)]


def _shared(call: Call) -> frozenset[str]:
    form, roles = call.form, call.live.catalog.roles
    circles = [EVERYBODY] if form.text("everybody") else []
    circles += [f"role:{key}" for key in form.texts("role") if key in roles]
    ids = [text for text in form.texts("group") if text.isascii() and text.isdigit() and len(text) <= 18]
    with call.site.database.read() as connection:
        places = [(GROUPS, int(text)) for text in dict.fromkeys(ids)][:CAP]
        found = call.live.refs.several(connection, places, call.actor, call.moment)
    return frozenset([*circles, *(f"group:{ref.id}" for ref in found)])


def _delete(call: Call, listing: Listing, saved: SavedFilter | None) -> Response:
    if saved is None:
        raise bad_request(message("Only a saved filter can be deleted."))
    with call.site.database.write() as tx:
        call.live.saved_filters.remove(tx, saved)
    return _go(call, f"/app/{listing.module.key}")


def _status(call: Call, listing: Listing, built: Built, saved: SavedFilter | None) -> str:
    """How many records the list would have."""
    if not built.is_whole:
        return call.translate("Some parts are not complete yet.")
    module = listing.module
    texts = [*([] if saved is not None else _around(call, listing)), built.text]
    where = tuple(call.live.condition(module, text) for text in texts if text)
    search = (listing.search or None) if saved is None else None
    query = Query(module.key, where=where, search=search)
    with call.site.database.read() as connection:
        count = call.live.reader.count(connection, query, call.moment, cap=CAP)
    number = call.formats.integer(count.n) + ("+" if count.capped else "")
    one = count.n == 1 and not count.capped
    text = call.translate("{count} record is found.") if one else call.translate("{count} records are found.")
    return text.format(count=number)


def _draw(
    screen: Screen,
    call: Call,
    listing: Listing,
    draft: DraftGroup,
    *,
    saved: SavedFilter | None = None,
    focus: str = "",
    name_error: Message | None = None,
    status: int = 200,
) -> Response:
    module, language = listing.module, call.actor.language
    built = build(call, module, draft)
    # A half-typed row is told of when it is sent; a written part at once, and where it is wrong.
    shown = built if status == 422 else replace(built, wrong={})
    query = call.request.url.query
    action = f"/app/{module.key}/filter"
    context = {
        "prefix": prefix_of(call),
        "dialog": number_of(call),
        "in_dialog": call.is_partial,
        "title": call.translate("Edit the filter") if saved is not None else call.translate("Filter"),
        "plural": module.plural.in_language(language),
        "action": f"{action}?{query}" if query else action,
        "check": f"{action}/check?{query}" if query else f"{action}/check",
        "cancel_href": listing.address(),
        "within": _within(call, listing) if saved is None else [],
        "filter": "" if saved is not None else listing.filter.label.in_language(language),
        "whole": draw(call, module, screen.views(call), draft, shown),
        "focus": focus or _first(draft),
        "status": _status(call, listing, built, saved),
        "error": _said(call, shown.wrong.get("")),
        "errors": status == 422 and name_error is None,
        "saved": saved is not None,
        "saving": _saving(call, saved, name_error),
    }
    return screen.draw_part(
        call, "pages/filter.html", "form", {"builder": context}, module.key, status=status
    )


def _first(draft: DraftGroup) -> str:
    """The part that is looked at first: the first that is no group."""
    return next((each.key for each in each_of(draft) if not isinstance(each, DraftGroup)), "")


def _within(call: Call, listing: Listing) -> Sequence[str]:
    """What the list asks for beside what is built, in words."""
    return [said for text in _around(call, listing) for said in sentences(call, listing.module, text)]


def _said(call: Call, reason: Message | None) -> str:
    return reason.render(call.translate, call.actor.language) if reason is not None else ""


def _saving(call: Call, saved: SavedFilter | None, error: Message | None) -> Mapping[str, Any]:
    """What the part of the form holds that keeps the filter: its name, and whom it is shared with."""
    sent = "name" in call.form
    shared = _shared(call) if sent else saved.shared if saved is not None else frozenset()
    roles = call.live.catalog.roles
    groups = FieldView("relations", name="group", id="quick-filter-group")
    groups.label = call.translate("Groups")
    groups.picker = f"/app/{GROUPS}/pick"
    ids = [int(circle.removeprefix("group:")) for circle in sorted(shared) if circle.startswith("group:")]
    with call.site.database.read() as connection:
        found = call.live.refs.several(connection, [(GROUPS, each) for each in ids], call.actor, call.moment)
        beginners = call.live.saved_filters.beginners(connection, saved) if saved is not None else 0
    groups.items = [Item(ref.id, ref.title) for ref in found]
    return {
        "name": call.form.text("name") if sent else saved.name if saved is not None else "",
        "error": _said(call, error),
        "everybody": EVERYBODY in shared,
        "groups": groups,
        "roles": [
            {"key": key, "label": role.label.in_language(call.actor.language), "on": f"role:{key}" in shared}
            for key, role in roles.items()
        ],
        "open": sent and bool(error or call.form.text("name")),
        "beginners": beginners,
        "shared": bool(shared),
    }
