"""What stands above a list: the filters there are, which one it is, and what else the address asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from runtime.base.messages import Message
from runtime.model.catalog import Filter, Module
from runtime.records.filter_shelf import Shelf
from runtime.records.saved_filters import SavedFilter, may_change
from runtime.sites.opening import open_saved
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.filtering.words import sentences

if TYPE_CHECKING:
    from runtime.web.pages.list import Listing


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter of a list: the saved one that it is, if it is one, and what of that no longer fits.

    ``shelf`` has the filters that its reader may choose from beside those of the pack.
    """

    filter: Filter
    shelf: Shelf
    saved: SavedFilter | None = None
    troubles: tuple[Message, ...] = ()


def chosen_filter(call: Call, module: Module, key: str) -> Chosen:
    """The filter of a key; without one that which the reader's lists begin with, else the module's first."""
    with call.site.database.read() as connection:
        shelf = call.live.shelves.of(connection, call.actor, module.key)
    found = _found(call, module, key or shelf.begins, shelf)
    if key and found is None:
        raise not_found()
    # What the lists begin with may be gone, or no longer shared.
    return found or Chosen(next(iter(call.live.catalog.filters[module.key].values())), shelf)


def _found(call: Call, module: Module, key: str, shelf: Shelf) -> Chosen | None:
    of_pack = call.live.catalog.filters[module.key].get(key)
    if of_pack is not None:
        return Chosen(of_pack, shelf)
    saved = shelf.find(key)
    if saved is None and key:  # an admin may look at everybody's; a shelf has only so many
        with call.site.database.read() as connection:
            saved = call.live.saved_filters.find(connection, call.actor, module.key, key)
    if saved is None:
        return None
    opened = open_saved(call.live, saved)
    return Chosen(opened.filter, shelf, saved, opened.troubles)


def bar(call: Call, listing: "Listing") -> Mapping[str, Any]:
    """The parts of a list's context that stand above its rows."""
    module, saved, language = listing.module, listing.saved, call.actor.language
    mine, begins = listing.shelf.filters, listing.shelf.begins
    of_pack = [
        (each.key, each.label.in_language(language))
        for each in call.live.catalog.filters[module.key].values()
    ]
    tabs = [*of_pack, *((each.key, each.name) for each in mine)]
    if saved is not None and all(key != saved.key for key, _ in tabs):  # an admin looks at somebody's
        tabs.append((saved.key, saved.name))
    address = f"/app/{module.key}/filter"
    query = listing.address().partition("?")[2]
    return {
        "filters": [
            {
                "label": label,
                "href": f"/app/{module.key}?{urlencode({'filter': key})}",
                "active": key == listing.filter.key,
                "begins": key == begins,
                "count": None,
            }
            for key, label in tabs
        ],
        "filter_href": f"{address}?{query}" if query else address,
        "narrowed": sentences(call, module, listing.where) if listing.where else [],
        "widen_href": listing.address(where=None),
        "edit_filter_href": f"{address}?{urlencode({'filter': saved.key, '_edit': '1'})}"
        if saved is not None and may_change(call.actor, saved)
        else None,
        "begin": {
            "action": f"{address}/default",
            "filter": listing.filter.key,
            "is": listing.filter.key == begins,
        },
        "saved_name": saved.name if saved is not None else "",
        "troubles": [each.render(call.translate, language) for each in listing.troubles],
    }
