"""The yardstick's table: one line an operation, with what each server took and how they compare."""

import argparse
import datetime as dt
import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
COLUMNS = (
    "database",
    "operation",
    "connections",
    "Trellis",
    "floor B",
    "Django",
    "beside floor B",
    "beside Django",
    "goal",
)
EXPLAINED = (
    "One process a server, asked by turns. One connection: the median in milliseconds, how many times floor"
    " B's ours is, and Django's is ours. Eight: answers a second, how many times ours the floor's rate is,"
    " and ours is Django's."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement: milliseconds (``p50``) and answers a second (``rate``) by the server's name."""

    engine: str
    operation: str
    connections: int
    p50: dict[str, float] = field(default_factory=dict)
    rate: dict[str, float] = field(default_factory=dict)
    goal: str = ""


def shown(line: Line) -> str:
    """A row of the table: the median and, over several connections or of an import, the rate."""
    by_rate = line.connections > 1 or not line.p50
    figures = line.rate if by_rate else line.p50
    unit = "/s" if by_rate else "" if line.operation.endswith((", s", ", MiB")) else " ms"
    cells = [
        f"{figures[name]:,.{0 if by_rate else 2}f}{unit}" if name in figures else ""
        for name in ("ours", "floor", "django")
    ]
    if "sql" in figures:
        cells[1] = f"{figures['sql']:.2f} ms"
    if "writer" in figures:
        cells[0] += f" (writer alone {figures['writer']:,.0f}/s)"
    ours, floor, django = (figures.get(name) for name in ("ours", "floor", "django"))
    beside = ratio(floor, ours) if by_rate else ratio(ours, floor)
    peer = ratio(ours, django) if by_rate else ratio(django, ours)
    return _row(line.engine, line.operation, str(line.connections), *cells, beside, peer, line.goal)


def ratio(one: float | None, other: float | None) -> str:
    """How many times the one is of the other."""
    return f"{one / other:.2f}x" if one and other else ""


def written(lines: list[Line], arguments: argparse.Namespace) -> str:
    """The whole table; also written to ``bench/results``, with the figures beside it."""
    RESULTS.mkdir(exist_ok=True)
    today = dt.datetime.now(dt.UTC).date()
    size = f"{arguments.accounts:,} accounts, {arguments.contacts:,} contacts, {arguments.deals:,} deals"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python"
    head = [f"# {today}: {size}", "", f"{machine} {platform.python_version()}. {EXPLAINED}", ""]
    table = [_row(*COLUMNS), _row(*("---" for _ in COLUMNS)), *map(shown, lines), ""]
    made = "\n".join((*head, *table))
    (RESULTS / f"{today}.md").write_text(made, "utf-8")
    (RESULTS / f"{today}.json").write_text(json.dumps([asdict(line) for line in lines], indent=1), "utf-8")
    return made


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
