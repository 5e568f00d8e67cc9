"""Looking up: the records of a module that a few typed words lead to, in one bounded statement.

A list's search finds every record, through relations too, and costs what that costs. A look-up stands behind
a box that people type into, over every module at once: it looks into the records' own texts alone, at no more
than the newest so many of them, and gives the best first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    column,
    func,
    literal,
    or_,
    select,
    table,
    union,
)

from runtime.expressions.moment import Moment
from runtime.storage.cells import CellMaker, TitleCell
from runtime.storage.converting import Selection
from runtime.storage.finding import as_pattern, as_phrase
from runtime.storage.links import no_links
from runtime.storage.prepared import Prepared
from runtime.storage.query import Query
from runtime.storage.searching import BETWEEN, LEAST, digits, words
from runtime.storage.statement import Statements
from runtime.storage.tables import ModuleTable

NEWEST = 1000
"""Of the records that the index finds, so many of the newest are looked at."""
READ = 10_000
"""Of the records that no index finds (each word is too short), so many of the newest are read."""
BEST = 100
"""Of the records that begin with the first word, so many of the newest are looked at before all others."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed, made ready.

    ``number`` is the whole text, for a record's number is found by itself. ``digits`` are those of a
    telephone number. ``starts`` says that a word must begin where a word of the record begins.
    """

    number: str
    words: tuple[str, ...]
    digits: str
    starts: bool

    @classmethod
    def of(cls, text: str, starts: bool = False) -> "Typed":
        """Read a text."""
        number = " ".join(text.replace("\0", " ").split())
        return cls(number, words(number), digits(number), starts)

    @property
    def quick(self) -> tuple[int, ...]:
        """The places of the words that the index knows."""
        return tuple(place for place, word in enumerate(self.words) if len(word) >= LEAST)


class Hit(NamedTuple):
    """A record that was found: what it is called, and its number ('' where its module gives none)."""

    id: int
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The best records of a module, and how many there are; ``capped`` when there may be more than ``n``."""

    module: str
    hits: tuple[Hit, ...]
    n: int
    capped: bool


@dataclass(frozen=True, slots=True)
class _Looked:
    statement: Prepared
    title: TitleCell
    number: int | None
    n: int


class Lookups:
    """Compiles and runs look-ups."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._parts = statements.parts
        self._sqlite = self._parts.tables.dialect == "sqlite"

    def run(
        self, connection: Connection, query: Query, typed: Typed, moment: Moment, shown: int, cap: int
    ) -> Hits:
        """The first ``shown`` of a module's records that have the words; counting stops at ``cap``."""
        kept = self._parts.tables.module(query.module)
        if kept.search is None or not typed.words:
            return Hits(query.module, (), 0, False)
        kind = ("look up", len(typed.words), typed.quick, bool(typed.digits), typed.starts)
        found: _Looked | None = self._statements.remembered.get((kind, self._statements.shape(query, moment)))
        if found is None:
            watched = self._statements.watched(query, moment)
            found = self._compile(connection, query, kept, typed, watched.moment)
            watched.remember(kind, found)
        given = found.statement.run(connection, {**self._values(typed), "cap": cap + 1, "shown": shown})
        if not given:
            return Hits(query.module, (), 0, False)
        titles = found.title.read(given, no_links)
        numbers = given[found.number] if found.number is not None else [""] * len(titles)
        ids = given[found.title.id_place]
        hits = tuple(
            Hit(id_, title, number or "") for id_, title, number in zip(ids, titles, numbers, strict=True)
        )
        n = int(given[found.n][0])
        return Hits(query.module, hits, min(n, cap), n > cap)

    def _compile(
        self, connection: Connection, query: Query, kept: ModuleTable, typed: Typed, moment: Moment
    ) -> _Looked:
        best = self._best(query, kept, typed, moment).subquery("best")
        joins, selection = self._statements.joins(query.module, moment, "u"), Selection()
        parts = self._parts
        maker = CellMaker(parts.catalog, parts.types, parts.formats, joins, selection)
        title = maker.title((), query.module)
        number = (
            selection.add(joins.root.c[kept.columns["number"][0].name]) if self._numbered(query) else None
        )
        n = selection.add(best.c.n)
        own_id = joins.id(joins.root, query.module)
        statement = (
            select(*(each.label(f"c{index}") for index, each in enumerate(selection.columns)))
            .select_from(joins.joined_to(best.join(joins.root, own_id == best.c.id)))
            .order_by(best.c.place, best.c.id.desc())
        )
        return _Looked(Prepared(statement, connection.dialect), title, number, n)

    def _best(self, query: Query, kept: ModuleTable, typed: Typed, moment: Moment) -> Select[Any]:
        # The ids of the best records that the asker may read, in their order, with the number of all.
        joins = self._statements.joins(query.module, moment)
        root, own_id = joins.root, joins.id(joins.root, query.module)
        assert kept.search is not None
        text = root.c[kept.search.name]
        places, fits = [(self._begins(text), 1)], self._fits(text, typed)
        if self._is_partial(query.module):
            # The text holds what is hidden: what is found in it must stand in what is seen, too.
            assert self._statements.seen_texts is not None
            again = self._statements.seen_texts.with_words(query.module, joins, len(typed.words))
            places, fits = [], and_(self._fits(text, replace(typed, starts=False)), *again)
        if self._numbered(query):
            named = self._named(root, kept)
            places, fits = [(named, 0), *places], or_(named, fits)
        place = (case(*places, else_=2) if places else literal(2)).label("place")
        conditions = self._statements.conditions(query, joins, moment)
        found = union(*(select(each.c.id) for each in self._candidates(query, kept, typed))).subquery("found")
        all_ = (
            select(own_id.label("id"), place)
            .select_from(joins.joined_to(found.join(root, own_id == found.c.id)))
            .where(fits, *conditions)
            .order_by(place, own_id.desc())
            .limit(_number("cap"))
            .subquery("ranked")
        )
        return (
            select(all_.c.id, all_.c.place, func.count().over().label("n"))
            .order_by(all_.c.place, all_.c.id.desc())
            .limit(_number("shown"))
        )

    def _candidates(self, query: Query, kept: ModuleTable, typed: Typed) -> list[Any]:
        # Where the hits are among: few enough to look at each.
        assert kept.search is not None
        found: list[Any] = []
        if self._numbered(query):
            of, id_column, _ = self._of(kept)
            found.append(select(id_column.label("id")).where(self._named(of, kept)).limit(literal(BEST)))
        if not typed.quick and not typed.digits:
            of, id_column, deleted = self._of(kept)
            newest = select(id_column.label("id"), of.c[kept.search.name].label("text")).where(
                deleted.is_(None)
            )
            read = newest.order_by(id_column.desc()).limit(literal(READ)).subquery()
            fitting = select(read.c.id).where(self._fits(read.c.text, typed))
            found.append(fitting.order_by(read.c.id.desc()).limit(literal(NEWEST)))
        elif kept.search_index is not None:
            found.append(self._matching(kept.search_index, "match", NEWEST))
            if typed.quick[:1] == (0,) and not typed.starts:
                found.append(self._matching(kept.search_index, "match_first", BEST))
        else:
            of, id_column, deleted = self._of(kept)
            text = of.c[kept.search.name]
            fitting = select(id_column.label("id")).where(self._like(text, typed), deleted.is_(None))
            found.append(fitting.order_by(id_column.desc()).limit(literal(NEWEST)))
            if typed.quick[:1] == (0,) and not typed.starts:
                first = fitting.where(self._begins_like(text))
                found.append(first.order_by(id_column.desc()).limit(literal(BEST)))
        return [each.subquery() for each in found]

    def _matching(self, name: str, parameter: str, most: int) -> Select[Any]:
        # The index gives them one by one, so this reads no more than it keeps.
        index = table(name, column("rowid"), column(name))
        return (
            select(index.c.rowid.label("id"))
            .where(index.c[name].op("MATCH")(_text(parameter)))
            .order_by(index.c.rowid.desc())
            .limit(literal(most))
        )

    def _fits(self, text: ColumnElement[Any], typed: Typed) -> ColumnElement[bool]:
        inside = [self._has(text, f"word_{place}", typed.starts) for place in range(len(typed.words))]
        fits = and_(*inside)
        return or_(fits, self._has(text, "digits", False)) if typed.digits else fits

    def _has(self, text: ColumnElement[Any], parameter: str, starts: bool) -> ColumnElement[bool]:
        if not starts:
            return self._position(text, _text(parameter)) > 0
        spaced = func.replace(text, literal(BETWEEN), literal(" "))
        return self._position(literal(" ").op("||")(spaced), literal(" ").op("||")(_text(parameter))) > 0

    def _begins(self, text: ColumnElement[Any]) -> ColumnElement[bool]:
        # Whether one of the record's fields begins with the first word.
        lines = literal(BETWEEN).op("||")(text)
        return self._position(lines, literal(BETWEEN).op("||")(_text("word_0"))) > 0

    def _position(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[int]:
        return func.instr(text, part) if self._sqlite else func.strpos(text, part)

    def _like(self, text: ColumnElement[Any], typed: Typed) -> ColumnElement[bool]:
        # What PostgreSQL's trigram index is asked; the words that it does not know are looked for afterwards.
        every: list[ColumnElement[bool]] = []
        for place in typed.quick:
            every.append(text.like(_text(f"inside_{place}"), escape="\\"))
            if typed.starts:
                every.append(or_(*(text.like(_text(f"{form}_{place}"), escape="\\") for form in _STARTS)))
        digits = [text.like(_text("inside_digits"), escape="\\")] if typed.digits else []
        return or_(*([and_(*every)] if every else []), *digits)

    def _begins_like(self, text: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*(text.like(_text(f"{form}_0"), escape="\\") for form in ("first", "line")))

    def _named(self, of: Any, kept: ModuleTable) -> ColumnElement[bool]:
        number = of.c[kept.columns["number"][0].name]
        return or_(number == _text("number"), number == _text("capitals"))

    def _is_partial(self, module: str) -> bool:
        seen = self._statements.seen_texts
        return seen is not None and seen.is_partial(module)

    def _numbered(self, query: Query) -> bool:
        return self._parts.catalog.modules[query.module].numbering is not None

    def _of(self, kept: ModuleTable) -> tuple[Any, ColumnElement[Any], ColumnElement[Any]]:
        of = kept.table.alias()
        return of, of.c[kept.columns["id"][0].name], of.c[kept.columns["deleted_at"][0].name]

    def _values(self, typed: Typed) -> Mapping[str, object]:
        values: dict[str, object] = {
            "number": typed.number,
            "capitals": typed.number.upper(),
            "digits": typed.digits,
            "inside_digits": as_pattern(typed.digits),
        }
        for place, word in enumerate(typed.words):
            plain = as_pattern(word)
            values[f"word_{place}"] = word
            values[f"inside_{place}"] = plain
            values[f"first_{place}"] = plain[1:]
            values[f"line_{place}"] = f"%{BETWEEN}{plain[1:]}"
            values[f"space_{place}"] = f"% {plain[1:]}"
        if self._sqlite:
            every = [_phrases(typed.words[place], typed.starts) for place in typed.quick]
            values["match"] = _either(" AND ".join(every), as_phrase(typed.digits) if typed.digits else "")
            first = [_begun(typed.words[0])] if typed.words else []
            values["match_first"] = " AND ".join([*first, *every[1:]])
        return values


_STARTS = ("first", "line", "space")
"""Where a word may begin: the text, a field, after a space."""


def _phrases(word: str, starts: bool) -> str:
    return f"({_begun(word)} OR {as_phrase(' ' + word)})" if starts else as_phrase(word)


def _begun(word: str) -> str:
    return f"(^{as_phrase(word)} OR {as_phrase(BETWEEN + word)})"


def _either(one: str, other: str) -> str:
    return f"({one}) OR {other}" if one and other else one or other


def _text(name: str) -> ColumnElement[str]:
    return bindparam(name, required=False, type_=Text)


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, required=False, type_=Integer)
