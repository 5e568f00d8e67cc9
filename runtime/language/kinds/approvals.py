"""The kind ``approvals``: what somebody must agree to, link by link."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    FLAG,
    KEY,
    LABEL,
    PATHS,
    Definition,
    Kind,
    Schema,
    closed,
    described,
    one_of,
    ref,
)
from runtime.language.kinds.tools import STEPS
from runtime.language.kinds.workflows import DURATION
from runtime.model.approval import THEN


class ApprovalsKind(Kind):
    """``schemas/approvals/<approval>.yaml``."""

    name = "approvals"
    folder = "schemas/approvals"
    title = "An approval: schemas/approvals/<approval>.yaml"
    names_in_texts = MappingProxyType({"module": "module"})

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The approval, and a link of its chain."""
        role = closed({"role": described(KEY, "A role.")}, ("role",))
        approver: Schema = {
            **role,
            "type": ["string", "array", "object"],
            "items": {"type": "string", "pattern": "^="},
            "minItems": 1,
            "pattern": "^=",
            "title": "people behind an =, such as =owner.manager, a list of them, or {role: ceo}",
        }
        link = closed(
            {
                "approver": described(approver, "Who is asked."),
                "when": described(EXPRESSION, "On which condition; left out: always."),
                "timeout": described(DURATION, "How long they have."),
                "then": described(
                    one_of(*THEN), "When the time is over: the next one is asked, or it counts as decided."
                ),
            },
            ("approver",),
        )
        approval = closed(
            {
                "label": described(LABEL, "What people call it."),
                "module": described(KEY, "Whose records it is about."),
                "when": described(EXPRESSION, "On which condition it is asked for."),
                "lock": described(PATHS, "Fields and rows that nobody changes while it is pending."),
                "chain": described(
                    {"type": "array", "minItems": 1, "maxItems": 20, "items": ref("approval_link")},
                    "Who is asked, one after the other.",
                ),
                "active": described(FLAG, "Whether it is switched on; left out: true."),
                "approved": described(STEPS, "What is done when all have agreed."),
                "rejected": described(STEPS, "What is done when one has not."),
                "on_error": described(ref("on_error"), "What becomes of a step that fails."),
            },
            ("module", "when", "chain"),
        )
        return MappingProxyType({"approvals": Definition(approval), "approval_link": Definition(link)})
