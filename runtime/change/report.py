"""Reports: a plan in words for a terminal, and as JSON for programs."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from runtime.base.diagnostic import Diagnostic
from runtime.change.people import Changes
from runtime.change.plan import Plan
from runtime.change.step import Step, counted
from runtime.language.report import as_json as diagnostics_as_json
from runtime.language.report import as_text as diagnostics_as_text

NOTHING = "Nothing to change."
LINE = 110
"""How much of a long line of the configuration is shown."""
NO_CHANGES: Changes = MappingProxyType({})


def as_text(plan: Plan, sources: Mapping[str, str], changes: Changes = NO_CHANGES) -> str:
    """The steps in order, each with its safety, its records, the line that caused it and a sample of what
    becomes of values, and then what changes for people; or the refusals.

    ``sources`` has the text of each file by the name that diagnostics call it.
    """
    if plan.refusals:
        return refused_as_text(plan.refusals, sources)
    if plan.is_empty:
        return f"{NOTHING} Revision {plan.base} is this configuration."
    if not plan.steps:
        head = f"{_head(plan)}: no table changes, only what is shown and how the program works."
        return "\n".join([head, *for_people(changes)])
    steps = (_step(place, step, sources) for place, step in enumerate(plan.steps, 1))
    took = _duration(sum(step.estimate for step in plan.steps))
    head = f"{_head(plan)}: {counted(len(plan.steps), 'step')}, {plan.safety}{took}."
    return "\n".join([head, *steps, *for_people(changes)])


def refused_as_text(refusals: tuple[Diagnostic, ...], sources: Mapping[str, str]) -> str:
    """Why nothing is applied, like the errors of a pack."""
    reasons = counted(len(refusals), "reason")
    return f"{diagnostics_as_text(refusals, sources)}\n\nRefused for {reasons}; nothing was changed."


def as_json(plan: Plan, changes: Changes = NO_CHANGES) -> str:
    """What :func:`report` tells, as text."""
    return json.dumps(report(plan, changes), indent=2, ensure_ascii=False)


def report(plan: Plan, changes: Changes = NO_CHANGES) -> dict[str, Any]:
    """``{"base", "target", "fingerprint", "seal", "safety", "steps": […], "changes": {…}, "refusals": […]}``,
    for a program.
    """
    return {
        "base": plan.base,
        "target": plan.target_hash,
        "fingerprint": plan.structure.digest,
        "seal": plan.seal,
        "is_empty": plan.is_empty,
        "safety": str(plan.safety),
        "steps": [step.to_json() for step in plan.steps],
        "changes": {about: list(sentences) for about, sentences in changes.items()},
        "refusals": json.loads(diagnostics_as_json(plan.refusals))["diagnostics"],
    }


def _head(plan: Plan) -> str:
    return f"From revision {plan.base} to {plan.base + 1}" if plan.base else "To the first revision"


def _step(place: int, step: Step, sources: Mapping[str, str]) -> str:
    about = [str(step.safety)]
    if step.rows:
        about.append(counted(step.rows, "record") + _duration(step.estimate))
    if step.origin is not None:
        about.append(f"{step.origin.file}:{step.origin.line}")
    said = [f"{place:4}. {step.what}", f"      {', '.join(about)}"]
    if line := _line(step, sources):
        said.append(f"      | {line}")
    said += (f"      e.g. {sample}" for sample in step.sample)
    return "\n".join(said)


def _line(step: Step, sources: Mapping[str, str]) -> str:
    """The line of the configuration that caused the step."""
    if step.origin is None or step.origin.file not in sources:
        return ""
    lines = sources[step.origin.file].split("\n")
    line = lines[step.origin.line - 1].rstrip() if step.origin.line <= len(lines) else ""
    return line if len(line) <= LINE else line[: LINE - 1] + "…"


def _duration(seconds: float) -> str:
    """``, about 12 seconds``; nothing where it is hardly one."""
    if seconds < 1:
        return ""
    if seconds < 90:
        return f", about {counted(round(seconds), 'second')}"
    if seconds < 5400:
        return f", about {counted(round(seconds / 60), 'minute')}"
    return f", about {counted(round(seconds / 3600), 'hour')}"


def for_people(changes: Changes) -> Iterator[str]:
    """The lines that tell what changes for people; none where nothing does."""
    if not any(changes.values()):
        return
    yield "\nWhat changes for people"
    for about, sentences in changes.items():
        if sentences:
            yield f"  {about}"
            yield from (f"    - {sentence}" for sentence in sentences)
