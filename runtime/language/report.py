"""Reports: the same diagnostics as text for a terminal, as JSON for programs, as SARIF for code-review
tools.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from runtime.base.diagnostic import Code, Diagnostic, Severity, Span

LINE = 120
"""How much of a long line is shown around the offending place."""
SEEN: Mapping[int, str] = {
    **{place: chr(0x2400 + place) for place in range(0x20) if chr(place) != "\n"},
    ord("\t"): " ",
    0x7F: "\u2421",
    **dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"),
}
"""What is written for characters that would move the cursor, colour a terminal, or turn its direction round;
each is as wide as one.
"""


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file, place and code, each told once."""
    unique = {(found.code, found.span, found.message): found for found in diagnostics}
    return sorted(unique.values(), key=lambda found: (found.span, found.code, found.message))


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """One line: how many files were read, and what was found."""
    errors = sum(found.is_error for found in diagnostics)
    warnings = len(diagnostics) - errors
    checked = f"{_count(files, 'file')} checked"
    if not diagnostics:
        return f"{checked}: no errors."
    return f"{checked}: {_count(errors, 'error')}, {_count(warnings, 'warning')}."


def as_text(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str]) -> str:
    """Blocks of text, one a diagnostic, with the offending line and a caret under what is meant."""
    lines: dict[str, list[str]] = {}

    def line_of(span: Span) -> str | None:
        if span.file not in lines:
            lines[span.file] = sources.get(span.file, "").split("\n")
        of_file = lines[span.file]
        return of_file[span.line - 1].removesuffix("\r") if 1 <= span.line <= len(of_file) else None

    return "\n\n".join(_block(found, line_of) for found in diagnostics)


def _block(found: Diagnostic, line_of: Callable[[Span], str | None]) -> str:
    head = f"{found.severity} {found.code} {found.span}"
    parts = [f"{head}   {found.path}" if found.path else head, f"  {found.message}"]
    text = line_of(found.span)
    if text:
        number = str(found.span.line).rjust(5)
        shown, column = _window(text, found.span.column)
        if found.span.end_line == found.span.line:
            width = found.span.end_column - found.span.column
        else:
            width = len(text.rstrip()) - found.span.column + 1
        width = max(1, min(width, len(shown) - column + 1))
        parts += [f"{number} | {shown}", f"{' ' * len(number)} | {' ' * (column - 1)}{'^' * width}"]
    more = f"more: trellis explain {found.code}"
    parts.append(f"  help: {found.help}   {more}" if found.help else f"  {more}")
    parts += [f"  see also: {span}" for span in found.related]
    return "\n".join(parts).translate(SEEN)


def _window(text: str, column: int) -> tuple[str, int]:
    """A part of the line that is not too long, and the column inside it."""
    if len(text) <= LINE:
        return text, column
    start = max(0, min(column - 1 - LINE // 3, len(text) - LINE))
    before, after = ("…" if start else ""), ("…" if start + LINE < len(text) else "")
    return before + text[start : start + LINE] + after, column - start + len(before)


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """``{"errors": n, "warnings": n, "diagnostics": [...]}``."""
    errors = sum(found.is_error for found in diagnostics)
    return json.dumps(
        {
            "errors": errors,
            "warnings": len(diagnostics) - errors,
            "diagnostics": [
                {
                    "code": found.code,
                    "severity": str(found.severity),
                    "message": found.message,
                    "path": found.path,
                    "help": found.help,
                    **_place(found.span),
                    "related": [_place(span) for span in found.related],
                }
                for found in diagnostics
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _place(span: Span) -> dict[str, object]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def as_sarif(diagnostics: Sequence[Diagnostic], codes: Mapping[str, Code], version: str, base: str) -> str:
    """A SARIF 2.1.0 log of one run. ``base`` is the URI of the pack's folder, which the files' names begin
    at.
    """
    used = list(dict.fromkeys(found.code for found in diagnostics))
    rules = [
        {
            "id": name,
            "shortDescription": {"text": codes[name].title if name in codes else name},
            "fullDescription": {"text": codes[name].explanation if name in codes else name},
        }
        for name in used
    ]
    results = [
        {
            "ruleId": found.code,
            "ruleIndex": used.index(found.code),
            "level": "error" if found.severity is Severity.ERROR else "warning",
            "message": {"text": f"{found.message}. {found.help}".removesuffix(". ")},
            "locations": [_sarif_place(found.span, found.path)],
            "relatedLocations": [_sarif_place(span, "") for span in found.related],
        }
        for found in diagnostics
    ]
    run = {
        "tool": {"driver": {"name": "trellis", "version": version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"PACK": {"uri": base}},
        "results": results,
    }
    return json.dumps(
        {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]},
        indent=2,
        ensure_ascii=False,
    )


def _sarif_place(span: Span, path: str) -> dict[str, object]:
    place: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": span.file, "uriBaseId": "PACK"},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
    if path:
        place["logicalLocations"] = [{"fullyQualifiedName": path}]
    return place


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
