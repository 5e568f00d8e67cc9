"""Procedures drawn, of workflows, tools, jobs and approvals: what sets them going, steps, and branches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runtime.base.messages import phrase
from runtime.language.kinds.workflows import known_steps
from runtime.model.catalog import Collection, Expression
from runtime.model.duration import write_duration
from runtime.model.workflow import Filtered, People, Rows, Several, Step, Words, Workflow
from runtime.web.door import Call

Part = dict[str, Any]

BRANCHES: Mapping[str, str] = {
    "then": phrase("If it holds"),
    "else": phrase("Otherwise"),
    "steps": phrase("These steps"),
    "atomic": phrase("All of these, or none"),
    "rejected": phrase("When it is refused"),
}
"""What the lists of steps inside a step are called."""


PAGES: Mapping[str, str] = {"tool": "/admin/tools", "job": "/admin/jobs", "approval": "/admin/approvals"}
"""Where the procedures are drawn that are no workflows, by what their keys begin with."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the steps: what sets them going, on which condition, what is asked first. ``lines``
    are sentences, ``codes`` are expressions as they are written.
    """

    icon: str
    title: str
    lines: Sequence[str] = ()
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """A part of a file, beside its drawing; ``first`` is the number of its first line."""

    name: str
    text: Sequence[str]
    first: int = 1


def address_of(procedure: str) -> str:
    """Where a procedure is drawn, by its key: ``tool:deals.win``, or a workflow's own."""
    kind, colon, key = procedure.partition(":")
    return f"{PAGES[kind]}/{key}" if colon else f"/admin/workflows/{procedure}"


def who_uses(call: Call, kind: str, template: str) -> list[tuple[str, str]]:
    """The procedures with a step of a kind that takes a template: each by its address and its label."""
    return [
        (address_of(each.key), each.label.in_language(call.actor.language))
        for each in call.live.catalog.procedures.values()
        if any(step.kind == kind and step.settings.get("template") == template for step in each.all_steps())
    ]


def drawn(call: Call, procedure: Workflow, heads: Iterable[Head]) -> Part:
    """The whole drawing, as ``admin/flow_steps.html`` takes it; heads that say nothing are left out."""
    return {
        "heads": [each for each in heads if each.lines or each.codes],
        "steps": steps_of(call, procedure.steps),
        "on_error": steps_of(call, procedure.on_error.steps),
        "retries": procedure.on_error.times,
    }


def text_of(call: Call, place: str) -> list[Lines]:
    """The file at a place of the pack, such as ``schemas/jobs/weekly.yaml``."""
    sources = call.live.catalog.sources.items()
    return [Lines(name, text.splitlines()) for name, text in sources if name.endswith(place)]


def part_of_text(call: Call, place: str, key: str) -> list[Lines]:
    """What such a file says under one of its keys."""
    found = []
    for whole in text_of(call, place):
        starts = [number for number, line in enumerate(whole.text) if line.startswith(f"{key}:")]
        for start in starts[:1]:
            rest = whole.text[start + 1 :]
            ends = (n for n, line in enumerate(rest) if line and not line.startswith((" ", "#")))
            lines = [whole.text[start], *rest[: next(ends, len(rest))]]
            while not lines[-1].strip() or lines[-1].startswith("#"):
                lines.pop()  # what stands there is of the next one
            found.append(Lines(whole.name, lines, start + 1))
    return found


def steps_of(call: Call, steps: Iterable[Step]) -> list[Part]:
    """Steps as templates draw them."""
    return [
        {
            "title": call.translate(known_steps()[step.kind].title.text),
            "icon": known_steps()[step.kind].icon,
            "named": step.named,
            "preview": _preview(call, step),
            "settings": list(_settings(step)),
            "branches": [
                (call.translate(BRANCHES.get(name, name)), steps_of(call, inside))
                for name, inside in step.branches()
                if inside
            ],
        }
        for step in steps
    ]


def _settings(step: Step) -> Iterable[tuple[str, list[str]]]:
    """What a step is given, each with the lines that say it."""
    for key, value in step.settings.items():
        if isinstance(value, Mapping):
            yield key, [f"{field} = {_said(each)}" for field, each in value.items()]
        elif not isinstance(value, tuple):
            yield key, [_said(value)]
        elif value and not isinstance(value[0], Step):
            yield key, [_said(each) for each in value]


def _preview(call: Call, step: Step) -> str:
    """Where the template of a step is shown."""
    template, catalog = step.settings.get("template"), call.live.catalog
    if step.kind == "document" and template in catalog.documents:
        return f"/admin/documents/{template}"
    return f"/admin/letters/{template}" if step.kind == "email" and template in catalog.letters else ""


def _said(value: object) -> str:
    match value:
        case Expression() | Several() | Filtered() | People() | Words():
            return value.text
        case Rows():
            return value.of.text if value.of is not None else str(len(value.values))
        case timedelta():
            return write_duration(value)
        case Collection():
            return value.key
    return str(value)
