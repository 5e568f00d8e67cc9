"""Rules: what conditions on a record hide, require, lock and limit; what they set are formulas.

What is hidden, required and limited looks at the record as it will be, what is read-only at the record as it
stands. Several rules that show one thing are or'ed; one that hides it, hides it whatever others show. A field
is hidden too where every block in which the card shows it is. What is hidden keeps its value, is not
required, and a user's new value for it is refused. Rules bind users and whoever imports a file,
and not the program itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from runtime.base.messages import Message, message
from runtime.model.catalog import Picklist
from runtime.model.dynamics import Dynamics, Rule
from runtime.model.label import ANY, Label
from runtime.records.choices import keys_of
from runtime.records.seen import (
    Before,
    Seen,
    Standing,
    binds,
    changed_by_hand,
    is_empty,
    label_of,
    refuse_once,
)
from runtime.records.work import Batch, Work

Keys = Mapping[int, Collection[str]]
"""The keys of fields and rows, by the id() of the record's work."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What rules hide of one record: fields and rows, and the tabs and blocks of its card."""

    fields: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


class Ruling:
    """What the rules of a module make of some of its records, as they will be."""

    def __init__(self, batch: Batch, works: list[Work]) -> None:
        self._batch = batch
        self._works = works
        self._dynamics = works[0].plan.module.dynamics
        self._rules = [rule for rule in self._dynamics.rules if rule.looks_ahead]
        self._shown = self._dynamics.shown, self._dynamics.shown_parts
        self._seen: Seen | None = None
        self._held: dict[int, tuple[Rule, ...]] = {}
        self._hidden: dict[int, Hidden] = {}

    def holding(self, work: Work) -> tuple[Rule, ...]:
        """The rules whose condition holds."""
        found = self._held.get(id(work))
        if found is None:
            found = self._held[id(work)] = tuple(rule for rule in self._rules if self._holds(work, rule))
        return found

    def hidden(self, work: Work) -> Hidden:
        """What is hidden of a record."""
        if not self._rules:
            return NOTHING
        found = self._hidden.get(id(work))
        if found is None:
            found = self._hidden[id(work)] = self._hide(self.holding(work))
        return found

    def _hide(self, holding: tuple[Rule, ...]) -> Hidden:
        shown, shown_parts = self._shown
        parts = (shown_parts - {part for rule in holding for part in rule.show_parts}) | {
            part for rule in holding for part in rule.hide_parts
        }
        fields = (shown - {key for rule in holding for key in rule.show}) | {
            key for rule in holding for key in rule.hide
        }
        return Hidden(fields | frozenset(_inside(self._dynamics, parts)), parts)

    def required(self, work: Work) -> frozenset[str]:
        """The fields that are required, of those that are not hidden."""
        found = frozenset(key for rule in self.holding(work) for key in rule.require)
        return found - self.hidden(work).fields if found else found

    def limiting(self, work: Work) -> list[tuple[Rule, str, frozenset[str]]]:
        """The rules that limit picklists: which of them, and the values that are left."""
        return [
            (rule, key, frozenset(values))
            for rule in self.holding(work)
            for key, values in rule.limit.items()
        ]

    def limits(self, work: Work) -> dict[str, frozenset[str]]:
        """The values that are left of each picklist; what stood there before its rule held may stay."""
        limiting = self.limiting(work)
        before = Before(self._batch, [work], [rule.when for rule, _, _ in limiting])
        found: dict[str, frozenset[str]] = {}
        for rule, key, values in limiting:
            standing = keys_of((work.old or {}).get(key)) if before.held(work, rule.when) else ()
            left = values | frozenset(standing)
            found[key] = found[key] & left if key in found else left
        return found

    def _holds(self, work: Work, rule: Rule) -> bool:
        if rule.when is None:
            return True
        if self._seen is None:  # fetched where something asks, and not before
            conditions = [one.when for one in self._rules if one.when is not None]
            self._seen = Seen(self._batch, self._works, conditions)
        return self._seen.holds(work, rule.when)


NOTHING = Hidden()


def _inside(dynamics: Dynamics, parts: frozenset[str]) -> Collection[str]:
    """The fields and rows that stand in hidden blocks, or blocks of hidden tabs, alone."""
    if not parts:
        return ()
    return [
        key
        for key, places in dynamics.places.items()
        if all(place in parts or place.partition(".")[0] in parts for place in places)
    ]


def hold_back(batch: Batch, works: list[Work]) -> None:
    """Refuse a user's changes of what is read-only."""
    if not binds(batch):
        return
    found = readonly(batch, works)
    for work in works:
        for key in found.get(id(work), ()):
            if _changes(batch, work, key):
                refuse_once(work, key, message("{label} is read-only.", label=_label(work, key)))


def readonly(batch: Batch, works: list[Work]) -> Keys:
    """The fields and rows that rules make read-only; none while a record is created."""
    rules = [rule for rule in works[0].plan.module.dynamics.rules if rule.readonly]
    standing = [work for work in works if work.old is not None]
    if not (rules and standing):
        return {}
    seen = Standing(batch, standing, [rule.when for rule in rules if rule.when is not None])
    return {
        id(work): {
            key for rule in rules if rule.when is None or seen.holds(work, rule.when) for key in rule.readonly
        }
        for work in standing
    }


def require(batch: Batch, works: list[Work], ruling: Ruling) -> None:
    """Refuse what leaves empty what rules require of users."""
    if not binds(batch):
        return
    found = {id(work): ruling.required(work) for work in works}
    if not any(found.values()):
        return
    seen = Seen(batch, works, (), {key for keys in found.values() for key in keys})
    for work in works:
        for key in sorted(found[id(work)]):
            if is_empty(seen.own(work, key)):
                refuse_once(work, key, message("{label} is required.", label=label_of(work, key)))


def keep_hidden(batch: Batch, works: list[Work], ruling: Ruling) -> None:
    """Refuse a user's new values for what is hidden."""
    if not binds(batch):
        return
    for work in works:
        for key in ruling.hidden(work).fields:
            if _changes(batch, work, key) and not _is_its_default(work, key):
                reason = message("{label} is hidden, and takes no new value.", label=_label(work, key))
                refuse_once(work, key, reason)


def limit(batch: Batch, works: list[Work], ruling: Ruling) -> None:
    """Refuse a user's values that rules do not leave.

    One that stands already is refused in the save in which its rule's condition becomes true.
    """
    if not (binds(batch) and works[0].plan.module.dynamics.limited):
        return
    outside = [
        (work, rule, key, values, wrong)
        for work in works
        for rule, key, values in ruling.limiting(work)
        if (wrong := [each for each in keys_of(work.get(key)) if each not in values])
    ]
    if not outside:
        return
    before = Before(batch, [work for work, *_ in outside], [rule.when for _, rule, *_ in outside])
    for work, rule, key, values, wrong in outside:
        fresh = [each for each in wrong if each not in keys_of((work.old or {}).get(key))]
        if fresh or not before.held(work, rule.when):
            refuse_once(work, key, _not_left(batch, work, key, values, (fresh or wrong)[0]))


def _not_left(batch: Batch, work: Work, key: str, values: Collection[str], wrong: str) -> Message:
    field = work.plan.fields[key].field
    picklist = batch.plans.workplace.catalog.picklists[field.settings["picklist"]]
    left = [value.label for value in picklist.values.values() if value.key in values]
    if not left:
        return message("{label} takes no value here.", label=field.label)
    return message(
        "{label} may not be {value} here; what is left: {values}.",
        label=field.label,
        value=_value_label(picklist, wrong),
        values=_listed(left),
    )


def _value_label(picklist: Picklist, key: str) -> Label:
    value = picklist.values.get(key)
    return value.label if value is not None else Label.of(key)


def _listed(labels: Collection[Label]) -> Label:
    languages = dict.fromkeys((ANY, *(language for label in labels for language in label.texts)))
    return Label({each: ", ".join(label.in_language(each) for label in labels) for each in languages})


def _label(work: Work, key: str) -> object:
    rows = work.plan.rows.get(key)
    return rows.label if rows is not None else label_of(work, key)


def _changes(batch: Batch, work: Work, key: str) -> bool:
    """Whether whoever saves changes a field, or any of the rows under a name."""
    rows = work.plan.rows.get(key)
    if rows is None:
        return changed_by_hand(work, key)
    mine = [row for row in batch.works.get(rows.target, ()) if row.parent is work]
    gone = any(each.asked is work.asked and each.plan.key == rows.target for each in batch.removals)
    return gone or any(row.old is None or _is_changed(row) for row in mine)


def _is_changed(row: Work) -> bool:
    return any(changed_by_hand(row, key) for key in row.raw if key in row.plan.fields)


def _is_its_default(work: Work, key: str) -> bool:
    # A form sends what it was drawn with, hidden controls too.
    if work.old is not None or key in work.plan.rows:
        return False
    return is_empty(work.get(key)) or key in work.plan.module.dynamics.defaults
