"""Approvals: what somebody must agree to before it counts, and what stays as it is until then."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.model.label import Label
from runtime.model.workflow import Workflow

if TYPE_CHECKING:
    from runtime.model.catalog import Origin

ESCALATE, APPROVE, REJECT = "escalate", "approve", "reject"
THEN = (ESCALATE, APPROVE, REJECT)
"""What becomes of a request that nobody decided in time: the next one is asked, or it counts as decided."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval. ``lock`` are the fields and rows that nobody changes while it is pending. ``procedure``
    asks its chain, a step for each link, and does what follows; it begins when its condition comes to hold.
    """

    key: str
    label: Label
    module: str
    lock: tuple[str, ...]
    procedure: Workflow
    origin: "Origin"
