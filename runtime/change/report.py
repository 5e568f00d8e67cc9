"""Reports: a plan in words for a terminal, and as JSON for programs."""

import json
from collections.abc import Mapping

from runtime.base.diagnostic import Diagnostic
from runtime.change.plan import Plan
from runtime.change.step import Step, counted
from runtime.language.report import as_json as diagnostics_as_json
from runtime.language.report import as_text as diagnostics_as_text

NOTHING = "Nothing to change."


def as_text(plan: Plan, sources: Mapping[str, str]) -> str:
    """The steps in order, each with its safety, its records and the line that caused it; or the refusals.

    ``sources`` has the text of each file by the name that diagnostics call it.
    """
    if plan.refusals:
        return refused_as_text(plan.refusals, sources)
    if plan.is_empty:
        return f"{NOTHING} Revision {plan.base} is this configuration."
    if not plan.steps:
        return f"{_head(plan)}: no table changes, only what is shown and how the program works."
    steps = (_step(place, step) for place, step in enumerate(plan.steps, 1))
    return "\n".join([f"{_head(plan)}: {counted(len(plan.steps), 'step')}, {plan.safety}.", *steps])


def refused_as_text(refusals: tuple[Diagnostic, ...], sources: Mapping[str, str]) -> str:
    """Why nothing is applied, like the errors of a pack."""
    reasons = counted(len(refusals), "reason")
    return f"{diagnostics_as_text(refusals, sources)}\n\nRefused for {reasons}; nothing was changed."


def as_json(plan: Plan) -> str:
    """``{"base", "target", "fingerprint", "seal", "safety", "steps": […], "refusals": […]}``."""
    refusals = json.loads(diagnostics_as_json(plan.refusals))["diagnostics"]
    return json.dumps(
        {
            "base": plan.base,
            "target": plan.target_hash,
            "fingerprint": plan.structure.digest,
            "seal": plan.seal,
            "is_empty": plan.is_empty,
            "safety": str(plan.safety),
            "steps": [step.to_json() for step in plan.steps],
            "refusals": refusals,
        },
        indent=2,
        ensure_ascii=False,
    )


def _head(plan: Plan) -> str:
    return f"From revision {plan.base} to {plan.base + 1}" if plan.base else "To the first revision"


def _step(place: int, step: Step) -> str:
    about = [str(step.safety)]
    if step.rows:
        about.append(counted(step.rows, "record"))
    if step.origin is not None:
        about.append(f"{step.origin.file}:{step.origin.line}")
    return f"{place:4}. {step.what}\n      {', '.join(about)}"
