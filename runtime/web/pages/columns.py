"""Choosing a list's columns: which ones, through relations too, and in what order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.model.catalog import Field, Module, Path
from runtime.storage.generations import hold_revision
from runtime.web.door import Call
from runtime.web.errors import bad_request
from runtime.web.filtering.subjects import is_readable
from runtime.web.pages import list as list_
from runtime.web.pages.dialog import number_of, prefix_of
from runtime.web.pages.form_view import moved
from runtime.web.pages.screen import Screen, module_of
from runtime.web.views import path_label

OWN = ("number", "owner", "created_at", "created_by", "updated_at", "updated_by")
"""The record's own fields that a column may be of."""


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that may be chosen: the module's own, or those behind one of its relations."""

    label: str
    columns: Sequence[Mapping[str, Any]]


def show(screen: Screen, call: Call) -> Response:
    """The columns of a list, in their order, and those that there are besides."""
    listing = list_.read_listing(call, module_of(call))
    return _draw(screen, call, listing, [path.text for path in listing.columns])


def save(screen: Screen, call: Call) -> Response:
    """Remember the choice, or forget it, and go back to the list."""
    listing = list_.read_listing(call, module_of(call))
    module, chosen = listing.module, call.live.chosen_columns
    named = [text for text in call.form.texts("column") if text]
    if call.form.text("_move"):
        act, _, text = call.form.text("_move").partition(":")
        return _draw(screen, call, listing, moved(named, act, text))
    user = call.actor.user_id or 0
    if call.form.text("_reset"):
        with call.site.database.write() as tx:
            chosen.forget(tx.connection, user, module.key, listing.filter.key)
        return _back(call, listing.address(_columns=None))
    if not named:
        raise bad_request(message("A list has one column at least."), "column")
    paths = list_.read_columns(call, module, listing.filter, ",".join(named))
    with call.site.database.write() as tx:
        hold_revision(tx, call.live.revision)  # what is kept has the names of now
        texts = [path.text for path in paths]
        chosen.keep(tx.connection, user, module.key, listing.filter.key, texts)
    return _back(call, listing.address(_columns=",".join(texts)))


def _back(call: Call, address: str) -> Response:
    if call.is_partial:
        return Response(headers={"hx-redirect": address})
    return RedirectResponse(address, 303)


def _draw(screen: Screen, call: Call, listing: "list_.Listing", named: Sequence[str]) -> Response:
    module, language = listing.module, call.actor.language
    known = {path.text: path for path in (*listing.columns, *listing.filter.columns)}
    shown = [known.get(text) or call.live.path(module, text) for text in named]
    query = call.request.url.query
    chooser = {
        "prefix": prefix_of(call),
        "dialog": number_of(call),
        "in_dialog": call.is_partial,
        "title": call.translate("Columns"),
        "action": f"/app/{module.key}/columns" + (f"?{query}" if query else ""),
        "cancel_href": listing.address(),
        "plural": module.plural.in_language(language),
        "shown": [{"path": path.text, "label": path_label(path, language)} for path in shown],
        "groups": [
            Group(label, [{"path": path.text, "label": path_label(path, language)} for path in paths])
            for label, found in _groups(call, module)
            if (paths := [path for path in found if path.text not in named])
        ],
    }
    return screen.draw_part(call, "pages/columns.html", "form", {"chooser": chooser}, module.key)


def _groups(call: Call, module: Module) -> Iterator[tuple[str, list[Path]]]:
    """The module's own fields, and those of each record that one of them points at."""
    language = call.actor.language
    own = list(_fields(call, module))
    yield module.label.in_language(language), [Path(each.key, (each,)) for each in own]
    for hop in own:
        target = call.live.catalog.modules.get(hop.targets[0]) if len(hop.targets) == 1 else None
        is_one = target is not None and not target.system and not call.live.types[hop.type].linked
        if target is not None and is_one:
            fields = _fields(call, target)
            yield (
                hop.label.in_language(language),
                [Path(f"{hop.key}.{each.key}", (hop, each)) for each in fields],
            )


def _fields(call: Call, module: Module) -> Iterator[Field]:
    numbered = module.numbering is not None
    for each in (
        *module.fields.values(),
        *(module.record_fields[key] for key in OWN if key in module.record_fields),
    ):
        if is_readable(call, each) and (each.key != "number" or numbered):
            yield each
