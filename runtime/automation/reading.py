"""Reading: what a run's expressions see of its record, of what it leads to, and of what the save told it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runtime.automation.filtered import FilteredRecords
from runtime.automation.place import Snapshot
from runtime.automation.starting import INPUTS
from runtime.automation.writing_values import as_told
from runtime.base.messages import message
from runtime.expressions.evaluation import AGGREGATES, BudgetError, Evaluator
from runtime.expressions.moment import Moment
from runtime.expressions.references import Dependencies, dependencies
from runtime.expressions.tree import Aggregate, Changed, Literal, Read, walk
from runtime.identity.actor import SYSTEM, Actor
from runtime.model.catalog import Collection, Expression, Path, SortKey
from runtime.model.types import RecordType
from runtime.model.values import Pointer
from runtime.model.workflow import CREATED, Filtered, Several, Workflow
from runtime.records.older import is_of
from runtime.records.outer import LoadsPaths, nested
from runtime.records.plan import ModulePlan
from runtime.records.save import await_turn
from runtime.records.seen_fields import SeenFields
from runtime.records.seen_loader import SeenLoader
from runtime.records.stored import links_of, records_by_id
from runtime.steps.base import StepError, Target
from runtime.storage.aggregates import Found
from runtime.storage.query import Query
from runtime.storage.runs import StoredRun
from runtime.storage.transaction import Transaction

Plain = dict[str, Any]

PAGE = 1000
MOST = 10_000
"""How many records one step goes through."""


class _Evaluator(Evaluator):
    """One that knows what changed in the save that caused the run, whatever was changed since."""

    changed: frozenset[str] | None = None

    def _changed(self, node: Changed) -> bool:
        if self.changed is None:
            return False
        return any(path.fields[0].whole in self.changed for read in node.fields for path in read.paths)


def evaluating(live: Snapshot, moment: Moment, changed: frozenset[str] | None) -> Evaluator:
    """What evaluates for a run that fields were ``changed`` for; None where its record was made."""
    language = live.writer.plans.workplace.language
    evaluator = _Evaluator(language.functions, language.operators, moment)
    evaluator.changed = changed
    return evaluator


class Reading:
    """Works out expressions for one run, on one connection, as the records are by then."""

    def __init__(
        self,
        connection: Any,
        live: Snapshot,
        tx: Transaction | None,
        workflow: Workflow,
        run: StoredRun,
        names: Mapping[str, Target],
        moment: Moment,
        actor: Actor = SYSTEM,
    ) -> None:
        """What the ``actor`` may not see is empty for the expressions."""
        seen = live.seen_by(actor)
        self._connection = connection
        self._reader = seen.reader
        self._seen: SeenLoader | None = None
        if seen.reader.is_narrowed:
            self._seen = SeenLoader(seen.reader, live.catalog, moment)
            self._fields = SeenFields(seen.catalog, live.judge, seen.reader, connection, actor, moment)
        self._live = live
        self._actor = actor
        self._tx = tx
        self._plans = live.writer.plans
        self._plan = self._plans[workflow.module] if workflow.module else None
        self._names = names
        self._moment = moment
        self._inputs = self._by_names_of_now(run)
        self._record: Plain | None = None
        self._run = run
        self._given = given_to(live, workflow, run)
        self.reads: dict[str, Any] = {}

    def values(self, expressions: Iterable[Expression]) -> list[Any]:
        """What expressions give, in their order. Raises :class:`StepError`."""
        wanted = list(expressions)
        needed = _together(wanted)
        plain, old, evaluator = self._see(needed)
        return [self._one(evaluator, each, plain, None, old) for each in wanted]

    def record(self, expression: Expression | None) -> Target | None:
        """The record that an expression gives: of None the run's own."""
        if expression is None:
            return Target(self._plan.key, self._run.record_id or 0) if self._plan is not None else None
        (found,) = self.values([expression])
        kind = expression.type
        if not isinstance(found, int) or not isinstance(kind, RecordType):
            return None
        return Target(kind.modules[0], found)

    def lock(self, target: Target | None) -> Target | None:
        """Keep others from writing a record until the step has landed; what is read from now on is newer."""
        if target is not None and self._tx is not None:
            plan = self._plans[target.module]
            await_turn(self._tx, self._plans, [target.module])
            found = records_by_id(self._tx.connection, plan, [target.id], self._plans.dialect)
            is_own = self._plan is plan and target.id == self._run.record_id
            self._record = dict(found[target.id]) if is_own and target.id in found else None
        return target

    def several(self, several: Several, where: Expression | None = None) -> list[Target]:
        """The records of a collection, those in the bin left out, in the order they were made."""
        owner = self.record(several.of)
        if owner is None:
            return []
        module = several.collection.target
        ids = list(self._ids(several.collection, owner.id))
        if len(ids) > MOST:
            raise StepError(
                message("There are more than {most} records in {path}.", most=MOST, path=several.text)
            )
        return [Target(module, each) for each in self._those(module, ids, where)]

    def filtered(self, filtered: Filtered, where: Expression | None = None) -> FilteredRecords:
        """The records that a filter finds, page by page."""

        def those(ids: Sequence[int]) -> Sequence[int]:
            return self._those(filtered.module, ids, where)

        return FilteredRecords(self._connection, self._live, self._actor, filtered, those)

    def _those(self, module: str, ids: Sequence[int], where: Expression | None) -> Sequence[int]:
        """Those of some records that a condition holds for."""
        if where is None:
            return ids
        found = zip(ids, self.of_each(module, ids, [where]), strict=True)
        return [each for each, (holds,) in found if holds is True]

    def collected(self, collection: Collection, owner: int) -> list[int]:
        """The records of a collection of a record, those in the bin left out, in the order they were made."""
        ids = list(self._ids(collection, owner))
        if len(ids) > MOST:
            raise StepError(
                message("There are more than {most} records in {path}.", most=MOST, path=collection.key)
            )
        return ids

    def of_each(self, module: str, ids: Sequence[int], expressions: Sequence[Expression]) -> list[list[Any]]:
        """What expressions about other records give for each of them; ``this`` is the run's own."""
        if not ids:
            return []
        needed = _together(expressions)
        outer, _, evaluator = self._see(Dependencies(paths=needed.outer, aggregates=needed.outer_aggregates))
        identity = Path("id", (self._plans[module].module.record_fields["id"],))
        loaded = self._loader.load_paths(self._connection, module, ids, (*needed.paths, identity))
        fetched = self._aggregates(module, ids, needed.aggregates)
        found = []
        for record_id in ids:
            plain = {**loaded.get(record_id, {}), AGGREGATES: fetched.get(record_id, {})}
            found.append([self._one(evaluator, each, plain, outer, None) for each in expressions])
        return found

    def _see(self, needed: Dependencies) -> tuple[Plain, Plain | None, Evaluator]:
        own = self._own(needed)
        (plain,) = nested(self._connection, self._loader, needed.paths, [own])
        if needed.aggregates:
            plain[AGGREGATES] = self._added_up(needed.aggregates, own)
        old = None
        is_new = self._inputs["what"] == CREATED
        if not is_new:
            before = {key: value for key, value in self._inputs["old"].items() if self._sees(key, value)}
            hidden = dict.fromkeys(self._inputs["old"].keys() - before.keys())
            (old,) = nested(self._connection, self._loader, needed.old, [{**own, **before, **hidden}])
        changed = None if is_new else frozenset(each for each in self._inputs["changed"] if self._sees(each))
        return plain, old, evaluating(self._live, self._moment, changed)

    def _added_up(self, aggregates: Sequence[Aggregate], own: Plain) -> Plain:
        """Aggregates over what hangs on the run's record, or on a record that a step has given."""
        of: dict[Target, list[Aggregate]] = {}
        for each in aggregates:
            name = next((hop.key for hop in each.steps[0].hops[:1] if hop.key in self._names), None)
            if name is not None:
                of.setdefault(self._names[name], []).append(_from_its_record(each, name))
            elif self._plan is not None:
                of.setdefault(Target(self._plan.key, own["id"]), []).append(each)
        found: dict[str, Any] = {}
        for target, these in of.items():
            found |= self._aggregates(target.module, [target.id], these).get(target.id, {})
        return found

    def _own(self, needed: Dependencies) -> Plain:
        """The record as it stands, with what is linked to it, and the records that steps have given."""
        named = {name: target.id for name, target in self._names.items()}
        if self._plan is None or self._run.record_id is None:
            return named
        if self._seen is not None:
            record = self._own_as_seen(self._plan, needed)
            return {**record, INPUTS: self._given, **named} if self._given else {**record, **named}
        if self._record is None:
            record_id = self._run.record_id or 0
            dialect = self._plans.dialect
            found = records_by_id(self._connection, self._plan, [record_id], dialect, lock=False)
            if record_id not in found:
                raise StepError(message("The record of the run is not there any more."))
            self._record = dict(found[record_id])
        record = self._record
        for path in (*needed.paths, *needed.old):
            field = self._plan.fields.get(path.fields[0].key)
            if field is not None and field.link is not None and field.key not in record:
                links = links_of(self._connection, field, [record["id"]], self._plans.dialect)
                record[field.key] = tuple(link.id for link in links.get(record["id"], ()))
        return {**record, INPUTS: self._given, **named} if self._given else {**record, **named}

    @property
    def _loader(self) -> LoadsPaths:
        return self._seen or self._plans.loader

    def _aggregates(self, module: str, ids: Sequence[int], aggregates: Sequence[Aggregate]) -> Found:
        if self._seen is not None:
            return self._reader.aggregates(self._connection, module, ids, aggregates, self._moment)
        return self._plans.aggregates.fetch(self._connection, module, ids, aggregates, self._moment)

    def _own_as_seen(self, plan: ModulePlan, needed: Dependencies) -> Plain:
        """The record as far as whose rights hold may see it. Raises :class:`StepError`."""
        assert self._seen is not None
        record_id = self._run.record_id or 0
        read = {path.fields[0].whole for path in (*needed.paths, *needed.old)} & plan.fields.keys()
        if not read and not needed.aggregates:
            return {"id": record_id}
        found = self._seen.load(self._connection, plan.key, [record_id], sorted(read))
        if record_id not in found:
            raise StepError(message("Whose rights hold for this may not see the record of the run."))
        return found[record_id]

    def _sees(self, key: str, value: object = None) -> bool:
        """Whether what a field of the record held may be read, and the record that it led to."""
        if self._seen is None or self._plan is None:
            return True
        record_id, field = self._run.record_id or 0, self._plan.fields.get(key)
        if field is None or not self._fields.sees(self._plan.key, record_id, key):
            return False
        if not field.targets or not isinstance(value, int):
            return not (field.link is not None and value)  # what was linked is not asked one by one
        return any(self._seen.load(self._connection, each, [value], ()) for each in field.targets)

    def _one(
        self,
        evaluator: Evaluator,
        expression: Expression,
        plain: Plain,
        outer: Plain | None,
        old: Plain | None,
    ) -> Any:
        try:
            value = evaluator.run(expression.tree, plain, outer, old)
        except BudgetError:
            raise StepError(
                message("{expression} takes too long to work out.", expression=expression.text)
            ) from None
        if evaluator.trouble == "currencies":
            raise StepError(
                message("{expression}: different currencies do not add up.", expression=expression.text)
            )
        if evaluator.trouble:
            raise StepError(message("{expression}: a number becomes too large.", expression=expression.text))
        if outer is None and len(self.reads) < 100 and not isinstance(expression.tree, Literal):
            self.reads[expression.text[:200]] = as_told(self._live.types, value)
        return value

    def _ids(self, collection: Collection, owner: int) -> Iterable[int]:
        if collection.kind == "links":
            ids = self._linked(collection, owner)
            there = self._plans.loader.existing(self._connection, collection.target, ids)
            yield from (each for each in ids if each in there)
            return
        target = self._plans[collection.target].module
        by = "position" if collection.kind == "rows" else "id"
        query = Query(
            collection.target,
            where=(self._live.hanging(collection),),
            sort=(SortKey(Path(by, (target.record_fields[by],))),),
            limit=PAGE,
            this={"id": owner},
        )
        after, count = None, 0
        while True:
            query = Query(
                query.module, where=query.where, sort=query.sort, limit=PAGE, this=query.this, after=after
            )
            page = self._reader.page(self._connection, query, self._moment)
            yield from (row.id for row in page.rows)
            after, count = page.next, count + len(page.rows)
            if after is None or count > MOST:
                return

    def _linked(self, collection: Collection, owner: int) -> list[int]:
        if self._seen is not None:
            found = self._seen.load(self._connection, collection.module, [owner], [collection.via])
            return list(found.get(owner, {}).get(collection.via, ()))
        linked = self._plans[collection.module].fields[collection.via]
        links = links_of(self._connection, linked, [owner], self._plans.dialect).get(owner, [])
        return [link.id for link in links]

    def _by_names_of_now(self, run: StoredRun) -> dict[str, Any]:
        told = self._plans.workplace.former.told(run.revision_id, run.module, run.inputs)
        fields = self._plan.fields if self._plan is not None else {}
        old = {
            key: _canonical(fields[key].type.from_json(value))
            for key, value in told.get("old", {}).items()
            if key in fields and is_of(fields[key], value)  # or it was of another type then
        }
        changed = frozenset(told.get("changed", ()))
        return {"what": told.get("what", ""), "changed": changed, "old": old}


def given_to(live: Snapshot, workflow: Workflow, run: StoredRun) -> Plain:
    """What was filled in before a run began, as expressions read it."""
    told = run.inputs.get(INPUTS, {})
    return {
        key: _canonical(live.types[field.type].from_json(told[key])) if told.get(key) is not None else None
        for key, field in workflow.inputs.items()
    }


def _canonical(value: object) -> object:
    return value.id if isinstance(value, Pointer) else value


def _together(expressions: Iterable[Expression]) -> Dependencies:
    needed = Dependencies()
    for expression in expressions:
        needed = needed | dependencies(expression.tree)
    return needed


def _from_its_record(aggregate: Aggregate, name: str) -> Aggregate:
    """An aggregate that begins with the name of a record, as that record asks for it. Raises
    :class:`StepError`.
    """
    asked = [node for inner in aggregate.inner for node in walk(inner)]
    if any(isinstance(node, Read | Aggregate) and node.outer for node in asked):
        raise StepError(message("What is added up of {name} cannot read this record.", name=name))
    first, *rest = aggregate.steps
    return replace(aggregate, steps=(replace(first, hops=first.hops[1:]), *rest))
