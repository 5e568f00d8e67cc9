"""What changes of what the CRM does by itself or at a button: workflows, tools, jobs and approvals."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from runtime.change.people.phrases import formula, named, news, pairs, relabelled, text_of
from runtime.model.approval import Approval
from runtime.model.catalog import Catalog
from runtime.model.job import Job
from runtime.model.label import Label
from runtime.model.tool import Tool
from runtime.model.workflow import Workflow


class _Named(Protocol):
    @property
    def label(self) -> Label: ...


def tell_automation(before: Catalog, after: Catalog) -> Iterator[str]:
    """What is new, gone, or does something else."""
    for key, was, workflow in pairs(before.workflows, after.workflows):
        yield from _workflow(f"The workflow {named(workflow.label, key)}", was, workflow)
    yield from _come_and_gone("workflow", before.workflows, after.workflows, after)
    old, new = _tools(before), _tools(after)
    for key, was_tool, tool in pairs(old, new):
        yield from _tool(f"The tool {named(tool.label, key)}", was_tool, tool)
    yield from _come_and_gone("tool", old, new, after)
    for key, was_job, job in pairs(before.jobs, after.jobs):
        yield from _job(f"The job {named(job.label, key)}", was_job, job)
    yield from _come_and_gone("job", before.jobs, after.jobs, after)
    for key, was_asked, asked in pairs(before.approvals, after.approvals):
        yield from _approval(f"The approval {named(asked.label, key)}", was_asked, asked)
    yield from _come_and_gone("approval", before.approvals, after.approvals, after)


def _come_and_gone(
    what: str, before: Mapping[str, _Named], after: Mapping[str, _Named], catalog: Catalog
) -> Iterator[str]:
    for key, each in news(before, after):
        module = catalog.modules.get(getattr(each, "module", ""))
        about = f", about {module.plural}" if module is not None else ""
        yield f"There is a new {what}: {named(each.label, key)}{about}."
    for key, each in news(after, before):
        yield f"There is the {what} {named(each.label, key)} no more."


def _tools(catalog: Catalog) -> dict[str, Tool]:
    return {f"{module}.{key}": tool for module, tools in catalog.tools.items() for key, tool in tools.items()}


def _workflow(what: str, was: Workflow, now: Workflow) -> Iterator[str]:
    yield from _label(what, was.label, now.label)
    if was.active != now.active:
        yield f"{what} is switched {'on' if now.active else 'off'}."
    if was.digest != now.digest:
        yield f"{what} does something else."


def _tool(what: str, was: Tool, now: Tool) -> Iterator[str]:
    yield from _label(what, was.label, now.label)
    if text_of(was.show) != text_of(now.show):
        yield f"{what} is shown: {formula(now.show)}, and was: {formula(was.show)}."
    if was.on != now.on:
        yield f"{what} stands on the {' and the '.join(now.on)}, and stood on the {' and the '.join(was.on)}."
    if was.procedure.digest != now.procedure.digest:
        yield f"{what} does something else."


def _job(what: str, was: Job, now: Job) -> Iterator[str]:
    yield from _label(what, was.label, now.label)
    if was.active != now.active:
        yield f"{what} is switched {'on' if now.active else 'off'}."
    if was.schedule != now.schedule:
        yield f"{what} runs at {now.schedule}, and ran at {was.schedule}."
    if was.procedure.digest != now.procedure.digest:
        yield f"{what} does something else."


def _approval(what: str, was: Approval, now: Approval) -> Iterator[str]:
    yield from _label(what, was.label, now.label)
    if was.lock != now.lock:
        yield f"{what} keeps {', '.join(now.lock) or 'nothing'} as it is while it waits."
    if was.procedure.digest != now.procedure.digest:
        yield f"{what} asks or does something else."


def _label(what: str, was: Label, now: Label) -> Iterator[str]:
    if said := relabelled(was, now):
        yield f"{what} {said}."
