"""A related list: the records that hang on this one, in pages of their own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from runtime.model.catalog import Block, Collection, Path
from runtime.records.linking import MANY
from runtime.storage.query import Page, Query, Row
from runtime.web.cells import Cell
from runtime.web.components.base import Component, Place
from runtime.web.pages.list import CAP, columns, count_text, rows
from runtime.web.pages.rows import hanging_on
from runtime.web.table import Column
from runtime.web.views import record_address

SIZE = 10
LINK = "link."
"""What the path of a link's own attribute begins with; no field is called so."""


class Related(Component):
    """The records of an inverse relation, or the links of a relations field."""

    name = "related"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """One page of the list; its cursor lives in the address under the block's own name."""
        call, card = place.call, place.card
        collection = card.module.collections[block.collection or ""]
        module = call.live.catalog.modules[collection.target]
        paths = self._columns(place, block, collection)
        hanging = hanging_on(call, collection, card.id)
        query = Query(
            module=module.key,
            columns=tuple(path for path in paths if not _is_of_link(path)),
            where=((block.where,) if block.where is not None else ()) + hanging.where,
            sort=block.sort,
            limit=SIZE,
            after=call.query(f"{block.key}.after") or None,
            backwards=bool(call.query(f"{block.key}._back")),
            ids=hanging.ids,
            this=hanging.this,
        )
        with call.site.database.read() as connection:
            page = call.live.reader.page(connection, query, call.moment)
            count = call.live.reader.count(connection, query, call.moment, cap=CAP)
        page = self._with_links(place, collection, paths, page)
        pager = None
        if page.next or page.previous:
            pager = {
                "label": call.translate("Pages"),
                "text": count_text(call, len(page.rows), count),
                "sizes": (),
                "prev": _address(place, block, page.previous, backwards=True) if page.previous else None,
                "next": _address(place, block, page.next) if page.next else None,
            }
        label = place.label(block)
        return {
            "kind": "related",
            "key": block.key,
            "label": label,
            "count": call.formats.integer(count.n) + ("+" if count.capped else ""),
            "shows": module.key,
            "icon": module.icon,
            "new_href": self._new(place, block, collection),
            "link_href": self._link(place, block, collection),
            "list": self._table(place, block, collection, paths, page) | {"label": label, "pager": pager},
        }

    def _table(
        self, place: Place, block: Block, collection: Collection, paths: tuple[Path, ...], page: Page
    ) -> dict[str, Any]:
        """The table; its last column takes a record out, where records belong to several and one may."""
        call = place.call
        heads = columns(call, place.views, paths, block.sort, None)
        drawn = rows(place.views, call.live.catalog.modules[collection.target], paths, page)
        if collection.kind in MANY and self._link(place, block, collection):
            address = f"{record_address(place.card.module.key, place.card.id)}/unlink/{collection.key}"
            heads.append(Column(call.translate("Unlink"), "unlink"))
            out = call.translate("Take it out")
            drawn = [
                replace(each, cells=[*each.cells, Cell(None, out, f"{address}/{row.id}")])
                for row, each in zip(page.rows, drawn, strict=True)
            ]
        return {"columns": heads, "rows": drawn, "empty": call.translate("None yet.")}

    def _columns(self, place: Place, block: Block, collection: Collection) -> tuple[Path, ...]:
        if block.columns_shown:
            return block.columns_shown
        listed = place.call.live.catalog.layouts[collection.target].list
        return tuple(path for path in listed if path.text != collection.via)

    def _with_links(self, place: Place, collection: Collection, paths: Sequence[Path], page: Page) -> Page:
        """The page with what the links themselves say in the columns that ask for it."""
        if not page.rows or not any(map(_is_of_link, paths)):
            return page
        call, here = place.call, (place.card.id,)
        there = tuple(row.id for row in page.rows)
        is_own = collection.kind == "links"
        holder = call.live.catalog.modules[collection.module if is_own else collection.target]
        sources, targets = (here, there) if is_own else (there, here)
        with call.site.database.read() as connection:
            said = call.live.reader.link_attributes(
                connection, holder.fields[collection.via], sources, targets
            )
        rows = []
        for row in page.rows:
            own = iter(row.values)
            link = said.get((*here, row.id) if is_own else (row.id, *here), {})
            values = (link.get(path.field.key) if _is_of_link(path) else next(own) for path in paths)
            rows.append(Row(row.id, tuple(values)))
        return replace(page, rows=tuple(rows))

    def _new(self, place: Place, block: Block, collection: Collection) -> str | None:
        """A dialog for a new record of the list's module, which hangs on this one from the beginning."""
        if not _may(place, block, "new", collection.target, "create"):
            return None
        if collection.kind != "links":
            return f"/app/{collection.target}/create?{urlencode({collection.via: place.card.id})}"
        to = f"{place.card.module.key}/{place.card.id}/{collection.key}"
        return f"/app/{collection.target}/create?{urlencode({'_to': to})}"

    def _link(self, place: Place, block: Block, collection: Collection) -> str | None:
        """A dialog in which a record that is there is chosen."""
        changed = place.card.module.key if collection.kind == "links" else collection.target
        if not _may(place, block, "link", changed, "update"):
            return None
        return f"{record_address(place.card.module.key, place.card.id)}/link/{collection.key}"


def _may(place: Place, block: Block, action: str, module: str, right: str) -> bool:
    judge, actor = place.call.live.judge, place.call.actor
    return action in block.actions and not place.card.deleted and judge.may(actor, module, right).allowed


def _is_of_link(path: Path) -> bool:
    return path.text.startswith(LINK)


def _address(place: Place, block: Block, cursor: str | None, backwards: bool = False) -> str:
    parameters = {"tab": place.call.query("tab"), f"{block.key}.after": cursor or ""}
    if backwards:
        parameters[f"{block.key}._back"] = "1"
    given = {name: value for name, value in parameters.items() if value}
    return f"{record_address(place.card.module.key, place.card.id)}?{urlencode(given)}"
