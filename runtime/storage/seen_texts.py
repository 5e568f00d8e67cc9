"""Searching with a sight: a record's search text may hold what is hidden, so its words are looked for again
in what is seen.
"""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, false, func, or_

from runtime.expressions.text import folded
from runtime.model.catalog import Catalog, Field
from runtime.model.types import TEXT
from runtime.storage.joins import Joins
from runtime.storage.searching import own_search_fields, words
from runtime.storage.sight import Sight
from runtime.storage.tables import Tables


class SeenTexts:
    """Conditions on the texts that are seen. The catalog is the whole one: it says what search texts hold."""

    def __init__(self, sight: Sight, catalog: Catalog, tables: Tables) -> None:
        self._sight = sight
        self._catalog = catalog
        self._sqlite = tables.dialect == "sqlite"

    def is_partial(self, module: str) -> bool:
        """Whether the search text of a module's records holds what is hidden, of some record at least."""
        fields = own_search_fields(self._catalog.modules[module])
        return not all(self._sight.is_plain(field) for field in fields)

    def with_every_word(self, module: str, joins: Joins, text: str) -> list[ColumnElement[bool]]:
        """What must hold, beside the search itself, for a record to have each word in a text that is seen."""
        return self.with_words(module, joins, len(words(text))) if self.is_partial(module) else []

    def with_words(self, module: str, joins: Joins, count: int) -> list[ColumnElement[bool]]:
        """The same for so many words, which are the parameters ``word_0`` and so on."""
        fields = own_search_fields(self._catalog.modules[module])
        texts = [field for field in fields if field.value_type == TEXT]
        return [and_(*(self._has(texts, joins, index) for index in range(count)))]

    def _has(self, fields: list[Field], joins: Joins, index: int) -> ColumnElement[bool]:
        word: ColumnElement[Any] = bindparam(f"word_{index}", required=False, type_=Text)
        position = func.instr if self._sqlite else func.strpos
        found = [position(folded(joins.columns((field,))[0]), word) > 0 for field in fields]
        return or_(*found) if found else false()
