"""Reading one record: its values with the titles of what they point at, its links, its rows, and its
history.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.catalog import Catalog, Field, Module, Path
from runtime.model.values import Link, Ref
from runtime.records import sharing_log
from runtime.records.access import Judge
from runtime.records.among import among
from runtime.records.base import Workplace
from runtime.records.deletion import Effects, effects, sees_what_points
from runtime.records.known_defaults import known_defaults
from runtime.records.older import is_of
from runtime.records.plan import FieldPlan, ModulePlan, Plans
from runtime.records.seen_fields import SeenFields
from runtime.records.stored import links_of
from runtime.storage.query import MOST, Query, Which
from runtime.storage.reader import Reader
from runtime.storage.tables import Tables

Entry = Row[*tuple[Any, ...]]

LOGGED = 1000
"""How many entries of a record's history are read, the newest."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A record that is linked to, and the link's own attributes (canonical, by key)."""

    ref: Ref
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is shown. ``values`` are by field, the record's own fields included: relations as Ref,
    files as tuples of Ref. ``links`` are the fields of type ``relations``, ``rows`` the lists that are edited
    with it.
    """

    module: str
    id: int
    title: str
    values: Mapping[str, object]
    links: Mapping[str, tuple[Linked, ...]]
    rows: Mapping[str, tuple["Record", ...]]

    @property
    def version(self) -> int:
        """What a form of it must send back."""
        return int(str(self.values["version"]))

    @property
    def deleted(self) -> bool:
        """Whether it is in the bin."""
        return self.values["deleted_at"] is not None


@dataclass(frozen=True, slots=True)
class Step:
    """One field's change. ``old`` and ``new`` are canonical, relations as Ref.

    ``held`` is how long the old value had been in force, None for a record's first; ``until`` is when the new
    one ceased to be, None while it is. ``field`` is None for one that the configuration no longer has.
    ``cause`` is what filled it, where nobody did by hand (:mod:`runtime.records.filling`).
    """

    key: str
    field: Field | None
    old: object
    new: object
    held: timedelta | None
    until: datetime | None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a history: who did what to the record, or to a row of it, when, by which door, for
    what. ``undone`` says that its whole change set was taken back since, and ``shared`` with whom the
    record was shared by hand, or is no more.
    """

    id: int
    module: str
    record_id: int
    action: str
    at: datetime
    user: Ref | None
    door: str
    cause: str | None
    steps: tuple[Step, ...]
    change_set: int
    undone: bool
    shared: sharing_log.With | None = None


class Records:
    """Reads records one at a time. The number of statements does not depend on what the record holds."""

    def __init__(
        self, workplace: Workplace, reader: Reader, judge: Judge, seen: Catalog | None = None
    ) -> None:
        """``seen`` is the catalog as those see it for whom the ``reader`` reads; None where they see all."""
        self._plans = Plans(workplace)
        self._seen = seen
        self._reader = reader
        self._judge = judge

    def record(
        self,
        connection: Connection,
        actor: Actor,
        moment: Moment,
        module: str,
        record_id: int,
        deleted: Which = "no",
    ) -> Record | None:
        """A record, or None when there is none, or none that the actor may read: the two are not told
        apart.
        """
        plan = self._plans.get(module)
        if plan is None or not self._judge.may(actor, module, "read").allowed:
            return None
        query = Query(module, _paths(plan.module), ids=(record_id,), deleted=deleted, limit=1)
        found = self._records(connection, plan, query, moment)
        if not found:
            return None
        record = found[0]
        rows: dict[str, tuple[Record, ...]] = {}
        for key, collection in plan.rows.items():
            rows[key] = self._rows(connection, self._plans[collection.target], record, moment)
        return Record(record.module, record.id, record.title, record.values, record.links, rows)

    def defaults(self, module: str, actor: Actor, moment: Moment) -> dict[str, object]:
        """What a form for a new record begins with: canonical values by field.

        The owner is whoever makes it. Defaults that depend on other fields come when it is saved.
        """
        plan = self._plans[module]
        own = {"owner": actor.user_id} if plan.parent is None and actor.user_id is not None else {}
        return {**plan.defaults, **known_defaults(plan, self._plans.workplace, moment), **own}

    def deletion(self, connection: Connection, actor: Actor, module: str, record_id: int) -> Effects:
        """What deleting a record would do, for the question before it. Modules of which the actor does not
        see everything are one without a name, and are not counted.
        """
        found = effects(connection, self._plans, self._plans[module], record_id)

        def seen(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
            told = [
                each if sees_what_points(self._judge, actor, self._plans[each[0]]) else ("", 0)
                for each in counts
            ]
            return tuple(dict.fromkeys(told))

        return Effects(seen(found.blocked), seen(found.gone), seen(found.cleared))

    def history(
        self, connection: Connection, actor: Actor, moment: Moment, module: str, record_id: int
    ) -> list[Happening]:
        """What happened to a record and to its rows, newest first; [] when the actor may not read it."""
        plan = self._plans.get(module)
        if plan is None or not self._judge.may(actor, module, "read").allowed:
            return []
        query = Query(module, (), ids=(record_id,), deleted="any", limit=1)
        if self._reader.shows_some(module) and not self._reader.page(connection, query, moment).rows:
            return []
        ids = [record_id]
        for collection in plan.rows.values():
            ids.extend(_row_ids(connection, self._plans[collection.target], record_id, alive=False))
        log, sets = self._tables.change_log, self._tables.change_sets
        entries = connection.execute(
            select(log, sets.c.door, sets.c.cause, sets.c.undone_by, sets.c.revision_id)
            .join(sets, sets.c.id == log.c.change_set_id)
            .where(among(log.c.record_id, ids, self._tables.dialect))
            .order_by(log.c.id.desc())
            .limit(LOGGED)
        ).all()
        entries = self._plans.workplace.former.now(entries)
        ceased: dict[tuple[int, str], datetime] = {}
        begun = _begun(entries)
        titles = self._titles(connection, entries, moment)
        users = self._reader.titles(
            connection,
            "users",
            sorted({each.user_id for each in entries if each.user_id is not None}),
            moment,
        )
        seen = SeenFields(self._seen, self._judge, self._reader, connection, actor, moment)
        happenings: list[Happening] = []
        for entry in entries:
            steps: list[Step] = []
            of = self._plans.get(entry.module)
            for key in dict.fromkeys((*(entry.old or {}), *(entry.new or {}))):
                if not seen.sees(entry.module, entry.record_id, key):
                    continue
                place = (entry.record_id, key)
                field = of.fields.get(key) if of is not None else None
                old, new = (entry.old or {}).get(key), (entry.new or {}).get(key)
                if field is not None and not (is_of(field, old) and is_of(field, new)):
                    field = None  # it was of another type then
                since = begun.get((entry.id, key))
                steps.append(
                    Step(
                        key=key,
                        field=field.field if field is not None else None,
                        old=_value(field, old, titles, self._seen is None),
                        new=_value(field, new, titles, self._seen is None),
                        held=entry.at - since if since is not None else None,
                        until=ceased.get(place),
                        cause=(entry.causes or {}).get(key),
                    )
                )
                ceased[place] = entry.at
            user = entry.user_id
            happenings.append(
                Happening(
                    id=entry.id,
                    module=entry.module,
                    record_id=entry.record_id,
                    action=entry.action,
                    at=entry.at,
                    user=Ref("users", user, users.get(user, "")) if user is not None else None,
                    door=entry.door,
                    cause=entry.cause,
                    steps=tuple(steps),
                    change_set=entry.change_set_id,
                    undone=entry.undone_by is not None,
                    shared=sharing_log.read(entry.action, entry.causes),
                )
            )
        return happenings

    @property
    def _tables(self) -> Tables:
        return self._plans.workplace.tables

    def _rows(
        self, connection: Connection, plan: ModulePlan, parent: Record, moment: Moment
    ) -> tuple[Record, ...]:
        # Rows take their parent's rights. Those of a deleted record went with it, and are shown with it.
        ids = _row_ids(connection, plan, parent.id, alive=not parent.deleted)
        found: list[Record] = []
        for start in range(0, len(ids), MOST):
            some = tuple(ids[start : start + MOST])
            which: Which = "any" if parent.deleted else "no"
            query = Query(plan.key, _paths(plan.module), ids=some, limit=MOST, deleted=which)
            found.extend(self._records(connection, plan, query, moment))
        place = {record_id: index for index, record_id in enumerate(ids)}
        return tuple(sorted(found, key=lambda record: place[record.id]))

    def _records(
        self, connection: Connection, plan: ModulePlan, query: Query, moment: Moment
    ) -> list[Record]:
        rows = self._reader.page(connection, query, moment).rows
        if not rows:
            return []
        ids = [row.id for row in rows]
        titles = self._reader.titles(connection, plan.key, ids, moment)
        linked = [field for field in plan.linked if field.type.name != "files"]
        attributes = {
            field.key: links_of(connection, field, ids, self._tables.dialect)
            for field in linked
            if field.attributes
        }
        records: list[Record] = []
        for row in rows:
            values = dict(zip((path.text for path in query.columns), row.values, strict=True))
            links = {
                field.key: _linked(values.pop(field.key), attributes.get(field.key, {}).get(row.id, ()))
                for field in linked
            }
            records.append(Record(plan.key, row.id, titles.get(row.id, ""), values, links, {}))
        return records

    def _titles(self, connection: Connection, entries: Iterable[Entry], moment: Moment) -> Mapping[int, Ref]:
        # What the ids in a history's relations are called; one statement for each module that they may belong
        # to.
        wanted: dict[str, set[int]] = {}
        for entry in entries:
            plan = self._plans.get(entry.module)
            for values in (entry.old, entry.new):
                for key, value in (values or {}).items():
                    field = plan.fields.get(key) if plan is not None else None
                    for module, ids in _pointed(field, value) if field is not None else ():
                        wanted.setdefault(module, set()).update(ids)
        return {
            record_id: Ref(module, record_id, title)
            for module, ids in wanted.items()
            for record_id, title in self._reader.titles(connection, module, sorted(ids), moment).items()
        }


def _paths(module: Module) -> tuple[Path, ...]:
    return tuple(Path(field.key, (field,)) for field in module.all_fields())


def _row_ids(connection: Connection, plan: ModulePlan, parent: int, *, alive: bool) -> list[int]:
    columns = plan.table.columns
    statement = select(columns["id"][0]).where(columns["parent"][0] == parent)
    if alive:
        statement = statement.where(columns["deleted_at"][0].is_(None))
    ordered = statement.order_by(columns["position"][0], columns["id"][0])
    return list(connection.execute(ordered).scalars())


def _linked(refs: object, links: Sequence[Link]) -> tuple[Linked, ...]:
    attributes = {link.id: link.attributes for link in links}
    given = refs if isinstance(refs, tuple) else ()
    return tuple(Linked(ref, attributes.get(ref.id, {})) for ref in given if isinstance(ref, Ref))


def _begun(entries: Sequence[Entry]) -> dict[tuple[int, str], datetime]:
    # When the old value of each entry's fields began to be: the entry before that set it, else the record's
    # creation.
    since: dict[tuple[int, str], datetime] = {}
    made: dict[int, datetime] = {}
    begun: dict[tuple[int, str], datetime] = {}
    for entry in reversed(entries):
        if entry.action == "created":
            made[entry.record_id] = entry.at
        else:
            for key in entry.old or {}:
                before = since.get((entry.record_id, key), made.get(entry.record_id))
                if before is not None:
                    begun[entry.id, key] = before
        for key in entry.new or {}:
            since[entry.record_id, key] = entry.at
    return begun


def _pointed(field: FieldPlan, value: object) -> Iterator[tuple[str, list[int]]]:
    # The ids of a logged value, by the modules that they may belong to. A relation to anything names its
    # module, but where a deletion emptied it.
    named = value.get("module") if isinstance(value, dict) else None
    for module in field.may_point_at:
        if field.targets or named is None or named == module:
            yield module, _ids(value)


def _ids(value: object) -> list[int]:
    items = value if isinstance(value, list) else [value]
    found = [item.get("id") if isinstance(item, dict) else item for item in items]
    return [item for item in found if isinstance(item, int) and not isinstance(item, bool)]


def _value(field: FieldPlan | None, value: object, titles: Mapping[int, Ref], all_seen: bool) -> object:
    if field is None or value is None:
        return value
    if field.targets:
        known = {each: Ref(field.targets[0], each, "") for each in _ids(value)} if all_seen else {}
        refs = tuple(ref for each in _ids(value) if (ref := titles.get(each) or known.get(each)))
        return refs if field.link is not None else next(iter(refs), None)
    if field.may_point_at:
        if pointed := [titles[each] for each in _ids(value) if each in titles]:
            return pointed[0]
        if not all_seen:
            return None
    return field.type.from_json(value)
