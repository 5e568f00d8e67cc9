"""A block of fields: labels and values."""

from typing import Any

from runtime.model.catalog import Block
from runtime.web.components.base import Component, Place
from runtime.web.views import path_label


class Fields(Component):
    """The fields of the record, and of records it points at."""

    name = "fields"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """Each field as a label and a value."""
        language = place.call.actor.language
        return {
            "kind": "fields",
            "key": block.key,
            "label": place.label(block),
            "columns": block.columns,
            "collapsed": block.collapsed,
            "fields": [
                place.views.of(
                    path.field, place.card.values[path.text], path_label(path, language), place.card.values
                )
                for path in block.fields
            ],
        }
