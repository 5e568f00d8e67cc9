"""Finding records by words: in the text they keep, by trigrams, and through the relations a module is
searched by.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    column,
    false,
    func,
    or_,
    select,
    table,
    union,
)

from runtime.expressions.text import folded
from runtime.model.catalog import Catalog, Field, Path
from runtime.model.types import TEXT
from runtime.storage.order import literal_text
from runtime.storage.searching import LEAST, digits, own_search_fields, related_search_paths, words
from runtime.storage.sight import Sight
from runtime.storage.tables import ModuleTable, Tables


class Finder:
    """Compiles the words that a person typed. Their number and lengths shape the statement; they are its
    parameters.
    """

    def __init__(self, catalog: Catalog, tables: Tables, sight: Sight | None = None) -> None:
        """Relations are followed only where a ``sight`` shows all that they lead to."""
        self._sight = sight
        self._catalog = catalog
        self._tables = tables
        self._sqlite = tables.dialect == "sqlite"

    def conditions(
        self, module: str, joined: FromClause, ids: ColumnElement[Any], text: str
    ) -> list[ColumnElement[bool]]:
        """What must hold of the module's own table, as it is ``joined``, for a record to have every word of
        the text, or the telephone number that it is.

        A module that is searched by nothing has none of its records found.
        """
        found = self._every(module, joined, ids, words(text))
        kept = self._tables.module(module)
        if not digits(text) or kept.search is None:
            return found
        called = _Word("digits", LEAST)
        return [or_(and_(*found), self._among(ids, self._indexed(kept, [called]), called))]

    def _every(
        self, module: str, joined: FromClause, ids: ColumnElement[Any], words: Sequence[str]
    ) -> list[ColumnElement[bool]]:
        known = [_Word(index, len(word)) for index, word in enumerate(words)]
        if self._paths(module):
            return [self._anywhere(module, ids, word) for word in known]
        kept = self._tables.module(module)
        if kept.search is None:
            return [_NOWHERE] if known else []
        long = [word for word in known if word.length >= LEAST]
        found = [self._reads(joined.c[kept.search.name], word) for word in known if word.length < LEAST]
        if long:
            found.append(self._among(ids, self._indexed(kept, long), long[0]))
        return found

    def having(self, module: str, ids: ColumnElement[Any], texts: Sequence[str]) -> list[ColumnElement[bool]]:
        """What must hold of a record that has these texts, folded and long enough, in its search text."""
        kept = self._tables.module(module)
        if kept.search is None or not texts:
            return []
        found = [
            _Word(f"inside_{index}", len(text), text, self._match(text)) for index, text in enumerate(texts)
        ]
        return [self._among(ids, self._indexed(kept, found), found[0])]

    def _match(self, word: str) -> str:
        return as_phrase(word) if self._sqlite else as_pattern(word)

    def parameters(self, text: str) -> dict[str, str]:
        """The words of a text as parameters: as they are, and as the trigram index wants them."""
        values: dict[str, str] = {}
        for index, word in (*enumerate(words(text)), ("digits", digits(text))):
            values[f"word_{index}"] = word
            values[f"match_{index}"] = self._match(word)
        return values

    def _anywhere(self, module: str, ids: ColumnElement[Any], word: "_Word") -> ColumnElement[bool]:
        # The word in the record's own text, or in what a relation leads to.
        ways = [*self._own(module, word), *self._related(module, word)]
        return self._among(ids, ways[0] if len(ways) == 1 else union(*ways), word) if ways else _NOWHERE

    def _among(self, ids: ColumnElement[Any], found: Any, word: "_Word") -> ColumnElement[bool]:
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
        if word.length >= LEAST:
            yield self._indexed(kept, [word])
            return
        of, id_column = self._of(kept)
        yield select(id_column.label("id")).where(self._reads(of.c[kept.search.name], word))

    def _indexed(self, kept: ModuleTable, words: Sequence["_Word"]) -> Select[Any]:
        # The ids of the records that have all these words in their own text, by the trigram index.
        if kept.search_index is not None:
            index = table(kept.search_index, column("rowid"), column(kept.search_index))
            matching = [word.match for word in words]
            every = matching[0] if len(words) == 1 else _spaced(matching)
            return select(index.c.rowid.label("id")).where(index.c[kept.search_index].op("MATCH")(every))
        of, id_column = self._of(kept)
        text = of.c[kept.search.name] if kept.search is not None else literal_text("")
        return select(id_column.label("id")).where(*(text.like(word.match, escape="\\") for word in words))

    def _reads(self, text: ColumnElement[Any], word: "_Word") -> ColumnElement[bool]:
        # Looks into each text. The trigram index is no help for a short word, and would be asked by LIKE.
        position = func.instr(text, word.plain) if self._sqlite else func.strpos(text, word.plain)
        return position > 0

    def _related(self, module: str, word: "_Word") -> Iterator[Select[Any]]:
        for path in self._paths(module):
            if path.field.targets:
                for target in path.field.targets:
                    yield self._walk(path.fields, target, self._title_fields(target), word)
            elif path.field.value_type == TEXT:
                yield self._walk(path.hops, path.field.module, (path.field,), word)

    def _paths(self, module: str) -> tuple[Path, ...]:
        paths = related_search_paths(self._catalog.modules[module])
        return tuple(path for path in paths if self._is_seen(path))

    def _is_seen(self, path: Path) -> bool:
        sight = self._sight
        if sight is None:
            return True
        modules = {field.module for field in path.fields[1:]} | set(path.field.targets)
        titles = [field for target in path.field.targets for field in self._title_fields(target)]
        return all(sight.is_plain(field) for field in (*path.fields, *titles)) and all(
            module in sight.modules and sight.reach(module) is None for module in modules
        )

    def _title_fields(self, module: str) -> tuple[Field, ...]:
        paths = (path for _, path in self._catalog.modules[module].title.parts)
        return tuple(path.field for path in paths if not path.hops and path.field.value_type == TEXT)

    def _walk(
        self, hops: tuple[Field, ...], module: str, fields: tuple[Field, ...], word: "_Word"
    ) -> Select[Any]:
        # The records, relation by relation, that lead to one that has the word in one of these fields.
        kept = self._tables.module(module)
        of, id_column = self._of(kept)
        inside = [self._reads(folded(of.c[kept.of(field)[0].name]), word) for field in fields]
        found = select(id_column).where(or_(*inside) if inside else _NOWHERE)
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


def _spaced(matching: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    # Phrases of the index's own language with spaces between them: all must match.
    whole = matching[0]
    for each in matching[1:]:
        whole = whole.op("||")(literal_text(" ")).op("||")(each)
    return whole


_NOWHERE = false()


class _Word:
    """A word's parameters; they have values already where the word is a part of the statement's shape."""

    def __init__(
        self, index: int | str, length: int, plain: str | None = None, match: str | None = None
    ) -> None:
        self.index = index
        self.length = length
        self.plain = bindparam(f"word_{index}", plain, required=False, type_=Text)
        self.match = bindparam(f"match_{index}", match, required=False, type_=Text)


def as_phrase(word: str) -> str:
    """A word in quotes, so that nothing in it is an operator of the index's own language."""
    return '"' + word.replace('"', '""') + '"'


def as_pattern(word: str) -> str:
    """A pattern of LIKE that finds the word anywhere."""
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
