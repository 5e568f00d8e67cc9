"""Finding records by words: in the text they keep, by trigrams, and through the relations a module is
searched by.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    union,
)

from runtime.expressions.text import folded
from runtime.model.catalog import Catalog, Field
from runtime.model.types import TEXT
from runtime.storage.searching import LEAST, own_search_fields, related_search_paths
from runtime.storage.tables import ModuleTable, Tables


class Finder:
    """Compiles the words that a person typed. Their number and lengths shape the statement; they are its
    parameters.
    """

    def __init__(self, catalog: Catalog, tables: Tables) -> None:
        self._catalog = catalog
        self._tables = tables
        self._sqlite = tables.dialect == "sqlite"

    def conditions(
        self, module: str, ids: ColumnElement[Any], words: Sequence[str]
    ) -> list[ColumnElement[bool]]:
        """One condition for each word; a module that is searched by nothing has none of its records found."""
        return [self._condition(module, ids, _Word(index, len(word))) for index, word in enumerate(words)]

    def parameters(self, words: Sequence[str]) -> dict[str, str]:
        """The words as parameters: as they are, and as the trigram index wants them."""
        values: dict[str, str] = {}
        for index, word in enumerate(words):
            values[f"word_{index}"] = word
            values[f"match_{index}"] = _phrase(word) if self._sqlite else _pattern(word)
        return values

    def _condition(self, module: str, ids: ColumnElement[Any], word: "_Word") -> ColumnElement[bool]:
        ways = [*self._own(module, word), *self._related(module, word)]
        if not ways:
            return literal_column("1") == literal_column("0")
        found: Any = ways[0] if len(ways) == 1 else union(*ways)
        if self._sqlite:
            return ids.in_(found)
        # The ids first, apart: else PostgreSQL may walk along the list's order and look into every record on
        # the way.
        first = found.cte(f"found_{word.index}").prefix_with("MATERIALIZED", dialect="postgresql")
        return ids.in_(select(first.c.id))

    def _own(self, module: str, word: "_Word") -> Iterator[Select[Any]]:
        # The ids of the records that have the word in their own text.
        kept = self._tables.module(module)
        if kept.search is None:
            return
        if self._sqlite and kept.search_index is not None and word.length >= LEAST:
            index = table(kept.search_index, column("rowid"), column(kept.search_index))
            yield select(index.c.rowid.label("id")).where(index.c[kept.search_index].op("MATCH")(word.match))
            return
        of, id_column = self._of(kept)
        yield select(id_column).where(self._has(of.c[kept.search.name], word))

    def _has(self, text: ColumnElement[Any], word: "_Word") -> ColumnElement[bool]:
        if self._sqlite:
            return func.instr(text, word.plain) > 0
        return text.like(word.match, escape="\\")

    def _related(self, module: str, word: "_Word") -> Iterator[Select[Any]]:
        for path in related_search_paths(self._catalog.modules[module]):
            if path.field.targets:
                for target in path.field.targets:
                    yield self._walk(path.fields, target, self._title_fields(target), word)
            elif path.field.value_type == TEXT:
                yield self._walk(path.hops, path.field.module, (path.field,), word)

    def _title_fields(self, module: str) -> tuple[Field, ...]:
        paths = (path for _, path in self._catalog.modules[module].title.parts)
        return tuple(path.field for path in paths if not path.hops and path.field.value_type == TEXT)

    def _walk(
        self, hops: tuple[Field, ...], module: str, fields: tuple[Field, ...], word: "_Word"
    ) -> Select[Any]:
        # The records, relation by relation, that lead to one that has the word in one of these fields.
        kept = self._tables.module(module)
        of, id_column = self._of(kept)
        inside = [self._has(folded(of.c[kept.columns[field.key][0].name]), word) for field in fields]
        found = select(id_column).where(
            or_(*inside) if inside else literal_column("1") == literal_column("0")
        )
        own = {field.key for field in own_search_fields(self._catalog.modules[module])}
        if own.issuperset(field.key for field in fields):  # then its own text has the word, too
            for quick in self._own(module, word):
                found = found.where(id_column.in_(quick))
        for hop in reversed(hops):
            kept = self._tables.module(hop.module)
            of, id_column = self._of(kept)
            found = select(id_column).where(of.c[kept.columns[hop.key][0].name].in_(found))
        return found

    def _of(self, kept: ModuleTable) -> tuple[Any, ColumnElement[Any]]:
        of = kept.table.alias()
        return of, of.c[kept.columns["id"][0].name]


class _Word:
    """A word's parameters."""

    def __init__(self, index: int, length: int) -> None:
        self.index = index
        self.length = length
        self.plain = bindparam(f"word_{index}", required=False, type_=Text)
        self.match = bindparam(f"match_{index}", required=False, type_=Text)


def _phrase(word: str) -> str:
    # In quotes, so that nothing in it is an operator of the index's own language.
    return '"' + word.replace('"', '""') + '"'


def _pattern(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
