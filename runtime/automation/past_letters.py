"""Past letters: whom a workflow's steps would have written to, of a record as it was by then.

Only what decides about letters is followed: conditions, and where the workflow stops. What a step finds in
the records that it makes itself, and what comes back from outside, nobody knows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.automation.past import Plain, Then
from runtime.automation.past_reading import PastReading
from runtime.expressions.references import Dependencies, dependencies
from runtime.model.catalog import Expression
from runtime.model.workflow import Step, Workflow
from runtime.steps.email import MOST, is_address

UNFOLLOWED = ("for_each", "run_workflow", "run_tool", "approval")
"""Steps behind which there may be letters that are not counted."""


@dataclass(slots=True)
class Begun:
    """A run as it would have begun: its record by then, and what its save had changed."""

    then: Then
    user_id: int | None
    state: Plain
    before: Plain | None
    changed: frozenset[str]
    letters: list[str] = field(default_factory=list)


class PastLetters:
    """Follows the steps of one workflow. ``is_whole``: no letter was left out so far."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        writes = writes_letters(workflow.steps)
        self._asked = list(_asked(workflow.steps, frozenset(workflow.names))) if writes else []
        self.is_whole = not any(_leaves_out(workflow.steps, self._asked))
        self.needed = needed_by(self._asked)

    def write(self, reading: PastReading, begun: Sequence[Begun]) -> None:
        """Find the addresses of each."""
        if not self._asked or not begun:
            return
        thens = [each.then for each in begun]
        seen = reading.seen(self.needed, [each.state for each in begun], thens)
        old = reading.before(self.needed, [each.before for each in begun], thens)
        for each, plain, earlier in zip(begun, seen, old, strict=True):
            self._steps(reading, each, plain, earlier, self._workflow.steps)

    def _steps(
        self,
        reading: PastReading,
        begun: Begun,
        plain: dict[str, Any],
        old: Mapping[str, Any] | None,
        steps: Iterable[Step],
    ) -> bool:
        """Says whether the workflow goes on behind them."""

        def value(of: object) -> Any:
            if not isinstance(of, Expression) or of not in self._asked:
                return None
            return reading.value(of, plain, old, begun.then, begun.user_id, begun.changed)

        for step in steps:
            if step.kind == "stop":
                return False
            if step.kind == "if":
                branch = "then" if value(step.settings["if"]) is True else "else"
                if not self._steps(reading, begun, plain, old, step.settings.get(branch, ())):
                    return False
            elif step.kind == "atomic":
                for _, inside in step.branches():
                    if not self._steps(reading, begun, plain, old, inside):
                        return False
            elif step.kind == "email":
                written = str(value(step.settings.get("to")) or "").split(",")
                people = dict.fromkeys(one.strip() for one in written if one.strip())
                if len(people) > MOST or not all(map(is_address, people)):
                    return False  # the run fails here
                begun.letters += people
            elif step.kind == "update" and step.settings.get("record") is None:
                for key, each in step.settings.get("set", {}).items():
                    if key in plain and each in self._asked:
                        plain[key] = value(each)
        return True


def needed_by(expressions: Iterable[Expression]) -> Dependencies:
    """What expressions depend on together."""
    found = Dependencies()
    for each in expressions:
        found = found | dependencies(each.tree)
    return found


def writes_letters(steps: Iterable[Step]) -> bool:
    """Whether there is a letter among steps, or in them."""
    return any(inner.kind == "email" for step in steps for inner in step.walk())


def _decides(step: Step) -> bool:
    """Whether letters depend on what is inside it."""
    return any(inner.kind in ("email", "stop", "update") for inner in step.walk())


def _asked(steps: Iterable[Step], names: frozenset[str]) -> Iterator[Expression]:
    """The conditions, the addresses and the values on the way to letters that may be worked out."""
    for step in steps:
        own = step.kind == "update" and step.settings.get("record") is None
        for each in (
            step.settings.get("if") if step.kind == "if" else None,
            step.settings.get("to") if step.kind == "email" else None,
            *(step.settings.get("set", {}).values() if own else ()),
        ):
            if isinstance(each, Expression) and not _is_named(each, names):
                yield each
        if step.kind in ("if", "atomic"):
            for _, inside in step.branches():
                yield from _asked(inside, names)


def _is_named(expression: Expression, names: frozenset[str]) -> bool:
    needed = dependencies(expression.tree)
    firsts = {path.fields[0].key for path in (*needed.paths, *needed.old)}
    return bool(needed.outer or not names.isdisjoint(firsts))


def _leaves_out(steps: Iterable[Step], asked: Sequence[Expression]) -> Iterator[bool]:
    for step in steps:
        yield step.kind in UNFOLLOWED and (step.kind != "for_each" or writes_letters((step,)))
        yield step.kind == "email" and step.settings.get("to") not in asked
        yield step.kind == "if" and step.settings["if"] not in asked and _decides(step)
        if step.kind in ("if", "atomic"):
            for _, inside in step.branches():
                yield from _leaves_out(inside, asked)
