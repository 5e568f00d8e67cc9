"""Check M203: two workflows that write one field on the same save."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from runtime.base.diagnostic import Diagnostic
from runtime.expressions.tree import Attribute, Items, Literal, Node, Operation, Read
from runtime.language.checks.base import Check
from runtime.language.checks.workflow_effects import sets_of, used_by
from runtime.language.draft import Draft
from runtime.model.catalog import Expression
from runtime.model.workflow import CHANGED, UPDATED, Event, Workflow

Allowed = Mapping[str, frozenset[object]]
"""The values that fields must have, by path."""


class WorkflowOverlap(Check):
    """One save may set both workflows going, and both write the same field of the same record: which value
    stays is left to chance. What they write by a tool or a workflow that they use counts too. Make one of
    them of the two, or write conditions of which only one can hold: `stage == 'won'` and `stage == 'lost'`.
    """

    name = "M203"
    title = "Two workflows that write one field"
    is_warning = True

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        everything = draft.procedures()
        active = [(key, each) for key, each in draft.workflows.items() if each.active]
        written = {key: _written(each, everything) for key, each in active}
        for (one, first), (other, second) in combinations(active, 2):
            shared = sorted(
                field
                for field in written[one].keys() & written[other].keys()
                if written[one][field] != written[other][field]
            )
            if shared and _meet(first, second):
                record, field = shared[0]
                path = ("workflows", other, "steps")
                yield self.found(
                    f"{other} and {one} both write {field}{f' of {record}' if record else ''}, "
                    "and one save may set both going",
                    draft.span(path, key=True),
                    path,
                    "let one workflow do it, or write conditions of which only one can hold",
                    related=(draft.span(("workflows", one, "steps"), key=True),),
                )


def _written(
    workflow: Workflow, everything: Mapping[str, Workflow], around: tuple[str, ...] = ()
) -> dict[tuple[str, str], str]:
    """What its own steps write whatever happens, and in which text: by the record and its field. Tools and
    workflows that they use for the same record, whatever it is, are followed.
    """
    found: dict[tuple[str, str], str] = {}
    for step in workflow.steps:
        if step.kind in ("if", "wait", "stop", "approval"):
            break  # from here on it is not known whether, or when
        record = step.settings.get("record")
        name = record.text.strip() if isinstance(record, Expression) else ""
        if name not in workflow.names:
            for field, value in sets_of(step).items():
                found["" if name == "this" else name, field] = value.text
        used = everything.get(used_by(step))
        if used is not None and name in ("", "this") and used.key not in around and _is_sure(used):
            found |= _written(used, everything, (*around, workflow.key))
    return found


def _is_sure(used: Workflow) -> bool:
    """Whether it runs whatever the record holds, and at once."""
    return used.active and not (used.when or used.once or used.delay or used.until)


def _meet(first: Workflow, second: Workflow) -> bool:
    """Whether one save of one record may set both going."""
    if first.module != second.module or first.delay != second.delay or first.until or second.until:
        return False
    allowed = _allowed(first), _allowed(second)
    if _exclude(*allowed):
        return False
    return any(
        _same(one, other) and not _exclude({**allowed[0], **_after(one)}, {**allowed[1], **_after(other)})
        for one in _events(first)
        for other in _events(second)
    )


def _events(workflow: Workflow) -> Iterator[Event]:
    yield from (event for trigger in workflow.triggers for event in trigger.events)


def _same(one: Event, other: Event) -> bool:
    if one.collection != other.collection:
        return False
    if one.fields and other.fields and not set(one.fields) & set(other.fields):
        return False
    on = {UPDATED if each == CHANGED else each for each in one.on}
    return not on.isdisjoint({UPDATED if each == CHANGED else each for each in other.on})


def _after(event: Event) -> Allowed:
    return {event.fields[0]: frozenset(event.after)} if event.fields and event.after is not None else {}


def _exclude(one: Allowed, other: Allowed) -> bool:
    return any(one[path].isdisjoint(other[path]) for path in one.keys() & other.keys())


def _allowed(workflow: Workflow) -> Allowed:
    found: dict[str, frozenset[object]] = {}
    for node in _conjuncts(workflow.when.tree) if workflow.when is not None else ():
        for path, values in _values(node):
            found[path] = found.get(path, values) & values
    return found


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation) and node.operator == "and":
        for each in node.operands:
            yield from _conjuncts(each)
    else:
        yield node


def _values(node: Node) -> Iterator[tuple[str, frozenset[object]]]:
    """The values that a comparison leaves a field."""
    if not isinstance(node, Operation) or node.operator not in ("==", "in") or len(node.operands) != 2:
        return
    left, right = node.operands
    given = right.items if isinstance(right, Items) else (right,)
    if not all(isinstance(each, Literal) for each in given):
        return
    wanted = frozenset(each.value for each in given if isinstance(each, Literal))
    if isinstance(left, Read) and not (left.old or left.outer):
        yield ".".join(left.keys), wanted
    elif isinstance(left, Attribute) and isinstance(left.of, Read) and not (left.of.old or left.of.outer):
        fitting = frozenset(value for value, has in left.values.items() if has in wanted)
        yield ".".join(left.of.keys), fitting
