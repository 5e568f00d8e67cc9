"""Resolves jobs: when they run, for which records, and their steps."""

from runtime.language.draft import Draft
from runtime.language.nodes import MapNode
from runtime.language.resolve.clock_times import cron_problem, is_zone
from runtime.language.resolve.fields import Fields
from runtime.language.resolve.filter_names import filter_named
from runtime.language.resolve.labels import Labels
from runtime.language.resolve.procedures import resolve_procedure
from runtime.language.resolve.steps import Steps
from runtime.language.resolve.values import Values, nothing
from runtime.language.shape import Path
from runtime.model.catalog import Filter
from runtime.model.job import ONE, Job


def resolve_jobs(draft: Draft, labels: Labels) -> None:
    """Fill the draft's jobs."""
    values = Values(draft, Fields(draft, labels), "job")
    for key, tree in draft.trees.get("jobs", {}).items():
        found = _job(draft, labels, values, key, tree)
        if found is not None:
            draft.jobs[key] = found


def _job(draft: Draft, labels: Labels, values: Values, key: str, tree: MapNode) -> Job | None:
    path: Path = ("jobs", key)
    schedule, zone = tree.get("schedule"), tree.get("timezone")
    problem = cron_problem(str(schedule.plain)) if schedule is not None else ""
    if schedule is not None and problem:
        about = f'"{schedule.plain}" is no time of a clock: {problem}'
        values.note(about, schedule, (*path, "schedule"))
    if zone is not None and not is_zone(str(zone.plain)):
        values.note(f'there is no time zone "{zone.plain}"', zone, (*path, "timezone"))
    label = labels.named(path, tree)
    whom = _filter(values, tree, path)
    if tree.map("for") is not None and whom is None:
        return None
    module = draft.modules[whom.module] if whom is not None else nothing("")
    steps = Steps(values, module, "job")
    return Job(
        key,
        label,
        str(schedule.plain) if schedule is not None else "",
        str(zone.plain) if zone is not None else "",
        module.key,
        whom.key if whom is not None else "",
        tree.text("catch_up") or ONE,
        tree.flag("active", True),
        resolve_procedure(steps, f"job:{key}", label, tree, path, draft.origin(tree)),
        draft.origin(tree),
    )


def _filter(values: Values, tree: MapNode, path: Path) -> Filter | None:
    whom = tree.map("for")
    node = whom.get("filter") if whom is not None else None
    if node is None:
        return None
    return filter_named(values, node, (*path, "for", "filter"), "runs a job")
