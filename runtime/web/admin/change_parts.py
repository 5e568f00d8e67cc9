"""The parts that the pages of changes share: steps, what changes for people, and the difference of texts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from runtime.base.messages import Message, message, phrase
from runtime.change.differing import FileDifference
from runtime.change.people import Changes
from runtime.change.plan import Plan
from runtime.change.step import Step
from runtime.web.door import Call

Part = dict[str, Any]
SAFETIES: Mapping[str, tuple[str, str]] = {
    "safe": (phrase("Safe"), "green"),
    "slow": (phrase("Slow"), "yellow"),
    "lossy": (phrase("Loses values"), "red"),
}
"""What a safety is called in English, and its colour, from the harmless one on."""
FILES = 40
"""So many files are shown with their lines on one page."""
LINES = 400
"""So many lines are shown of all the files on a page; the others are a click away."""
WHOLE = 20_000
"""So many lines are shown of a single file."""
KINDS = {"+": "add", "-": "gone", "@": "at"}


def said(call: Call, sentence: Message) -> str:
    """A sentence in the reader's language."""
    return sentence.render(call.translate, call.actor.language)


def safety(call: Call, key: str) -> Part:
    """A safety as a badge."""
    label, color = SAFETIES.get(key, (key, "gray"))
    return {"key": key, "label": call.translate(label), "color": color}


def gravest(call: Call, steps: Iterable[Mapping[str, Any]]) -> Part:
    """The gravest safety of the steps that a revision keeps."""
    order = list(SAFETIES)
    found = [str(step.get("safety")) for step in steps]
    return safety(call, max((each for each in found if each in order), key=order.index, default="safe"))


def step_part(call: Call, step: Mapping[str, Any]) -> Part:
    """A step as a revision keeps it."""
    at = step.get("at") or {}
    rows = int(step.get("rows") or 0)
    return {
        "what": step["what"],
        "safety": safety(call, str(step.get("safety", "safe"))),
        "rows": said(call, message("Records: {count}", count=call.formats.integer(rows))) if rows else "",
        "at": f"{at['file']}:{at['line']}" if at else "",
        "line": "",
        "samples": (),
        "takes": "",
    }


def planned_step(call: Call, step: Step, sources: Mapping[str, str]) -> Part:
    """A step of a plan: with the line that causes it, a sample, and how long it may take."""
    part = step_part(call, step.kept())
    lines = sources.get(step.origin.file, "").splitlines() if step.origin is not None else []
    if step.origin is not None and 0 < step.origin.line <= len(lines):
        part["line"] = lines[step.origin.line - 1].strip()
    return part | {"samples": step.sample, "takes": duration(call, step.estimate)}


def plan_part(call: Call, plan: Plan, sources: Mapping[str, str]) -> Part:
    """A plan's steps, and what they are together."""
    return {
        "steps": [planned_step(call, step, sources) for step in plan.steps],
        "safety": safety(call, str(plan.safety)),
        "takes": duration(call, sum(step.estimate for step in plan.steps)),
        "is_empty": plan.is_empty,
        "base": plan.base,
        "lossy": len(plan.lossy),
    }


def duration(call: Call, seconds: float) -> str:
    """About how long; nothing where it is hardly a second."""
    if seconds < 1:
        return ""
    if seconds < 90:
        return said(call, message("about {n} s", n=call.formats.integer(round(seconds))))
    return said(call, message("about {n} min", n=call.formats.integer(round(seconds / 60))))


TOPICS: Mapping[str, str] = {
    "Names": phrase("Names"),
    "The CRM as a whole": phrase("The CRM as a whole"),
    "Modules": phrase("Modules"),
    "Fields": phrase("Fields"),
    "Formulas, rules and checks": phrase("Formulas, rules and checks"),
    "Picklists": phrase("Picklists"),
    "Layouts": phrase("Layouts"),
    "Filters": phrase("Filters"),
    "Menu": phrase("Menu"),
    "Access": phrase("Access"),
}
"""The topics of what changes for people; others by their own name."""


def told_part(call: Call, changes: Changes) -> list[Part]:
    """What changes for people, by topic."""
    return [
        {"about": call.translate(TOPICS.get(about, about)), "sentences": sentences}
        for about, sentences in changes.items()
        if sentences
    ]


def difference_part(call: Call, files: Sequence[FileDifference], address: str) -> Part:
    """The files that differ, the first of them with their lines; ``address`` shows one alone, by its name."""
    shown: list[Part] = []
    left = LINES
    for each in files[:FILES]:
        part = file_part(call, each, left)
        left = max(0, left - len(part["lines"]))
        shown.append(part | {"href": f"{address}?{urlencode({'name': each.name})}"})
    more = len(files) - len(shown)
    return {
        "files": shown,
        "more": said(call, message("More files: {count}", count=call.formats.integer(more))) if more else "",
        "rest": [
            {"name": each.name, "href": f"{address}?{urlencode({'name': each.name})}"}
            for each in files[FILES:]
        ],
    }


def file_part(call: Call, each: FileDifference, most: int = WHOLE) -> Part:
    """One file's difference, of which so many lines are shown."""
    body = each.body()
    added = sum(line.startswith("+") for line in body)
    gone = sum(line.startswith("-") for line in body)
    left = len(body) - most
    return {
        "name": each.name,
        "state": call.translate(_state(each)),
        "added": call.formats.integer(added),
        "gone": call.formats.integer(gone),
        "lines": [{"kind": KINDS.get(line[:1], "same"), "text": line or " "} for line in body[:most]],
        "more": said(call, message("More lines: {count}", count=call.formats.integer(left)))
        if left > 0
        else "",
        "too_long": each.is_too_long,
    }


def _state(each: FileDifference) -> str:
    if each.before is None:
        return phrase("New")
    return phrase("Gone") if each.after is None else phrase("Changed")
