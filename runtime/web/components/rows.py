"""The rows of a record, in order, as a table that is only read."""

from typing import Any

from runtime.model.catalog import Block
from runtime.web.components.base import Component, Place
from runtime.web.pages.card import own_path
from runtime.web.pages.list import columns
from runtime.web.pages.rows import rows_of


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
            "rows": [
                {
                    "cells": [
                        place.views.of(path.field, value)
                        for path, value in zip(paths, row.values, strict=True)
                    ]
                }
                for row in found.rows
            ],
            "totals": None,
            "note": call.translate("Only the first {n} rows are shown.").format(
                n=call.formats.integer(len(found.rows))
            )
            if found.more
            else "",
        }
