"""Reading the past: what expressions saw of records then, and of the records that these led to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.past import Past, Plain, Then
from runtime.automation.place import Snapshot
from runtime.automation.reading import evaluating
from runtime.expressions.evaluation import AGGREGATES, BudgetError
from runtime.expressions.moment import Moment
from runtime.expressions.references import Dependencies, dependencies
from runtime.expressions.terms import terms_of
from runtime.identity.users import Users
from runtime.model.catalog import Expression, Path
from runtime.records.outer import parted


class PastReading:
    """Works out expressions about records of one module as they were, for many of them together."""

    def __init__(self, connection: Any, live: Snapshot, past: Past, module: str) -> None:
        self._connection = connection
        self._live = live
        self._past = past
        self._module = module
        self._users: dict[int, Mapping[str, object] | None] = {}

    def seen(
        self, needed: Dependencies, states: Sequence[Plain], thens: Sequence[Then]
    ) -> list[dict[str, Any]]:
        """What these dependencies read of records as they were; aggregates are over what there is today."""
        found = self._nested(needed.paths, states, thens)
        if needed.aggregates and states:
            ids = list({int(each["id"]) for each in states})
            moment = self._moment(thens[0].at, None)
            fetched = self._live.writer.plans.aggregates.fetch(
                self._connection, self._module, ids, needed.aggregates, moment
            )
            for plain, state in zip(found, states, strict=True):
                plain[AGGREGATES] = fetched.get(int(state["id"]), {})
        return found

    def before(
        self, needed: Dependencies, states: Sequence[Plain | None], thens: Sequence[Then]
    ) -> list[dict[str, Any] | None]:
        """What is read of them as they were before; None of those that were made then."""
        there = [(state, then) for state, then in zip(states, thens, strict=True) if state is not None]
        ready = iter(self._nested(needed.old, [each for each, _ in there], [then for _, then in there]))
        return [None if state is None else next(ready) for state in states]

    def value(
        self,
        expression: Expression,
        plain: Mapping[str, Any],
        old: Mapping[str, Any] | None,
        then: Then,
        user_id: int | None,
        changed: frozenset[str] | None = None,
    ) -> Any:
        """What an expression gave; None where it could not be worked out. ``changed`` are the fields that a
        save had changed, where it is asked later.
        """
        user = self._user(user_id) if dependencies(expression.tree).user else None
        moment, language = self._moment(then.at, user), self._live.writer.plans.workplace.language
        is_later = changed is not None
        evaluator = evaluating(self._live, moment, changed) if is_later else language.evaluator(moment)
        try:
            value = evaluator.run(expression.tree, plain, None, old)
        except (BudgetError, LookupError):
            return None
        return None if evaluator.trouble else value

    def _moment(self, at: datetime, user: Mapping[str, object] | None) -> Moment:
        catalog = self._live.catalog
        return Moment.at(at, ZoneInfo(catalog.timezone), user, terms_of(catalog))

    def _user(self, user_id: int | None) -> Mapping[str, object] | None:
        if user_id is None:
            return None
        if user_id not in self._users:
            found = Users(self._live.tables).by_id(self._connection, user_id)
            catalog = self._live.catalog
            actor = found.actor("workflow", catalog.languages[0], catalog.timezone) if found else None
            known = {"id": user_id, "role": actor.role, "groups": actor.groups} if actor else None
            self._users[user_id] = known
        return self._users[user_id]

    def _nested(
        self, paths: Iterable[Path], states: Sequence[Plain], thens: Sequence[Then]
    ) -> list[dict[str, Any]]:
        """As :func:`runtime.records.outer.nested`, of the past: a few statements for each relation."""
        direct, behind = parted(paths)
        found: list[dict[str, Any]] = [
            {"id": state.get("id"), **{key: state.get(key) for key in direct}} for state in states
        ]
        for (key, module), onward in behind.items():
            self._walk(found, states, thens, key, module, onward)
        return found

    def _walk(
        self,
        found: list[dict[str, Any]],
        states: Sequence[Plain],
        thens: Sequence[Then],
        key: str,
        module: str,
        onward: list[Path],
    ) -> None:
        ids = {value for state in states if isinstance(value := state.get(key), int)}
        timelines = self._past.of(module, ids)
        reached: list[tuple[int, Plain, Then]] = []
        for place, (state, then) in enumerate(zip(states, thens, strict=True)):
            timeline = timelines.get(state.get(key, 0))
            was = timeline.as_of(then) if timeline is not None else None
            if was is not None:
                reached.append((place, was, then))
            elif not isinstance(found[place].get(key), Mapping):
                found[place][key] = None
        inner = self._nested(onward, [was for _, was, _ in reached], [then for _, _, then in reached])
        for (place, _, _), plain in zip(reached, inner, strict=True):
            found[place][key] = plain
