"""What workflows, tools, jobs and approvals have alike: steps, what becomes of one that fails, a digest."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta

from runtime.expressions.references import dependencies
from runtime.language.nodes import ListNode, MapNode
from runtime.language.resolve.steps import Steps
from runtime.language.resolve.values import Values
from runtime.language.shape import Path
from runtime.model.catalog import Expression, Origin
from runtime.model.label import Label
from runtime.model.workflow import OnError, Several, Step, Workflow

RETRIES = 5


def resolve_on_error(values: Values, steps: Steps, tree: MapNode, path: Path) -> OnError:
    """What becomes of a step that fails."""
    node = tree.map("on_error")
    if node is None:
        return OnError()
    retry = node.map("retry")
    place = (*path, "on_error")
    times, pause = 0, timedelta(seconds=60)
    if retry is not None:
        written = retry.scalar("times")
        times = int(str(written.value)) if written is not None else RETRIES
        pause = values.duration(retry.get("backoff"), (*place, "retry", "backoff")) or pause
    return OnError(times, pause, steps.all(node.list("then"), (*place, "then"), "on_error"))


def resolve_procedure(
    steps: Steps,
    key: str,
    label: Label,
    tree: MapNode,
    path: Path,
    origin: Origin,
    *,
    as_causer: bool = False,
) -> Workflow:
    """The steps of a tree, as runs do them, under the key that they keep."""
    main = steps.all(tree.list("steps"), (*path, "steps"))
    on_error = resolve_on_error(steps.scope.values, steps, tree, path)
    return procedure_of(steps, key, label, main, on_error, digest_of(tree), origin, as_causer=as_causer)


def procedure_of(
    steps: Steps,
    key: str,
    label: Label,
    main: tuple[Step, ...],
    on_error: OnError,
    digest: str,
    origin: Origin,
    *,
    as_causer: bool = False,
) -> Workflow:
    """Steps that were read, as runs do them."""
    return Workflow(
        key=key,
        label=label,
        module=steps.scope.module.key,
        triggers=(),
        when=None,
        once=False,
        active=True,
        steps=main,
        on_error=on_error,
        names=dict(steps.scope.names),
        digest=digest,
        origin=origin,
        as_causer=as_causer,
        keeps=kept_by(steps.scope.expressions),
        inputs=steps.scope.values.inputs,
    )


def digest_of(tree: MapNode | ListNode) -> str:
    """What tells two texts apart."""
    return hashlib.sha256(json.dumps(tree.plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def kept_by(expressions: Iterable[Expression | Several]) -> frozenset[str]:
    """The fields of which expressions ask what they held before the save."""
    found: set[str] = set()
    for each in expressions:
        expression = each.of if isinstance(each, Several) else each
        if expression is not None:
            found |= {path.fields[0].whole for path in dependencies(expression.tree).old}
    return frozenset(found)
