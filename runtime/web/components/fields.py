"""A block of fields: labels and values."""

from collections.abc import Mapping
from typing import Any

from runtime.model.catalog import Block, Path
from runtime.web.components.base import Component, Place
from runtime.web.pages import explain
from runtime.web.pages.editing import is_editable
from runtime.web.views import FieldView, path_label, record_address


class Fields(Component):
    """The fields of the record, and of records it points at."""

    name = "fields"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """Each field as a label and a value."""
        language = place.call.actor.language
        explained = explain.addresses(place.card.module, place.card.id)
        return {
            "kind": "fields",
            "key": block.key,
            "label": place.label(block),
            "columns": block.columns,
            "collapsed": block.collapsed,
            "fields": [
                self._field(place, path, language, explained)
                for path in block.fields
                if path.hops or path.field.key not in place.states.hidden
            ],
        }

    def _field(self, place: Place, path: Path, language: str, explained: Mapping[str, str]) -> FieldView:
        card = place.card
        view = place.views.of(path.field, card.values[path.text], path_label(path, language), card.values)
        own = not path.hops and path.attribute is None
        locked = path.field.key in place.states.readonly
        if own and not locked and place.may_update and is_editable(place.call, card.module, path.field):
            view.edit = f"{record_address(card.module.key, card.id)}/field/{path.field.key}"
        if own:
            view.explain = explained.get(path.field.key)
        return view
