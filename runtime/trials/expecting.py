"""Expecting: whether what a case says holds, and what was got where it does not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from runtime.expressions.evaluation import BudgetError
from runtime.model.suite import Action, Expectation
from runtime.model.tool import CARD
from runtime.records.change import Change
from runtime.records.explaining import Asking
from runtime.records.rule_states import rule_states
from runtime.storage.query import Query
from runtime.trials.people import TrialError
from runtime.trials.telling import got, shown
from runtime.trials.trial import Trial
from runtime.trials.verdict import Failure
from runtime.web.tooling import offered

MOST = 1000


def failures(trial: Trial) -> Iterator[Failure]:
    """What does not hold of all that the case expects; a refusal that it does not expect is one."""
    case = trial.case
    if trial.refusals and not any(each.kind == "refused" for each in case.then):
        yield Failure(case.actions[-1].span, "it can be done", _told(trial.refusals))
        return
    for each in case.then:
        try:
            wrong = _KINDS[each.kind](trial, each)
        except (TrialError, LookupError, BudgetError) as error:
            wrong = str(error)
        if wrong:
            yield Failure(each.span, each.text, wrong)


def _holds(trial: Trial, expected: Expectation) -> str:
    assert expected.condition is not None
    traced = trial.trace(expected.condition)
    return "" if traced.value is True else got(traced, expected.condition.text)


def _about(trial: Trial, expected: Expectation) -> str:
    assert expected.condition is not None
    actor = trial.actor("")
    number = trial.numbers.get(expected.record)
    if number is None:
        return f'There is no record "{expected.record}" by then.'
    asking = Asking(trial.tx.connection, actor, trial.live.moment(actor), expected.module, number)
    found = trial.live.explainer.explain(asking, expected.condition)
    if found.value is True or found.whole is None:
        return "" if found.whole is not None else "It takes too long to work out."
    parts = {part.text: shown(part.value) for _, part in found.whole.walk() if part.path or part.reached}
    return ", ".join(f"{text} = {value}" for text, value in parts.items()) or shown(found.value)


def _can(trial: Trial, expected: Expectation) -> str:
    refused = _tried(trial, expected)
    return f"it is refused: {_told(refused)}" if refused else ""


def _cannot(trial: Trial, expected: Expectation) -> str:
    return "" if _tried(trial, expected) else "it can be done"


def _tried(trial: Trial, expected: Expectation) -> Mapping[str, str]:
    """Why an action is refused; what it does is taken back."""
    action = expected.action
    assert action is not None
    actor = trial.actor(action.as_who or expected.as_who or trial.case.who)
    if action.kind == "create" and not action.values:
        verdict = trial.live.judge.may(actor, action.module, "create")
        return {} if verdict.allowed else {"": " ".join(map(str, verdict.reasons))}
    if action.kind == "tool":
        return _offered(trial, action, actor)
    point, known = trial.tx.mark(), dict(trial.numbers)
    try:
        return trial.do(_by(action, expected.as_who))
    finally:
        point.undo()
        point.keep()
        trial.numbers = known


def _by(action: Action, who: str) -> Action:
    return replace(action, as_who=action.as_who or who)


def _offered(trial: Trial, action: Action, actor: Any) -> Mapping[str, str]:
    module, number = trial.live.catalog.modules[action.module], trial.numbers[action.record]
    offers = offered(trial.call(actor), module, [number], CARD)[number]
    is_there = any(each.key == action.what for each in offers)
    return {} if is_there else {"": f'the record has no "{action.what}" for {actor.name}'}


def _sees(trial: Trial, expected: Expectation) -> str:
    visible = _visible(trial, expected)
    missing = [each for each in expected.fields if each not in visible]
    return f"hidden: {', '.join(missing)}" if missing else ""


def _hides(trial: Trial, expected: Expectation) -> str:
    visible = _visible(trial, expected)
    there = [each for each in expected.fields if each in visible]
    return f"visible: {', '.join(there)}" if there else ""


def _visible(trial: Trial, expected: Expectation) -> set[str]:
    """Those of the fields that the card of the record shows."""
    actor = trial.actor(expected.as_who or trial.case.who)
    call, number = trial.call(actor), trial.numbers[expected.record]
    live, connection = call.live, trial.tx.connection
    query = Query(expected.module, ids=(number,), limit=1)
    if not live.reader.page(connection, query, call.moment).rows:
        return set()
    change = Change(expected.module, {}, number)
    states = rule_states(live.writer, connection, change, actor, live.parsing(actor, "form"))
    places = live.catalog.modules[expected.module].dynamics.places
    closed = states.parts | states.closed
    return {
        key
        for key in expected.fields
        if key not in states.hidden
        and not (places.get(key) and set(places[key]) <= closed)
        and live.judge.may(actor, expected.module, "read", field=key).allowed
        and _is_read(trial, expected.module, key, number, actor)
    }


def _is_read(trial: Trial, module: str, key: str, number: int, actor: Any) -> bool:
    """Whether a right on a field that has a condition holds for the record."""
    condition = trial.live.judge.field_condition(actor, module, key, "read")
    if condition is None:
        return True
    query = Query(module, where=(condition,), ids=(number,), limit=1)
    return bool(trial.live.reader.page(trial.tx.connection, query, trial.live.moment(actor)).rows)


def _finds(trial: Trial, expected: Expectation) -> str:
    """A filter's records, those of the case alone: what the pack brings besides is no matter of it."""
    actor = trial.actor(expected.as_who or trial.case.who)
    call = trial.call(actor)
    filter_ = trial.live.catalog.filters[expected.module][expected.what["filter"]]
    where = () if filter_.where is None else (filter_.where,)
    mine = {
        number: name for name, number in trial.numbers.items() if trial.case.modules[name] == expected.module
    }
    found: list[str] = []
    if mine:
        query = Query(expected.module, where=where, sort=filter_.sort, ids=tuple(mine), limit=MOST)
        found = [mine[row.id] for row in call.live.reader.page(trial.tx.connection, query, call.moment).rows]
    return "" if sorted(found) == sorted(expected.names) else f"[{', '.join(found)}]"


def _refused(trial: Trial, expected: Expectation) -> str:
    if not trial.refusals:
        return "nothing is refused"
    what = expected.what.get("what", "")
    is_it = not what or what in trial.refusals or any(what in each for each in trial.refusals.values())
    return "" if is_it else _told(trial.refusals)


def _mailed(trial: Trial, expected: Expectation) -> str:
    letters = list(trial.outside.letters.values())
    parts = {"to": "recipient", "subject": "subject", "text": "text"}
    for letter in letters:
        if all(text in getattr(letter, parts[key]) for key, text in expected.what.items() if key in parts):
            return ""
    told = [f"{letter.recipient}: {letter.subject}" for letter in letters]
    return "; ".join(told) or "no mail"


_KINDS: Mapping[str, Callable[[Trial, Expectation], str]] = {
    "holds": _holds,
    "about": _about,
    "can": _can,
    "cannot": _cannot,
    "sees": _sees,
    "hides": _hides,
    "finds": _finds,
    "refused": _refused,
    "mailed": _mailed,
}


def _told(refusals: Mapping[str, str]) -> str:
    return "; ".join(f"{key}: {why}" if key else why for key, why in refusals.items())
