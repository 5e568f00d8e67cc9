"""The step `approval`: ask somebody to agree, and wait for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import (
    CONDITION,
    DURATION,
    PEOPLE,
    ROLE,
    STEPS,
    THEN,
    Did,
    Doing,
    Enter,
    Setting,
    StepError,
    StepKind,
)

LONG = timedelta(days=30)
"""How long it sleeps where no time is set: a decision wakes it."""
PENDING, APPROVED, REJECTED = "pending", "approved", "rejected"


class Approval(StepKind):
    """Asks people to agree, and goes on when one of them has: `approval: {approver: =owner.manager, timeout:
    3 days, then: reject, rejected: [{update: {set: {state: draft}}}]}`. Who is asked finds it in their inbox,
    in their mail and on the start page. Where they refuse, the steps of `rejected` are done and the run ends.
    `then` says what becomes of it when the time is over: `escalate` asks the next one, whatever its `when`
    says. Files in `schemas/approvals` make chains of such steps, and keep what they lock as it is meanwhile.
    """

    name = "approval"
    title = message("Ask for approval")
    icon = "checklist"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "approver": Setting(PEOPLE, "Who: =owner.manager, or a list; one of them decides."),
            "role": Setting(ROLE, "Or whoever has this role."),
            "when": Setting(CONDITION, "On which condition they are asked; left out: always."),
            "timeout": Setting(DURATION, "How long they have."),
            "then": Setting(THEN, "What becomes of it then: escalate, approve or reject."),
            "rejected": Setting(STEPS, "What is done where they refuse; then the run ends."),
        }
    )
    one_of: ClassVar[tuple[str, ...]] = ("approver", "role")
    together: ClassVar[tuple[str, ...]] = ("timeout", "then")
    waits = True

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        kept = doing.remembered()
        if not kept:
            return self._ask(doing, given)
        until = datetime.fromisoformat(kept["until"]) if kept.get("until") else None
        state, told = doing.decision(kept["request"])
        if state == PENDING and (until is None or doing.now < until):
            return Did(until=until or doing.now + LONG, again=kept)
        if state == PENDING:
            state, told = given["then"], {"timeout": True}
            doing.close_request(kept["request"], state)
        effects = {"what": state, "request": kept["request"], **told}
        if state in (REJECTED, "reject"):
            return Did(effects, enter=Enter("rejected", ends=True))
        return Did(effects)

    def _ask(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        if "when" in given and given["when"] is not True and not doing.is_escalated():
            return Did({"what": "not needed"})
        people = doing.approvers(given.get("approver"), given.get("role") or "")
        if not people:
            raise StepError(message("There is nobody who could approve it."))
        until = doing.now + given["timeout"] if "timeout" in given else None
        number = doing.ask_approval(people, until)
        again = {"request": number, "until": until.isoformat() if until is not None else ""}
        return Did(until=until or doing.now + LONG, again=again)
