"""The files of a record: all that hang on its fields of files, with their size and who brought them."""

from typing import Any, cast

from runtime.fields.formats import Formats
from runtime.model.catalog import Block
from runtime.model.values import Ref
from runtime.storage.query import Query
from runtime.web.components.base import Component, Place
from runtime.web.pages.card import own_path

UNITS = ("B", "kB", "MB", "GB")


class Files(Component):
    """The files of every field of type ``files``."""

    name = "files"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """Each file once, in the order of the fields."""
        call, card = place.call, place.card
        fields = [field for field in card.module.fields.values() if field.targets == ("files",)]
        refs = {ref.id: (ref, field) for field in fields for ref in _refs(card.values.get(field.key))}
        own = call.live.catalog.modules["files"]
        keys = ("size", "created_at", "created_by")
        columns = tuple(own_path(found) for key in keys if (found := own.field(key)) is not None)
        query = Query("files", columns, limit=len(refs) or 1, ids=tuple(refs), deleted="any")
        with call.site.database.read() as connection:
            rows = call.live.reader.page(connection, query, call.moment).rows if refs else ()
        facts = {row.id: row.values for row in rows}
        return {
            "kind": "files",
            "key": block.key,
            "label": place.label(block) or call.translate("Files"),
            "files": [
                {
                    "title": ref.title,
                    "href": f"/app/files/{ref.id}/content",
                    "note": self._note(place, facts.get(ref.id)),
                    "field": field.label.in_language(call.actor.language) if len(fields) > 1 else "",
                }
                for ref, field in refs.values()
            ],
        }

    def _note(self, place: Place, facts: tuple[object, ...] | None) -> str:
        if facts is None:
            return ""
        size, created_at, created_by = cast(tuple[int, Any, Ref | None], facts)
        formats = place.call.formats
        parts = [size_text(size, formats), formats.datetime(created_at)]
        return " · ".join([*parts, created_by.title] if created_by is not None else parts)


def _refs(value: Any) -> tuple[Ref, ...]:
    if isinstance(value, Ref):
        return (value,)
    return cast(tuple[Ref, ...], value or ())


def size_text(size: int, formats: Formats) -> str:
    """A number of bytes for people: ``12 kB``."""
    amount, unit = size, 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = round(amount / 1000), unit + 1
    return f"{formats.integer(amount)} {UNITS[unit]}"
