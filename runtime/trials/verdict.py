"""Verdicts: what became of each case, as text, as JSON and as JUnit's XML."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from runtime.base.diagnostic import Diagnostic, Span
from runtime.language.report import as_text
from runtime.language.suite_codes import FAILED
from runtime.model.suite import Case


@dataclass(frozen=True, slots=True)
class Failure:
    """What was to hold and does not: where it is written, what was expected, and what was got."""

    span: Span
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one case; it took so many seconds."""

    case: Case
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether all of it holds."""
        return not self.failures


def diagnostics(verdicts: Sequence[Verdict]) -> list[Diagnostic]:
    """The failures, each where it is written."""
    return [
        Diagnostic(
            FAILED.name, f"expected: {each.expected}", each.span, verdict.case.name, f"got: {each.got}"
        )
        for verdict in verdicts
        for each in verdict.failures
    ]


def in_text(verdicts: Sequence[Verdict], sources: Mapping[str, str]) -> str:
    """What failed, for a terminal."""
    return as_text(diagnostics(verdicts), sources)


def in_json(verdicts: Sequence[Verdict], examples: tuple[int, int], coverage: object = None) -> str:
    """All of it, for programs."""
    told = {
        "passed": sum(each.passed for each in verdicts),
        "failed": sum(not each.passed for each in verdicts),
        "examples": {"passed": examples[0], "all": examples[1]},
        "tests": [_told(each) for each in verdicts],
    }
    if coverage is not None:
        told["coverage"] = coverage
    return json.dumps(told, indent=2, ensure_ascii=False)


def _told(verdict: Verdict) -> Mapping[str, object]:
    span = verdict.case.span
    return {
        "name": verdict.case.name,
        "file": span.file,
        "line": span.line,
        "passed": verdict.passed,
        "seconds": round(verdict.seconds, 4),
        "failures": [
            {"line": each.span.line, "column": each.span.column, "expected": each.expected, "got": each.got}
            for each in verdict.failures
        ],
    }


def in_junit(verdicts: Sequence[Verdict]) -> str:
    """JUnit's XML, as build servers read it."""
    failed = sum(not each.passed for each in verdicts)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="trellis" tests="{len(verdicts)}" failures="{failed}">',
    ]
    for each in verdicts:
        named = f"classname={quoteattr(each.case.span.file)} name={quoteattr(each.case.name)}"
        lines.append(f'  <testcase {named} time="{each.seconds:.4f}">')
        for one in each.failures:
            place = f"{one.span.file}:{one.span.line}"
            said = quoteattr(f"expected: {one.expected}")
            lines.append(f"    <failure message={said}>{escape(f'{place} got: {one.got}')}</failure>")
        lines.append("  </testcase>")
    return "\n".join([*lines, "</testsuite>"])
