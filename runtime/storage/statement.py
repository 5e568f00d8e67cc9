"""From a query to SQL: what is shared by pages, counts and groups."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, false

from runtime.base.registry import Registry
from runtime.expressions.asking import ASKER, is_for_anybody
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.fields.base import FieldType
from runtime.fields.formats import Formats
from runtime.model.catalog import Catalog, Expression, Path
from runtime.storage.binding import Binding
from runtime.storage.conditions import among, id_list, standing
from runtime.storage.finding import Finder
from runtime.storage.inside import looked_for
from runtime.storage.joins import Joins
from runtime.storage.query import Query
from runtime.storage.remembered import MOST, Remembered, WatchedMoment
from runtime.storage.searching import shape_of
from runtime.storage.seen_texts import SeenTexts
from runtime.storage.sight import Guard, Sight, moment_key
from runtime.storage.tables import Tables
from runtime.storage.virtual import Virtual, formulas_of


@dataclass(frozen=True, slots=True)
class Parts:
    """What a reader of one snapshot is made of. With a ``sight`` it shows no more than that, and the catalog
    is as these people see it.
    """

    catalog: Catalog
    tables: Tables
    types: Registry[FieldType]
    language: Language
    formats: Formats
    sight: Sight | None = None


class Statements:
    """Compiles queries of one snapshot, and remembers what was compiled."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.remembered = Remembered()
        self._open: dict[int, tuple[Expression, bool]] = {}
        sight = parts.sight
        said = () if sight is None else (*sight.rows.values(), *sight.masks.values())
        self._sees_alike = all(self._is_for_anybody(each) for each in said)
        self.finder = Finder(parts.catalog, parts.tables, parts.sight)
        self.seen_texts = None if parts.sight is None else SeenTexts(parts.sight, parts.catalog, parts.tables)

    def conditions(self, query: Query, joins: Joins, moment: Moment) -> list[ColumnElement[bool]]:
        """Everything that must hold of a record for the query to find it."""
        own_id = joins.id(joins.root, query.module)
        found = standing(self._standing(query), joins)
        if query.ids is not None:
            found.append(among(own_id, "ids", self.parts.tables.dialect))
        compile_, bare = self.parts.language.to_sql, Binding(joins.bare())
        if self.parts.sight is not None and query.module not in self.parts.sight.modules:
            return [false()]
        found.extend(compile_(each, bare, moment, query.this) for each in self._rights(query))
        asked = [self._as_seen(each) for each in query.where]
        found.extend(compile_(each, Binding(joins), moment, query.this) for each in asked)
        inside = looked_for(self.conditions_of(query), self.parts.catalog.modules[query.module])
        found.extend(self.finder.having(query.module, own_id, inside))
        if query.search is not None:
            found.extend(self.finder.conditions(query.module, joins.root, own_id, query.search))
            if self.seen_texts is not None:
                found.extend(self.seen_texts.with_every_word(query.module, joins, query.search))
        return found

    def for_anybody(self, query: Query, moment: Moment) -> Moment:
        """The moment to compile a query at, so that others share the statement: without the asker's id, if
        the SQL is the same whoever asks.
        """
        if query.this is not None or not all(map(self._is_for_anybody, self.conditions_of(query))):
            return moment
        return self.without_id(moment)

    def without_id(self, moment: Moment) -> Moment:
        """The moment without the asker's id, if what is seen is said alike of everybody."""
        user = moment.user
        if not user or user.get("id") is None or not self._sees_alike:
            return moment
        return replace(moment, user={**user, "id": ASKER})

    def _is_for_anybody(self, condition: Expression) -> bool:
        found = self._open.get(id(condition))
        if found is None or found[0] is not condition:
            if len(self._open) >= MOST:
                self._open.clear()
            trees = (condition.tree, condition.written)
            found = self._open[id(condition)] = (
                condition,
                all(is_for_anybody(each) for each in trees if each is not None),
            )
        return found[1]

    def parameters(self, query: Query, moment: Moment) -> dict[str, object]:
        """The values of the parameters that :meth:`conditions` leaves open, at this moment."""
        values = asker(moment)
        if query.ids is not None:
            values["ids"] = id_list(query.ids, self.parts.tables.dialect)
        if query.search is not None:
            values.update(self.finder.parameters(query.search))
        return values

    def joins(self, module: str, moment: Moment, name: str = "t") -> Joins:
        """The joins of a query at a moment, where virtual fields may be asked for."""
        parts = self.parts
        guard = None
        if parts.sight is not None:
            guard = Guard(parts.sight, parts.catalog, parts.language, moment)
        return Joins(parts.tables, module, name, Virtual(parts.language, parts.types, moment), guard)

    def key_at(self, key: Hashable, moment: Moment) -> Hashable:
        """A key under which to remember what is the same for every query, but another for each reader."""
        return key if self.parts.sight is None else (key, moment_key(moment))

    def shape(self, query: Query, moment: Moment, shown: Iterable[Path] = ()) -> Hashable:
        """What the SQL of the conditions depends on, and of virtual fields among the paths that are shown;
        two queries of one shape share their statement.
        """
        key = self.remembered.condition_key
        return (
            query.module,
            query.deleted,
            query.archived,
            query.ids is None,
            tuple(key(query.module, each, moment) for each in self.conditions_of(query)),
            None if query.search is None else shape_of(query.search),
            tuple(key(module, each, moment) for module, each in formulas_of(shown)),
            None if self.parts.sight is None else moment_key(moment),
        )

    def _standing(self, query: Query) -> Query:
        # Whoever may not look into the bin finds nothing that is deleted.
        sight = self.parts.sight
        if sight is None or query.deleted == "no" or query.module in sight.bins:
            return query
        return replace(query, deleted="no")

    def _rights(self, query: Query) -> tuple[Expression, ...]:
        # Those of the sight hold whether or not the caller has asked for them.
        own = None if self.parts.sight is None else self.parts.sight.rows.get(query.module)
        if own is None or any(each is own for each in query.rights):
            return query.rights
        return (*query.rights, own)

    def conditions_of(self, query: Query) -> tuple[Expression, ...]:
        """What is asked for, and what the asker may see."""
        return query.where + self._rights(query)

    def _as_seen(self, condition: Expression) -> Expression:
        # A virtual field is asked for as it is shown: worked out with all that it reads.
        if self.parts.sight is None or condition.written is None:
            return condition
        return replace(condition, tree=condition.written)

    def watched(self, query: Query, moment: Moment, shown: Iterable[Path] = ()) -> "Watched":
        """Watch what compiling this query's conditions, and the paths that are shown, reads of the moment."""
        return Watched(self, query, moment, tuple(shown))


def asker(moment: Moment | None) -> dict[str, object]:
    """The parameter that says who asks."""
    user = None if moment is None else moment.user
    return {"asker": user.get("id")} if user else {}


class Watched:
    """A moment to compile at, which then tells whether the statement may be remembered."""

    def __init__(self, statements: Statements, query: Query, moment: Moment, shown: tuple[Path, ...]) -> None:
        self._statements = statements
        self._query = query
        self._shown = shown
        self._real = moment
        self.moment = WatchedMoment(moment)

    def is_lasting(self) -> bool:
        """Whether what was compiled may be kept: not when it depends on this very moment, or on another
        record. What it did read of the moment is noted, and is part of the query's shape from now on.
        """
        note, read = self._statements.remembered.note, self.moment.parts_read
        note(self._query.module, self._statements.conditions_of(self._query), read)
        for module, formula in formulas_of(self._shown):
            note(module, (formula,), read)
        return "now" not in self.moment.parts_read and self._query.this is None

    def remember(self, kind: Hashable, statement: object) -> None:
        """Keep the statement under its shape, if it is lasting."""
        if self.is_lasting():
            shape = self._statements.shape(self._query, self._real, self._shown)
            self._statements.remembered.put((kind, shape), statement)
