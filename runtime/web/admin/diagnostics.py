"""Diagnostics: what is wrong with the files, while the last good version goes on serving."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from starlette.responses import Response

from runtime.base.diagnostic import Diagnostic
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.pages.screen import Screen


def show(screen: Screen, call: Call) -> Response:
    """Every finding at its place, grouped by file."""
    behind = call.site.behind
    problems = behind.loaded if behind is not None and behind.loaded is not None else call.site.problems
    found = sorted(problems.diagnostics, key=lambda d: d.span) if problems is not None else []
    groups = [
        {
            "file": file,
            "list": [view_of(diagnostic, problems.sources if problems else {}) for diagnostic in group],
        }
        for file, group in groupby(found, key=lambda d: d.span.file)
    ]
    if behind is not None:
        summary = call.translate(
            "Revision {newest} cannot be served by this process, which goes on with revision {live}: {why}"
        ).format(newest=behind.revision, live=call.live.revision, why=behind.why)
    elif found:
        summary = call.translate("{n} findings. The last good version is being served.").format(n=len(found))
    else:
        summary = call.translate("The files are in order, and what they say is being served.")
    context = {
        "diagnostics": {
            "pack": call.live.catalog.title.in_language(call.actor.language),
            "found": groups,
            "summary": summary,
            "is_behind": behind is not None,
        },
        "admin_tabs": tabs(call, "diagnostics"),
    }
    return screen.draw(call, "admin/diagnostics.html", context)


def view_of(diagnostic: Diagnostic, sources: Mapping[str, str]) -> dict[str, Any]:
    """A finding as its template draws it, with the line that it is about."""
    span = diagnostic.span
    lines = sources.get(span.file, "").splitlines()
    text = lines[span.line - 1] if 0 < span.line <= len(lines) else None
    end = span.end_column if span.end_line == span.line else len(text or "") + 1
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "path": diagnostic.path,
        "text": text,
        "width": max(end - span.column, 1),
        "hint": diagnostic.help,
    }
