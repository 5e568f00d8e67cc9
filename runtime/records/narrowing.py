"""Narrowing: what an API key leaves of its user's rights, in front of the one judge."""

from collections.abc import Mapping

from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.model.catalog import Expression
from runtime.records.access import Judge, Verdict

_NARROW = Verdict(
    False, (message("This API key may not do that: it was made for less than its user may do."),)
)


class Narrowed:
    """A judge for those who come with a key that may do less than its user, and for everybody else."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def conditions(self, actor: Actor, module: str, right: str) -> tuple[Expression, ...]:
        """Those of the user: what a key leaves out, it leaves out whole."""
        return self._judge.conditions(actor, module, right)

    def may(
        self,
        actor: Actor,
        module: str,
        right: str,
        record: Mapping[str, object] | None = None,
        field: str | None = None,
    ) -> Verdict:
        """No to what the key leaves out; of the rest what the judge says."""
        if actor.scope is not None and not actor.scope.allows(module, right):
            return _NARROW
        return self._judge.may(actor, module, right, record, field)
