"""Relations: whom a change points at is found and shown to exist, with one statement for each module pointed
at.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Select, and_, select

from runtime.base.messages import Message, message
from runtime.fields.base import InvalidValueError, Match
from runtime.model.values import Link, Pointer
from runtime.records import writing_rights
from runtime.records.among import among
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.reading import ParsedLinking
from runtime.records.stored import links_of
from runtime.records.titles import TITLE, has_title, title_column
from runtime.records.work import Batch, LinkChange, Work
from runtime.storage.conditions import among as among_ids
from runtime.storage.conditions import id_list

Names = tuple[str, ...]
Key = tuple[object, ...]


def resolve(batch: Batch, works: list[Work]) -> None:
    """Turn every Match into an id, and refuse what points at no record (or at one that the actor may not
    read).
    """
    found = Matches(batch)
    pointing = [each for field, them in _by_field(works) for each in _pointing(field, them)]
    for work, field in pointing:
        value = work.values[field.key]
        for item in (value,) if type(value) is Match else _items(value):
            if isinstance(item, Match):
                found.want(field.targets, item)
    found.look_up()
    asked: dict[tuple[str, ...], set[int]] = {}
    for work, field in pointing:
        _fill_in(work, field, found)
        asked.setdefault(field.targets, set()).update(_ids(work, field))
    missing = _missing(batch, asked, found)
    for work, field in pointing if any(missing.values()) else ():
        if not missing[field.targets].isdisjoint(_ids(work, field)):
            work.refuse(field.key, message("{label} names no record that exists.", label=field.field.label))


def check_pointers(batch: Batch, works: list[Work]) -> None:
    """Refuse what an ``any_relation`` names and no record is; one statement for each module that is named."""
    pointing = [
        (work, key, value)
        for work in works
        for key, value in work.values.items()
        if isinstance(value, Pointer) and (work.old is None or work.old.get(key) != value)
    ]
    wanted: dict[str, set[int]] = {}
    for _, _, pointer in pointing:
        wanted.setdefault(pointer.module, set()).add(pointer.id)
    there = {module: readable(batch, module, ids) for module, ids in wanted.items()}
    for work, key, pointer in pointing:
        if pointer.id not in there[pointer.module]:
            label = work.plan.fields[key].field.label
            work.refuse(key, message("{label} names no record that exists.", label=label))


def _missing(
    batch: Batch, asked: Mapping[tuple[str, ...], set[int]], found: "Matches"
) -> dict[tuple[str, ...], set[int]]:
    # Of the ids that are asked for, those that no record of any of the modules has, by the modules. What was
    # found by its values a moment ago is there.
    wanted: dict[str, set[int]] = {}
    for targets, ids in asked.items():
        for module in targets:
            wanted.setdefault(module, set()).update(ids - found.there(module))
    there = {module: readable(batch, module, ids) | found.there(module) for module, ids in wanted.items()}
    return {targets: ids.difference(*(there[module] for module in targets)) for targets, ids in asked.items()}


def link(batch: Batch, works: list[Work]) -> None:
    """Work out what becomes of the links; two statements at most for each linked field that is named."""
    plan = works[0].plan
    for field in plan.linked:
        naming = [work for work in works if field.key in work.values and not work.asked.errors]
        standing: dict[int, list[Link]] = {}
        known = [work.id for work in naming if not work.is_new]
        if known:
            standing = links_of(batch.tx.connection, field, known, batch.dialect)
        seen = _seen(batch, field, naming, standing)
        for work in naming:
            given = work.values.pop(field.key)
            change = _change(field, given, standing.get(work.id, []), seen)
            if change is not None:
                work.links[field.key] = change
            if field.field.required and not (change.after if change else standing.get(work.id)):
                work.refuse(field.key, message("{label} is required.", label=field.field.label))


def readable(batch: Batch, module: str, ids: set[int]) -> set[int]:
    """Those of the ids that are records of the module, not deleted, and open to the actor: one statement."""
    plan = batch.plans[module]
    if ids and not batch.judge.may(batch.actor, module, "read").allowed:
        # Who may look at no users (a key for some modules, say) makes records of their own all the same.
        ids = ids & {batch.actor.user_id or 0} if module == "users" else set()
    if not ids:
        return set()
    connection = batch.tx.connection
    statement = plan.statements.select("readable", connection, lambda: _readable(plan, batch.dialect))
    given = statement.run(connection, {"ids": id_list(ids, batch.dialect)})
    return writing_rights.readable(batch, module, set(given[0])) if given else set()


def _readable(plan: ModulePlan, dialect: str) -> Select[Any]:
    record_id, deleted_at = (plan.table.columns[key][0] for key in ("id", "deleted_at"))
    return select(record_id).where(among_ids(record_id, "ids", dialect), deleted_at.is_(None))


@dataclass(slots=True)
class _Asked:
    """What is asked for by one match, which is kept so that its identity stays its own: its key in each
    module, and the answer once there is one.
    """

    match: Match
    keys: tuple[Key | Message, ...]
    wanted: bool = False
    answer: int | Message | None = None


class Matches:
    """Records named by their values, looked up together: one statement for each module and set of fields."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._wanted: dict[tuple[str, Names], set[Key]] = {}
        self._found: dict[tuple[str, Names], dict[Key, list[int]]] = {}
        self._there: dict[str, set[int]] = {}
        self._keys: dict[tuple[str, Names, Key], Key | Message] = {}
        self._asked: dict[tuple[Names, int], _Asked] = {}

    def want(self, modules: Names, match: Match) -> None:
        """Note that a record of one of these modules is asked for."""
        asked = self._about(modules, match)
        if asked.wanted:
            return
        asked.wanted, names = True, tuple(match.values)
        for module, key in zip(modules, asked.keys, strict=True):
            if not isinstance(key, Message):
                self._wanted.setdefault((module, names), set()).add(key)

    def look_up(self) -> None:
        """Ask the database for all that is wanted."""
        for (module, names), keys in self._wanted.items():
            plan = self._batch.plans[module]
            found = self._found[module, names] = {}
            having = list(_having(self._batch, plan, names, keys))
            seen = writing_rights.having_seen(self._batch, module, names, [each for each, _ in having])
            for record_id, key in having:
                if record_id in seen:
                    found.setdefault(key, []).append(record_id)
            self._there.setdefault(module, set()).update(chain.from_iterable(found.values()))
        self._wanted = {}

    def there(self, module: str) -> set[int]:
        """The records of a module that were found, each open to the actor."""
        return self._there.get(module, set())

    def all(self, modules: Names, match: Match) -> list[int]:
        """The ids of the records that fit; none of what cannot be read."""
        names = tuple(match.values)
        found: list[int] = []
        for module, key in zip(modules, self._about(modules, match).keys, strict=True):
            if not isinstance(key, Message):
                found.extend(self._found.get((module, names), {}).get(key, ()))
        return found

    def find(self, modules: Names, match: Match) -> int | Message:
        """The id of the one record that fits, or what is wrong."""
        asked = self._about(modules, match)
        if asked.answer is None:
            asked.answer = self._answer(modules, match)
        return asked.answer

    def _answer(self, modules: Names, match: Match) -> int | Message:
        found = self.all(modules, match)
        wrong = [key for key in self._about(modules, match).keys if isinstance(key, Message)]
        if wrong:
            return wrong[0]
        if len(found) == 1:
            return found[0]
        written = ", ".join(str(value) for value in match.values.values())[:100]
        if found:
            return message('{count} records are called "{written}".', count=len(found), written=written)
        return message('There is no record "{written}".', written=written)

    def _about(self, modules: Names, match: Match) -> "_Asked":
        asked = self._asked.get((modules, id(match)))
        if asked is None:
            names, values = tuple(match.values), tuple(map(_hashable, match.values.values()))
            keys = tuple(self._key(module, names, values, match) for module in modules)
            asked = self._asked[modules, id(match)] = _Asked(match, keys)
        return asked

    def _key(self, module: str, names: Names, values: Key, match: Match) -> Key | Message:
        key = self._keys.get((module, names, values))
        if key is None:
            key = self._keys[module, names, values] = self._parse(module, match.values)
        return key

    def _parse(self, module: str, values: Mapping[str, object]) -> Key | Message:
        plan = self._batch.plans[module]
        parts: list[object] = []
        if not values:
            return message("A record is found by the value of one field at least.")
        for name, raw in values.items():
            if _is_title(plan, name) and writing_rights.is_title_seen(self._batch, plan):
                parts.append(unicodedata.normalize("NFC", str(raw).strip()))
                continue
            field = plan.fields.get(name)
            if field is None or not field.columns or not self._is_seen(module, name):
                return message(
                    '{module} has no field "{field}" to find it by.', module=plan.module.label, field=name
                )
            try:
                value = field.parse(raw, field.field, self._batch.parsing)
            except InvalidValueError as error:
                return error.message
            if value is None or value == () or isinstance(value, Match):
                return message("A record is found by values that are not empty.")
            parts.append(value)
        return tuple(parts)

    def _is_seen(self, module: str, name: str) -> bool:
        return self._batch.judge.may(self._batch.actor, module, "read", field=name).allowed


def _having(batch: Batch, plan: ModulePlan, names: Names, keys: set[Key]) -> Iterable[tuple[int, Key]]:
    # The records that have one of the keys. Asked for column by column, which may find too many: the pairs
    # are checked.
    table = plan.table.table
    if any(_is_title(plan, name) for name in names):
        yield from _called(batch, plan, names, keys)
        return
    fields = [plan.fields[name] for name in names]
    conditions = [
        among(
            table.c[field.columns[0]],
            {field.type.to_columns(key[place])[0] for key in keys},
            batch.dialect,
        )
        for place, field in enumerate(fields)
    ]
    columns = [table.c[name] for field in fields for name in field.columns]
    statement = select(plan.table.columns["id"][0], *columns).where(
        and_(*conditions), plan.table.columns["deleted_at"][0].is_(None)
    )
    for record_id, *parts in batch.tx.connection.execute(statement).all():
        key: list[object] = []
        for field in fields:
            width = len(field.columns)
            key.append(field.type.from_columns(tuple(parts[:width])))
            parts = parts[width:]
        if tuple(key) in keys:
            yield record_id, tuple(key)


def _is_title(plan: ModulePlan, name: str) -> bool:
    return name == TITLE and name not in plan.fields and has_title(plan)


def _called(batch: Batch, plan: ModulePlan, names: Names, keys: set[Key]) -> Iterable[tuple[int, Key]]:
    # What a record is called tells by itself which one it is.
    if len(names) > 1:
        return
    title = title_column(plan)
    statement = select(plan.table.columns["id"][0], title).where(
        among(title, {key[0] for key in keys}, batch.dialect), plan.table.columns["deleted_at"][0].is_(None)
    )
    for record_id, called in batch.tx.connection.execute(statement):
        yield record_id, (called,)


def _by_field(works: list[Work]) -> Iterator[tuple[FieldPlan, list[Work]]]:
    by_module: dict[str, list[Work]] = {}
    for work in works:
        by_module.setdefault(work.plan.key, []).append(work)
    for same in by_module.values():
        for field in same[0].plan.pointing:
            yield field, same


def _pointing(field: FieldPlan, works: list[Work]) -> Iterator[tuple[Work, FieldPlan]]:
    key = field.key
    for work in works:
        value = work.values.get(key)
        if value is None or value == ():
            continue
        if key == "parent" and work.parent is not None:
            continue  # the writer's own doing
        if work.old is not None and field.link is None and work.old.get(key) == value:
            continue  # what stands may stand, even when it was deleted since
        yield work, field


def _items(value: object) -> tuple[object, ...]:
    if isinstance(value, ParsedLinking):
        return (*value.add, *value.remove)
    return value if isinstance(value, tuple) else (value,)


def _fill_in(work: Work, field: FieldPlan, found: Matches) -> None:
    value = work.values[field.key]
    if field.link is None:
        if isinstance(value, Match):
            work.values[field.key] = _target(work, field, value, found)
        return

    def known(items: tuple[object, ...]) -> tuple[object, ...]:
        links: list[object] = []
        for item in items:
            if isinstance(item, Match):
                target = _target(work, field, item, found)
                if target is not None:
                    links.append(Link(target, item.attributes))
            else:
                links.append(Link(item) if isinstance(item, int) else item)
        return tuple(links)

    if isinstance(value, ParsedLinking):
        work.values[field.key] = ParsedLinking(known(value.add), known(value.remove))
    else:
        work.values[field.key] = known(_items(value))


def _target(work: Work, field: FieldPlan, match: Match, found: Matches) -> int | None:
    # The id of the one record that fits; None when it is refused.
    target = found.find(field.targets, match)
    if isinstance(target, Message):
        work.refuse(field.key, target)
        return None
    return target


def _ids(work: Work, field: FieldPlan) -> list[int]:
    # What is newly pointed at; what is only taken away need not exist.
    value = work.values[field.key]
    if type(value) is int:
        return [value]
    items = value.add if isinstance(value, ParsedLinking) else _items(value)
    return [item.id if isinstance(item, Link) else item for item in items if isinstance(item, Link | int)]


def _seen(batch: Batch, field: FieldPlan, works: list[Work], standing: Mapping[int, list[Link]]) -> set[int]:
    # Of the links that are not named again, those that the actor sees: hidden ones (to deleted records) stay.
    unnamed: set[int] = set()
    for work in works:
        named = set(_ids(work, field))
        unnamed.update(old.id for old in standing.get(work.id, ()) if old.id not in named)
    if not unnamed:
        return set()
    return set().union(*(readable(batch, module, unnamed) for module in field.targets))


def _change(field: FieldPlan, given: object, standing: list[Link], seen: set[int]) -> LinkChange | None:
    before = {old.id: old for old in standing}
    if isinstance(given, ParsedLinking):
        taken = {item.id for item in given.remove if isinstance(item, Link)}
        wanted = {**before, **{item.id: item for item in given.add if isinstance(item, Link)}}
        wanted = {target: item for target, item in wanted.items() if target not in taken}
    else:
        items = given if isinstance(given, tuple) else ()
        wanted = {item.id: item for item in items if isinstance(item, Link)}
        wanted.update({old.id: old for old in standing if old.id not in wanted and old.id not in seen})
    after = [_merged(field, before.get(target), item) for target, item in wanted.items()]
    ordered = field.type.name == "files"
    reordered = ordered and [old.id for old in standing] != [item.id for item in after]
    removed = [target for target in before if target not in wanted]
    written: list[tuple[int, Link]] = []
    for place, item in enumerate(after):
        old = before.get(item.id)
        if old is None or reordered or dict(old.attributes) != dict(item.attributes):
            written.append((place if ordered else len(standing) + place, item))
    if not removed and not written:
        return None
    return LinkChange(tuple(standing), tuple(after), tuple(removed), tuple(written))


def _merged(field: FieldPlan, old: Link | None, new: Link) -> Link:
    # An attribute that is not named keeps its value.
    if not field.attributes:
        return Link(new.id)
    empty: dict[str, object] = dict.fromkeys(field.attributes)
    return Link(new.id, empty | dict(old.attributes if old is not None else {}) | dict(new.attributes))


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int) else repr(value)
