"""The files of a record: those that its fields hold and those that hang on it by themselves, and a place to
drop more.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from runtime.fields.formats import Formats
from runtime.model.catalog import Block, Field, Module
from runtime.model.values import Ref
from runtime.storage.query import MOST, Query
from runtime.web.components.base import Component, Place
from runtime.web.door import Call
from runtime.web.pages.card import own_path
from runtime.web.views import record_address

UNITS = ("B", "kB", "MB", "GB")


class Files(Component):
    """The files of any record, whatever fields its module has."""

    name = "files"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """Each file once: those of the fields in their order, then those that hang on the record itself."""
        call, card = place.call, place.card
        held = held_by(card.module, card.values)
        with call.site.database.read() as connection:
            alone = call.live.attachments.on(connection, card.id)
            facts = _facts(call, connection, [*(ref.id for ref, _ in held), *alone])
        several = len(fields_of(card.module)) > 1
        address = record_address(card.module.key, card.id)
        shown = [(ref.id, field) for ref, field in held] + [(file_id, None) for file_id in alone]
        return {
            "kind": "files",
            "key": block.key,
            "label": place.label(block) or call.translate("Files"),
            "upload": f"{address}/files" if place.may_update else None,
            "limit": call.site.settings.upload_bytes,
            "limit_text": size_text(call.site.settings.upload_bytes, call.formats),
            "errors": (),
            "files": [
                {
                    "title": facts[file_id][0],
                    "href": f"/app/files/{file_id}/content",
                    "note": self._note(place, facts[file_id][1:]),
                    "field": field.label.in_language(call.actor.language)
                    if several and field is not None
                    else "",
                    "remove": f"{address}/files/{file_id}/remove" if place.may_update else None,
                }
                for file_id, field in shown
                if file_id in facts
            ],
        }

    def _note(self, place: Place, facts: tuple[object, ...]) -> str:
        size, created_at, created_by = cast(tuple[int, Any, Ref | None], facts)
        formats = place.call.formats
        parts = [size_text(size, formats), formats.datetime(created_at)]
        return " · ".join([*parts, created_by.title] if created_by is not None else parts)


def fields_of(module: Module) -> list[Field]:
    """The fields that hold files."""
    return [field for field in module.fields.values() if field.targets == ("files",)]


def held_by(module: Module, values: Mapping[str, Any]) -> list[tuple[Ref, Field]]:
    """The files that the fields of a record hold, each once, in the order of the fields."""
    held: dict[int, tuple[Ref, Field]] = {}
    for field in fields_of(module):
        for ref in _refs(values.get(field.key)):
            held.setdefault(ref.id, (ref, field))
    return list(held.values())


def _refs(value: Any) -> tuple[Ref, ...]:
    if isinstance(value, Ref):
        return (value,)
    return cast(tuple[Ref, ...], value or ())


def _facts(call: Call, connection: Any, ids: Sequence[int]) -> Mapping[int, tuple[object, ...]]:
    """What each file is called, its size, and who brought it when: one statement."""
    if not ids:
        return {}
    own = call.live.catalog.modules["files"]
    keys = ("name", "size", "created_at", "created_by")
    columns = tuple(own_path(found) for key in keys if (found := own.field(key)) is not None)
    query = Query("files", columns, limit=MOST, ids=tuple(ids[:MOST]), deleted="any")
    return {row.id: row.values for row in call.live.reader.page(connection, query, call.moment).rows}


def size_text(size: int, formats: Formats) -> str:
    """A number of bytes for people: ``12 kB``."""
    amount, unit = size, 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = round(amount / 1000), unit + 1
    return f"{formats.integer(amount)} {UNITS[unit]}"
