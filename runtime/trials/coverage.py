"""Coverage: which conditions, formulas, rules, checks, steps and roles the cases have exercised.

A condition has two sides: that it held, and that it did not. What the language works out while cases run is
noted by :class:`Watching`; what steps did is read off the journal of their runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.expressions.evaluation import Evaluator, Plain
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.tree import Node
from runtime.model.catalog import Catalog, Expression, Origin
from runtime.model.workflow import Step, Workflow

if TYPE_CHECKING:
    from runtime.trials.trial import Trial


class _Noting(Evaluator):
    """One that notes what each tree has given."""

    seen: dict[int, tuple[Node, set[bool]]]

    def run(self, node: Node, record: Plain, outer: Plain | None = None, old: Plain | None = None) -> Any:
        """See :class:`Evaluator`."""
        value = super().run(node, record, outer, old)
        self.seen.setdefault(id(node), (node, set()))[1].add(value is True)
        return value


class Watching(Language):
    """The language, and what its trees have given so far."""

    def __init__(self, language: Language) -> None:
        super().__init__(language.functions, language.operators)
        self.seen: dict[int, tuple[Node, set[bool]]] = {}
        """By the tree's identity, the tree itself, so that no other one gets it."""

    def evaluator(self, moment: Moment) -> Evaluator:
        """One that notes."""
        made = _Noting(self.functions, self.operators, moment)
        made.seen = self.seen
        return made


@dataclass(frozen=True, slots=True)
class Covered:
    """Something that may be exercised, and whether it was. ``place`` is where it is written."""

    kind: str
    name: str
    place: str
    done: bool


class Covering:
    """What the cases of a run have exercised."""

    def __init__(self, watching: Watching | None = None) -> None:
        self._watching = watching
        self._steps: set[tuple[str, str]] = set()
        self._roles: set[str] = set()
        self._begun: set[str] = set()

    def begin(self) -> None:
        """Forget what the loading of the configuration has worked out: its examples."""
        if self._watching is not None:
            self._watching.seen.clear()

    def note(self, trial: "Trial") -> None:
        """Note what a case has done; without a watching language nothing is."""
        if self._watching is None:
            return
        case = trial.case
        self._roles |= {
            case.who,
            *(each.as_who for each in case.actions),
            *(each.as_who for each in case.then),
        }
        self._roles |= {each.action.as_who for each in case.then if each.action is not None}
        self._roles |= {str(each.values.get("role", "")) for each in case.given if each.module == "users"}
        for run in trial.all_runs():
            steps = trial.runs.steps(trial.tx.connection, run.id)
            if steps or run.state == "done":
                self._begun.add(run.workflow)
            self._steps |= {(run.workflow, _plain(each.place)) for each in steps}

    def all(self, catalog: Catalog) -> Iterator[Covered]:
        """All that the uppermost pack has to exercise, in order: what stands below has its own tests."""
        top = catalog.layers[-1].name
        below = {layer.name for layer in catalog.layers} - {top}
        for origin, covered in self._whole(catalog):
            if origin.layer not in below:
                yield covered

    def _whole(self, catalog: Catalog) -> Iterator[tuple[Origin, Covered]]:
        for module in catalog.modules.values():
            if not module.system:
                yield from self._of_module(catalog, module.key)
        for workflow in catalog.procedures.values():
            yield from self._of_steps(workflow)
        for key, role in catalog.roles.items():
            yield role.origin, Covered("role", key, str(role.origin.span), key in self._roles)

    def _of_module(self, catalog: Catalog, module: str) -> Iterator[tuple[Origin, Covered]]:
        known = catalog.modules[module].dynamics
        for formula in known.formulas:
            if formula.computed or formula.rule or formula.value is None:
                continue
            name = f"{module}.{formula.key}"
            place = str(formula.origin.span)
            yield formula.origin, Covered("formula", name, place, bool(self._sides(formula.value)))
            if formula.when is not None:
                yield from self._both("formula", name, formula.origin, formula.when)
        for rule in known.rules:
            if rule.when is not None:
                yield from self._both("rule", f"{module}.{rule.key}", rule.origin, rule.when)
        for check in known.checks:
            yield from self._both("check", f"{module}.{check.key}", check.origin, check.condition)

    def _both(
        self, kind: str, name: str, origin: Origin, condition: Expression
    ) -> Iterator[tuple[Origin, Covered]]:
        sides, place = self._sides(condition), str(origin.span)
        yield origin, Covered(kind, f"{name} when it holds", place, True in sides)
        yield origin, Covered(kind, f"{name} when it does not", place, False in sides)

    def _sides(self, expression: Expression) -> set[bool]:
        found = self._watching.seen.get(id(expression.tree)) if self._watching is not None else None
        return set() if found is None else found[1]

    def _of_steps(self, workflow: Workflow) -> Iterator[tuple[Origin, Covered]]:
        place = str(workflow.origin.span)
        yield workflow.origin, Covered("workflow", workflow.key, place, workflow.key in self._begun)
        for step in workflow.all_steps():
            yield step.origin, self._step(workflow, step)

    def _step(self, workflow: Workflow, step: Step) -> Covered:
        name = f"{workflow.key} step {step.place} ({step.kind})"
        return Covered("step", name, str(step.origin.span), (workflow.key, step.place) in self._steps)


def _plain(place: str) -> str:
    """The place of a step, whichever time round a loop it was done."""
    return ".".join(part.partition("#")[0].partition("[")[0] for part in place.split("."))


def in_text(covered: list[Covered]) -> str:
    """How much was exercised of each kind, and what never was."""
    kinds = dict.fromkeys(each.kind for each in covered)
    lines = ["coverage:"]
    for kind in kinds:
        of_kind = [each for each in covered if each.kind == kind]
        lines.append(f"  {kind:<9} {sum(each.done for each in of_kind)} of {len(of_kind)}")
    missing = [each for each in covered if not each.done]
    if missing:
        lines.append("never exercised:")
        lines += [f"  {each.place}  {each.kind} {each.name}" for each in missing]
    return "\n".join(lines)


def in_json(covered: list[Covered]) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "done": sum(each.done for each in covered),
        "all": len(covered),
        "missing": [
            {"kind": each.kind, "name": each.name, "place": each.place} for each in covered if not each.done
        ],
    }
