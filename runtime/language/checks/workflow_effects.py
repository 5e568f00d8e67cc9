"""What workflows do to records: by their own steps, and by the formulas that follow what these write."""

from collections.abc import Iterable, Iterator, Mapping

from runtime.expressions.reaches import THERE, reaches
from runtime.language.draft import Draft
from runtime.language.kinds.workflows import known_steps
from runtime.model.catalog import Expression, Module
from runtime.model.workflow import CHANGED, CREATED, DELETED, UPDATED, Effect, Step, Workflow

Name = tuple[str, str]
"""A field: its module, and its key; :data:`THERE` in the key's place: whether the records are there, and
:data:`AS_IT_STANDS`: that one is saved so that its formulas run.
"""

AS_IT_STANDS = "="


def effects_of(workflow: Workflow) -> Iterator[Effect]:
    """What the steps of a workflow do to records."""
    for step in workflow.all_steps():
        yield from known_steps()[step.kind].effects(step.settings, workflow.module)


def sets_of(step: Step) -> Mapping[str, Expression]:
    """Which fields of the record that a step names it writes, and what each of them gets."""
    return known_steps()[step.kind].sets(step.settings)


def used_by(step: Step) -> str:
    """The key of the tool or the workflow that a step uses; '' of one that uses none, or an unknown one."""
    return known_steps()[step.kind].uses(step.settings)


class Followers:
    """The fields that formulas give other values when something is written."""

    def __init__(self, draft: Draft) -> None:
        self._of: dict[Name, set[Name]] = {}
        for module in draft.modules.values():
            for read, written in (*_computed(module), *_filled(module)):
                self._of.setdefault(read, set()).add(written)

    def after(self, effects: Iterable[Effect]) -> Iterator[Effect]:
        """What follows, field by field, however many formulas lie between: `changed`, and `updated` too where
        a step has had the formulas run.
        """
        begun = {name for effect in effects for name in _names(effect)}
        filled = {each for name in begun if name[1] == AS_IT_STANDS for each in self._of.get(name, ())}
        found = set(begun)
        open_ones = list(begun)
        while open_ones:
            following = self._of.get(open_ones.pop(), set()) - found
            found |= following
            open_ones += following
        for module, field in sorted(found - begun):
            yield Effect(module, UPDATED if (module, field) in filled else CHANGED, frozenset((field,)))


def _names(effect: Effect) -> Iterator[Name]:
    if effect.on in (CREATED, DELETED):
        yield effect.module, THERE
    elif not effect.fields:
        yield effect.module, AS_IT_STANDS
    else:
        yield from ((effect.module, field) for field in effect.fields)


def _computed(module: Module) -> Iterator[tuple[Name, Name]]:
    """What is read, of whichever records, for which field that keeps what is worked out."""
    for field in module.fields.values():
        if field.computed is not None and field.computed.is_stored:
            for reach in reaches(field.computed.kept, module.key):
                yield (reach.module, reach.field), (module.key, field.key)


def _filled(module: Module) -> Iterator[tuple[Name, Name]]:
    """What a formula waits for or reads in the record that is saved, and the field that it fills."""
    for each in module.dynamics.formulas:
        if each.value is None or each.computed or each.run == ("create",):
            continue
        fields = {key for key in each.run if key in module.fields}
        for expression in (each.when, each.value) if not fields else ():
            if expression is not None:
                fields |= {reach.field for reach in reaches(expression.tree, module.key) if not reach.way}
        for field in fields:
            yield (module.key, field), (module.key, each.field)
        if "save" in each.run:
            yield (module.key, AS_IT_STANDS), (module.key, each.field)
