"""What expressions see of the records that are being saved, fetched for a whole batch together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from runtime.base.messages import Message, message
from runtime.expressions.evaluation import BudgetError, Evaluator
from runtime.expressions.moment import Moment
from runtime.expressions.references import Dependencies, dependencies, related_paths
from runtime.expressions.terms import terms_of
from runtime.expressions.tree import Aggregate, Node
from runtime.fields.base import InvalidValueError
from runtime.model.catalog import Expression, Path
from runtime.model.types import BOOLEAN, PicklistType
from runtime.model.values import Link
from runtime.records.among import among
from runtime.records.outer import nested
from runtime.records.plan import FieldPlan
from runtime.records.rehearsal import is_near, looks_further, rehearsed
from runtime.records.stored import links_of, rows_of
from runtime.records.work import Batch, Work

Plain = dict[str, Any]

TOO_LONG = message("It takes too long to work out.")
TOO_LARGE = message("A number becomes too large.")
CURRENCIES = message("Different currencies do not add up.")


class Seen:
    """The records of one module as they will be and as they stand, with what some expressions read of them.

    The statements are as many for one record as for 10,000: one for each module that is walked to, one for
    each linked field, one for each kind of rows.
    """

    def __init__(
        self,
        batch: Batch,
        works: list[Work],
        expressions: Iterable[Expression],
        fields: Iterable[str] = (),
        *,
        standing: bool = False,
    ) -> None:
        """``fields`` are to be asked for by :meth:`own`; ``standing``: the works are as they stand."""
        needed = Dependencies()
        self._few: dict[int, tuple[str, ...]] = {}
        self._known: dict[tuple[object, ...], Any] = {}
        for expression in expressions:
            own = dependencies(expression.tree)
            needed = needed | own
            if len(works) > 1 and (keys := _few_valued(own)) is not None:
                self._few[id(expression)] = keys
        self._batch = batch
        self._looks_further = looks_further(batch, needed)
        self._gone: set[int] = set()
        self._links: dict[str, dict[int, tuple[Any, ...]]] = {}
        near = [each for each in needed.aggregates if is_near(each)]
        rows = {each.steps[0].key: each for each in near}
        with_old = [work for work in works if work.old is not None]
        self._fetch_links(works, {path.fields[0].key for path in (*needed.paths, *needed.old)} | set(fields))
        with rehearsed(batch, works, needed, moment_of(batch), standing=standing) as found:
            new = self._nested(needed.paths, [self._as_it_will_be(work) for work in works])
            old = self._nested(needed.old, [self._as_it_stands(work) for work in with_old])
            self._new = {
                id(work): {**plain, **found.get(id(work), {})} for work, plain in zip(works, new, strict=True)
            }
            self._old = {id(work): plain for work, plain in zip(with_old, old, strict=True)}
            for key, aggregate in rows.items():
                same = [each for each in near if each.steps[0].key == key]
                self._fetch_rows(works, aggregate, [path for each in same for path in related_paths(each)])
        self._evaluator = evaluator(batch)

    def value(self, work: Work, expression: Expression) -> Any:
        """The value of an expression for the record as it will be; raises InvalidValueError where it has
        none.
        """
        record = self._new[id(work)]
        keys = self._few.get(id(expression))
        if keys is None:
            return self._run(expression, record, self._old.get(id(work)))
        place = (id(expression), *map(record.get, keys))
        if place not in self._known:
            self._known[place] = self._run(expression, record, None)
        return self._known[place]

    def is_few_valued(self, expression: Expression) -> bool:
        """Whether it gives one of few values, the same for many records."""
        return id(expression) in self._few

    def worked_out(self, work: Work, tree: Node) -> Any:
        """The value of a computed field's tree for the record as it will be: empty where it has none."""
        try:
            return self._evaluator.run(tree, self._new[id(work)], None, self._old.get(id(work)))
        except BudgetError:
            return None

    def holds(self, work: Work, condition: Expression) -> bool:
        """Whether a condition is true of the record as it will be; what cannot be worked out is not."""
        try:
            return self.value(work, condition) is True
        except InvalidValueError:
            return False

    def own(self, work: Work, key: str) -> object:
        """What a field of the record itself will hold."""
        if key in self._links or key in work.links:
            change = work.links.get(key)
            return change.after if change is not None else self._links[key].get(work.id, ())
        return work.get(key)

    @property
    def looks_further(self) -> bool:
        """Whether what it sees was read of the batch as it would have been written."""
        return self._looks_further

    def put(self, work: Work, key: str, value: object) -> None:
        """Let the expressions that follow see a value that was just worked out."""
        plain = self._new[id(work)]
        if key in plain:
            plain[key] = value

    def _run(self, expression: Expression, record: Plain, old: Plain | None) -> Any:
        try:
            value = self._evaluator.run(expression.tree, record, None, old)
        except BudgetError:
            raise InvalidValueError(TOO_LONG) from None
        if self._evaluator.trouble:
            raise InvalidValueError(CURRENCIES if self._evaluator.trouble == "currencies" else TOO_LARGE)
        return value

    def _nested(self, paths: Iterable[Path], records: list[Plain]) -> list[Plain]:
        plans = self._batch.plans
        return nested(self._batch.tx.connection, plans.loader, paths, records)

    def _as_it_will_be(self, work: Work) -> Plain:
        plain = will_be(self._batch, work)
        for key, found in self._links.items():
            linked = plain[key] if key in work.links else found.get(work.id, ())
            plain[key] = tuple(each for each in linked if each not in self._gone)
        return plain

    def _as_it_stands(self, work: Work) -> Plain:
        return dict(work.old or {}) | {key: found.get(work.id, ()) for key, found in self._links.items()}

    def _fetch_links(self, works: list[Work], keys: set[str]) -> None:
        plan = works[0].plan
        for field in plan.linked:
            if field.key in keys:
                ids = [work.id for work in works if not work.is_new]
                batch = self._batch
                found = links_of(batch.tx.connection, field, ids, batch.dialect) if ids else {}
                changed = [work.links[field.key].after for work in works if field.key in work.links]
                self._gone |= self._deleted(field, [*found.values(), *changed])
                self._links[field.key] = {
                    key: tuple(link.id for link in links if link.id not in self._gone)
                    for key, links in found.items()
                }

    def _deleted(self, field: FieldPlan, linked: Iterable[Sequence[Link]]) -> set[int]:
        """Of the records that are linked, those in the bin: to be linked to them does not count."""
        batch, ids = self._batch, {link.id for links in linked for link in links}
        found: set[int] = set()
        for target in field.targets if ids else ():
            columns = batch.plans[target].table.columns
            own_id, deleted_at = columns["id"][0], columns["deleted_at"][0]
            gone = select(own_id).where(among(own_id, ids, batch.dialect), deleted_at.is_not(None))
            found.update(batch.tx.connection.execute(gone).scalars())
        return found

    def _fetch_rows(self, works: list[Work], aggregate: Aggregate, paths: list[Path]) -> None:
        # Rows that the batch names are as they will be; those of a record that names none are as they stand.
        batch, step = self._batch, aggregate.steps[0]
        written: dict[int, list[Work]] = {}
        for row in batch.works.get(step.module, ()):
            if row.parent is not None:
                written.setdefault(id(row.parent), []).append(row)
        silent = [work for work in works if step.key not in work.raw and not work.is_new]
        ids = [work.id for work in silent]
        plan = batch.plans[step.module]
        stand = rows_of(batch.tx.connection, plan, ids, batch.dialect, lock=False) if ids else {}
        owners: list[Plain] = []
        records: list[Plain] = []
        for work in works:
            owner = self._new[id(work)]
            owner[step.key] = []
            named = [will_be(batch, each) for each in written.get(id(work), ())]
            mine = named or stand.get(work.id, [])
            owners += [owner] * len(mine)
            records += mine
        for owner, plain in zip(owners, self._nested(paths, records), strict=True):
            owner[step.key].append(plain)


class Standing:
    """Records as they stand, with what some conditions on them read: what is read-only looks at these."""

    def __init__(self, batch: Batch, works: list[Work], expressions: Iterable[Expression]) -> None:
        before = [replace(work, values={}, links={}, raw={}, parent=None) for work in works]
        self._seen = Seen(batch, before, expressions, standing=True)
        self._before = {id(work): earlier for work, earlier in zip(works, before, strict=True)}

    def holds(self, work: Work, condition: Expression) -> bool:
        """Whether a condition is true of the record as it stands."""
        return self._seen.holds(self._before[id(work)], condition)

    def worked_out(self, work: Work, tree: Node) -> Any:
        """The value of a computed field's tree for the record as it stands."""
        return self._seen.worked_out(self._before[id(work)], tree)


class Before:
    """Whether conditions held of records as they stood, for a whole batch; never of a new record."""

    def __init__(self, batch: Batch, works: Iterable[Work], conditions: Iterable[Expression | None]) -> None:
        standing = list({id(work): work for work in works if work.old is not None}.values())
        written = [condition for condition in conditions if condition is not None]
        self._seen = Standing(batch, standing, written) if standing and written else None

    def held(self, work: Work, condition: Expression | None) -> bool:
        """Whether a condition (None: always) held."""
        if work.old is None or condition is None or self._seen is None:
            return work.old is not None and condition is None
        return self._seen.holds(work, condition)


def _few_valued(needed: Dependencies) -> tuple[str, ...] | None:
    """The fields that alone decide an expression's value, where each has only few values: what it gives is
    then the same for many records of a batch.
    """
    if needed.saving or needed.aggregates or needed.outer or needed.outer_aggregates:
        return None
    for path in needed.paths:
        few = isinstance(path.field.value_type, PicklistType) or path.field.value_type == BOOLEAN
        if len(path.fields) > 1 or not few:
            return None
    return tuple(path.field.key for path in needed.paths)


def evaluator(batch: Batch) -> Evaluator:
    """What evaluates expressions at the moment of a save, for whoever saves."""
    return batch.plans.workplace.language.evaluator(moment_of(batch))


def moment_of(batch: Batch) -> Moment:
    """The moment of a save, for whoever saves."""
    catalog, actor = batch.plans.workplace.catalog, batch.actor
    user = {"id": actor.user_id, "role": actor.role, "groups": actor.groups} if actor.user_id else None
    return Moment.at(batch.now, ZoneInfo(catalog.timezone), user, terms_of(catalog))


def will_be(batch: Batch, work: Work) -> Plain:
    """The record's own values as they will be; a row has its parent's, where the two are saved together."""
    values: Plain = {**(work.old or {}), **work.values}
    values.update({key: tuple(link.id for link in change.after) for key, change in work.links.items()})
    if work.old is None:
        values |= {"id": None, "created_at": batch.now, "created_by": batch.actor.user_id, "version": 1}
        values |= {key: values.get(key, ()) for key in (field.key for field in work.plan.linked)}
    values |= {"updated_at": batch.now, "updated_by": batch.actor.user_id}
    if work.parent is not None:
        values["parent"] = {**will_be(batch, work.parent), "id": work.parent.id}
    return values


def keep(batch: Batch, work: Work, field: FieldPlan, value: Any) -> object:
    """What a field keeps of a worked-out value: rounded and checked; raises InvalidValueError.

    A number in a row's money waits for the currency of the row's record.
    """
    currency = "" if work.plan.parent is not None else batch.parsing.currency
    parsing = batch.keeping.get(currency)
    if parsing is None:
        parsing = replace(batch.parsing, door="rest", decimal=None, date_format=None, currency=currency)
        batch.keeping[currency] = parsing
    return field.type.parse(value, field.field, parsing)


def is_empty(value: object) -> bool:
    """Whether a field that holds this holds nothing."""
    return value is None or value == ()


def refuse_once(work: Work, key: str, reason: Message) -> None:
    """Refuse at a field, where nothing is said against it yet."""
    if f"{work.path}{key}".rstrip(".") not in work.asked.errors:
        work.refuse(key, reason)


def label_of(work: Work, key: str) -> object:
    """What people call a field of the record."""
    return work.plan.fields[key].field.label


def changed_by_hand(work: Work, key: str) -> bool:
    """Whether whoever saves gives a field another value than it has; a new record has its default."""
    if key not in work.raw or key in work.worked_out:
        return False
    if work.plan.fields[key].link is not None:
        return key in work.links
    old = work.old.get(key) if work.old is not None else work.plan.defaults.get(key)
    return bool(work.get(key) != old)


def binds(batch: Batch) -> bool:
    """Whether what binds users binds this save: an undo puts back what stood there, and the program itself is
    free; whoever imports a file is not, by the command line neither.
    """
    return batch.actor.door != "undo" and (not batch.actor.system or batch.actor.door == "import")
