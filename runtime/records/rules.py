"""Rules: which fields are hidden, required or read-only, by conditions on the record.

``show`` and ``require`` look at the record as it will be, ``readonly`` at the record as it stands. Several
rules that show one field are or'ed. A hidden field keeps its value, is not required, and a user's new value
for it is refused.
"""

from collections.abc import Collection, Mapping

from runtime.base.messages import message
from runtime.model.dynamics import Rule
from runtime.records.seen import Seen, Standing, binds, changed_by_hand, is_empty, label_of, refuse_once
from runtime.records.work import Batch, Work

Hidden = Mapping[int, Collection[str]]
"""The keys of fields, by the id() of the record's work."""


def hold_back(batch: Batch, works: list[Work]) -> None:
    """Refuse a user's changes of what is read-only."""
    if not binds(batch):
        return
    found = readonly(batch, works)
    for work in works:
        for key in found.get(id(work), ()):
            if changed_by_hand(work, key):
                refuse_once(work, key, message("{label} is read-only.", label=label_of(work, key)))


def readonly(batch: Batch, works: list[Work]) -> Hidden:
    """The fields that rules make read-only; none while a record is created."""
    rules = [rule for rule in works[0].plan.module.dynamics.rules if rule.readonly]
    standing = [work for work in works if work.old is not None]
    if not (rules and standing):
        return {}
    seen = Standing(batch, standing, [rule.when for rule in rules if rule.when is not None])
    return {
        id(work): {key for rule in rules if _holds(seen, work, rule) for key in rule.readonly}
        for work in standing
    }


def hidden(batch: Batch, works: list[Work]) -> Hidden:
    """The fields that some rules show, where none of those holds."""
    dynamics = works[0].plan.module.dynamics
    rules = [rule for rule in dynamics.rules if rule.show]
    if not rules:
        return {}
    seen = Seen(batch, works, [rule.when for rule in rules if rule.when is not None])
    shown = {
        id(work): {key for rule in rules if _holds(seen, work, rule) for key in rule.show} for work in works
    }
    return {work: dynamics.shown - keys for work, keys in shown.items()}


def required(batch: Batch, works: list[Work], hidden: Hidden) -> Hidden:
    """The fields that rules require, of those that are not hidden."""
    rules = [rule for rule in works[0].plan.module.dynamics.rules if rule.require]
    if not rules:
        return {}
    seen = Seen(batch, works, [rule.when for rule in rules if rule.when is not None])
    return {
        id(work): {key for rule in rules if _holds(seen, work, rule) for key in rule.require}
        - set(hidden.get(id(work), ()))
        for work in works
    }


def require(batch: Batch, works: list[Work], hidden: Hidden) -> None:
    """Refuse what leaves empty what rules require of users."""
    if not binds(batch):
        return
    found = required(batch, works, hidden)
    if not any(found.values()):
        return
    seen = Seen(batch, works, (), {key for keys in found.values() for key in keys})
    for work in works:
        for key in sorted(found[id(work)]):
            if is_empty(seen.own(work, key)):
                refuse_once(work, key, message("{label} is required.", label=label_of(work, key)))


def keep_hidden(batch: Batch, works: list[Work], hidden: Hidden) -> None:
    """Refuse a user's new values for what is hidden."""
    if not binds(batch):
        return
    for work in works:
        for key in hidden.get(id(work), ()):
            if changed_by_hand(work, key) and not _is_its_default(work, key):
                reason = message("{label} is hidden, and takes no new value.", label=label_of(work, key))
                refuse_once(work, key, reason)


def _is_its_default(work: Work, key: str) -> bool:
    # A form sends what it was drawn with, hidden controls too.
    return work.old is None and (is_empty(work.get(key)) or key in work.plan.module.dynamics.defaults)


def _holds(seen: Seen | Standing, work: Work, rule: Rule) -> bool:
    return rule.when is None or seen.holds(work, rule.when)
