"""The reader: the one query's door. Pages, counts and groups of one snapshot's records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from sqlalchemy import Connection, Integer, bindparam, func, select

from runtime.base.registry import Registry
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.tree import Aggregate as Related
from runtime.fields.base import FieldType
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog, Expression, Field, Path
from runtime.model.values import Pointer, Ref
from runtime.storage.aggregates import AggregateReader, Found
from runtime.storage.cells import Cell, CellMaker
from runtime.storage.converting import Selection
from runtime.storage.cursor import MESSAGE, Place, list_mark, read_cursor, write_cursor
from runtime.storage.errors import InvalidCursorError
from runtime.storage.grouping import Grouping
from runtime.storage.links import LinkReader
from runtime.storage.lookup import Hits, Lookups, Typed
from runtime.storage.owned import Owned, OwnedRecords
from runtime.storage.prepared import Given, Prepared
from runtime.storage.query import MOST, Aggregate, Count, Group, Page, Query, Row
from runtime.storage.shown import shown_sql
from runtime.storage.sight import Sight
from runtime.storage.sort import Order, OrderMaker
from runtime.storage.statement import Parts, Statements
from runtime.storage.tables import Tables


@dataclass(frozen=True, slots=True)
class Listing:
    """A list compiled for one part of its order, before or behind a place or from its end."""

    statement: Prepared
    cells: tuple[Cell, ...]
    key_places: tuple[int, ...]


class Reader:
    """Reads the records of one snapshot. Threads share it; a statement is compiled once for each shape of
    query.
    """

    def __init__(
        self,
        catalog: Catalog,
        tables: Tables,
        types: Registry[FieldType],
        language: Language,
        formats: Formats,
        sight: Sight | None = None,
    ) -> None:
        """``formats`` writes what a record's title has of numbers and dates: the site's own language. Without
        a ``sight`` everything is seen.
        """
        self._parts = Parts(catalog, tables, types, language, formats, sight)
        self._statements = Statements(self._parts)
        self._links = LinkReader(self._statements)
        self._grouping = Grouping(self._statements)
        self._lookups = Lookups(self._statements)
        self._owned = OwnedRecords(self._statements)
        self._aggregates = AggregateReader(self._statements)

    @property
    def is_narrowed(self) -> bool:
        """Whether it shows no more than somebody may see."""
        return self._parts.sight is not None

    def shows_some(self, module: str) -> bool:
        """Whether there may be records of a module that it does not show."""
        sight = self._parts.sight
        return sight is not None and (module not in sight.modules or module in sight.rows)

    def page(self, connection: Connection, query: Query, moment: Moment) -> Page:
        """A page of records.

        It costs one statement, a second at the border to the records whose first sort key is empty, and one
        for each column of many links. Raises :class:`InvalidCursorError` and :class:`UnsortableError`.
        """
        order = self._order(query, moment)
        named = [f"{'-' if key.descending else ''}{key.path.text}" for key in query.sort]
        mark = list_mark(query.module, named)
        types = [key.column.type for key in order.keys]
        place = None if query.after is None else read_cursor(query.after, mark, types)
        limit = max(1, min(query.limit, MOST))
        if place is not None:
            _check(place, order)
        rows, places, more = self._rows(connection, query, moment, order, place, limit)
        if not rows:
            return Page((), None, None)
        ahead, behind = (more, place is not None) if not query.backwards else (place is not None, more)
        return Page(
            rows,
            write_cursor(places[-1], mark) if ahead else None,
            write_cursor(places[0], mark) if behind else None,
        )

    def count(self, connection: Connection, query: Query, moment: Moment, cap: int | None = 1000) -> Count:
        """How many records a query finds, whatever its page. ``cap`` is where counting stops; None counts
        all.
        """
        kind, asking = ("count", cap is None), moment
        moment = self._statements.for_anybody(query, moment)
        prepared = self._statements.remembered.get((kind, self._statements.shape(query, moment)))
        if prepared is None:
            watched = self._statements.watched(query, moment)
            joins = self._statements.joins(query.module, watched.moment)
            conditions = self._statements.conditions(query, joins, watched.moment)
            if cap is None:
                statement = select(func.count()).select_from(joins.source).where(*conditions)
            else:
                own_id = joins.id(joins.root, query.module)
                found = select(own_id).select_from(joins.source).where(*conditions)
                limited = found.limit(bindparam("cap", required=False, type_=Integer)).subquery()
                statement = select(func.count()).select_from(limited)
            prepared = Prepared(statement, connection.dialect)
            watched.remember(kind, prepared)
        parameters = self._statements.parameters(query, asking) | {"cap": None if cap is None else cap + 1}
        n = int(prepared.run(connection, parameters)[0][0])
        return Count(n, False) if cap is None or n <= cap else Count(cap, True)

    def meeting(self, connection: Connection, query: Query, moment: Moment) -> set[int]:
        """The ids of the records that a query finds, all of them in one statement: give it ids to look
        among.
        """
        asking, moment = moment, self._statements.for_anybody(query, moment)
        prepared = self._statements.remembered.get(("meeting", self._statements.shape(query, moment)))
        if prepared is None:
            watched = self._statements.watched(query, moment)
            joins = self._statements.joins(query.module, watched.moment)
            conditions = self._statements.conditions(query, joins, watched.moment)
            own_id = joins.id(joins.root, query.module)
            statement = select(own_id).select_from(joins.source).where(*conditions)
            prepared = Prepared(statement, connection.dialect)
            watched.remember("meeting", prepared)
        given = prepared.run(connection, self._statements.parameters(query, asking))
        return set(given[0]) if given else set()

    def group(
        self,
        connection: Connection,
        query: Query,
        by: Sequence[Path],
        values: Sequence[Aggregate],
        moment: Moment,
    ) -> list[Group]:
        """What the records of a query have in common, and values over each group.

        ``by`` may be empty: then there is one group of all (none at all when money is added up over no
        record). The order is that of the first key, empties last; the query's own sort and page say nothing
        here.
        """
        return self._grouping.run(connection, query, tuple(by), tuple(values), moment)

    def look_up(
        self, connection: Connection, query: Query, typed: Typed, moment: Moment, shown: int, cap: int = 100
    ) -> Hits:
        """The best ``shown`` of the records that have the words of what was typed, in one statement.

        The query's module and rights count, its sort and page do not. Counting stops at ``cap``.
        """
        return self._lookups.run(connection, query, typed, moment, shown, cap)

    def owned(
        self, connection: Connection, queries: Sequence[Query], owner: int, moment: Moment, limit: int
    ) -> list[Owned]:
        """The records of these modules that one owner has, the latest change first, in one statement."""
        return self._owned.run(connection, queries, owner, moment, limit)

    def aggregates(
        self,
        connection: Connection,
        module: str,
        ids: Sequence[int],
        aggregates: Sequence[Related],
        moment: Moment,
    ) -> Found:
        """The values of expressions' aggregates for these records, by id and by the aggregate's key.

        One statement for all of them; they go into a record's plain data under ``AGGREGATES``.
        """
        return self._aggregates.fetch(connection, module, ids, aggregates, moment)

    def looked_over(
        self,
        connection: Connection,
        module: str,
        record_id: int,
        aggregate: Related,
        moment: Moment,
        most: int = MOST,
    ) -> list[int]:
        """The ids of the records that an aggregate of one record looks over, in its order, up to ``most``."""
        return self._aggregates.over(connection, module, record_id, aggregate, moment, most)

    def shown_sql(self, connection: Connection, module: str, expression: Expression, moment: Moment) -> str:
        """The SQL of an expression on this database, for a person to read."""
        return shown_sql(connection, self._parts, module, expression, moment)

    def titles(
        self, connection: Connection, module: str, ids: Sequence[int], moment: Moment | None = None
    ) -> Mapping[int, str]:
        """What these records of a module are called, the deleted ones too; none of those that are not seen.

        A reader with a sight needs the ``moment``, which says who asks.
        """
        return self._links.titles(connection, module, ids, moment)

    def link_attributes(
        self, connection: Connection, field: Field, sources: Sequence[int], targets: Sequence[int]
    ) -> Mapping[tuple[int, int], Mapping[str, object]]:
        """The attributes of the links of a field between these records, by the two ids."""
        return self._links.attributes(connection, field, sources, targets)

    def _order(self, query: Query, moment: Moment) -> Order:
        # Only its form is asked for: how many keys, of which types, in how many parts.
        moment = self._statements.for_anybody(query, moment)
        asked = tuple((each.path.text, each.descending) for each in query.sort)
        key = self._statements.key_at(("order", query.module, asked), moment)

        def make() -> Order:
            joins = self._statements.joins(query.module, moment)
            return OrderMaker(self._parts.catalog, self._parts.types, joins).order(query.sort, query.module)

        return self._statements.remembered.keep(key, make)

    def _rows(
        self,
        connection: Connection,
        query: Query,
        moment: Moment,
        order: Order,
        place: Place | None,
        limit: int,
    ) -> tuple[tuple[Row, ...], list[Place], bool]:
        # One row more than the page has is asked for: it tells whether there is another page.
        rows: list[Row] = []
        places: list[Place] = []
        parts = range(len(order.parts))
        for part in reversed(parts) if query.backwards else parts:
            if place is not None and (part > place.part if query.backwards else part < place.part):
                continue
            here = place if place is not None and part == place.part else None
            listing = self._listing(connection, query, moment, part, here)
            parameters = self._statements.parameters(query, moment)
            parameters["page_limit"] = limit + 1 - len(rows)
            if here is not None:
                parameters.update({f"key_{index}": value for index, value in enumerate(here.keys)})
                parameters["key_id"] = here.id
            given = listing.statement.run(connection, parameters)
            if given:
                rows.extend(self._made(connection, listing, given, moment))
                empty = repeat((), len(given[0]))
                keys = zip(*(given[at] for at in listing.key_places), strict=True) if order.keys else empty
                places.extend(Place(part, key, id_) for key, id_ in zip(keys, given[0], strict=False))
            if len(rows) > limit:
                break
        more = len(rows) > limit
        rows, places = rows[:limit], places[:limit]
        if query.backwards:
            rows.reverse()
            places.reverse()
        return tuple(rows), places, more

    def _made(self, connection: Connection, listing: Listing, given: Given, moment: Moment) -> list[Row]:
        def fetch(field: Field, owners: Sequence[int | Pointer | None]) -> Mapping[int, tuple[Ref, ...]]:
            return self._links.fetch(connection, field, owners, moment)

        if not listing.cells:
            return [Row(id_, ()) for id_ in given[0]]
        columns = [cell.read(given, fetch) for cell in listing.cells]
        return list(map(Row, given[0], zip(*columns, strict=True)))

    def _listing(
        self,
        connection: Connection,
        query: Query,
        moment: Moment,
        part: int,
        place: Place | None,
    ) -> Listing:
        moment = self._statements.for_anybody(query, moment)
        empties = None if place is None else tuple(key is None for key in place.keys)
        kind = (
            "list",
            tuple((path.text, path.field.module) for path in query.columns),
            tuple((key.path.text, key.descending) for key in query.sort),
            query.backwards,
            part,
            empties,
        )
        shown = (*query.columns, *(key.path for key in query.sort))
        shape = self._statements.shape(query, moment, shown)
        found: Listing | None = self._statements.remembered.get((kind, shape))
        if found is not None:
            return found
        watched = self._statements.watched(query, moment, shown)
        joins = self._statements.joins(query.module, watched.moment)
        selection = Selection()
        selection.add(joins.id(joins.root, query.module))
        maker = CellMaker(self._parts.catalog, self._parts.types, self._parts.formats, joins, selection)
        cells = tuple(maker.cell(path) for path in query.columns)
        order = OrderMaker(self._parts.catalog, self._parts.types, joins).order(query.sort, query.module)
        key_places = tuple(selection.add(key.column) for key in order.keys)
        conditions = self._statements.conditions(query, joins, watched.moment)
        stretch = order.parts[part]
        if stretch.way is not None:
            joins.require(*stretch.way)
        conditions += stretch.where if empties is None else order.beyond(stretch, empties, query.backwards)
        statement = (
            select(*(column.label(f"c{index}") for index, column in enumerate(selection.columns)))
            .select_from(joins.source)
            .where(*conditions)
            .order_by(*order.by(stretch, query.backwards))
            .limit(bindparam("page_limit", required=False, type_=Integer))
        )
        made = Listing(Prepared(statement, connection.dialect), cells, key_places)
        watched.remember(kind, made)
        return made


def _check(place: Place, order: Order) -> None:
    # The part says whether the first key is empty; a cursor that says otherwise was altered.
    parts = order.parts
    if not 0 <= place.part < len(parts) or (len(parts) > 1 and (place.keys[0] is None) != (place.part > 0)):
        raise InvalidCursorError(MESSAGE)
