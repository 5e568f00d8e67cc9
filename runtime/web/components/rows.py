"""The rows of a record, in order, as a table that is only read."""

from collections.abc import Sequence
from typing import Any

from runtime.model.catalog import Block, Module, Path
from runtime.storage.query import Row
from runtime.web.components.base import Component, Place
from runtime.web.pages import explain
from runtime.web.pages.card import own_path
from runtime.web.pages.list import columns
from runtime.web.pages.rows import rows_of
from runtime.web.views import FieldView


class Rows(Component):
    """Child records that are edited inside the card."""

    name = "rows"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """Every row with every field, in the order of their position."""
        call = place.call
        card = place.card
        collection = card.module.collections[block.collection or ""]
        module = call.live.catalog.modules[collection.target]
        paths = block.columns_shown or tuple(own_path(field) for field in module.fields.values())
        found = rows_of(call, collection, card.id, paths, deleted=card.deleted)
        return {
            "kind": "rows",
            "key": block.key,
            "label": place.label(block),
            "columns": columns(call, place.views, paths, (), None),
            "rows": [{"cells": _cells(place, module, paths, row)} for row in found.rows],
            "totals": None,
            "note": call.translate("Only the first {n} rows are shown.").format(
                n=call.formats.integer(len(found.rows))
            )
            if found.more
            else "",
        }


def _cells(place: Place, module: Module, paths: Sequence[Path], row: Row) -> list[FieldView]:
    """The values of a row, each with the way to how it came about where it was worked out."""
    explained = explain.addresses(module, row.id)
    cells: list[FieldView] = []
    for path, value in zip(paths, row.values, strict=True):
        view = place.views.of(path.field, value)
        view.explain = None if path.hops or path.attribute else explained.get(path.field.key)
        cells.append(view)
    return cells
