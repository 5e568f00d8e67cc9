"""Seconds of ``trellis check`` for 100 modules with 40 fields each, the start of Python included."""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.support.packs import generated_pack, write_pack

MOST = 1.5
"""Seconds that the check may take."""


def main() -> int:
    """Measure, print, and say by the exit status whether it was quick enough."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        pack = write_pack(Path(folder) / "pack", generated_pack(arguments.modules, arguments.fields))
        clocks, processors = zip(*(_run(pack) for _ in range(arguments.times)), strict=True)
    median = statistics.median(clocks)
    print(f"check of {arguments.modules} modules with {arguments.fields} fields, {arguments.times} times")
    print(f"  seconds: median {median:.2f}, least {min(clocks):.2f}; of processor {min(processors):.2f}")
    return 0 if median < MOST else 1


def _run(pack: Path) -> tuple[float, float]:
    before, begun = _children(), time.perf_counter()
    command = [Path(sys.executable).with_name("trellis"), "check", pack]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun, _children() - before


def _children() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.check", description=__doc__)
    parser.add_argument("--modules", type=int, default=100)
    parser.add_argument("--fields", type=int, default=40)
    parser.add_argument("--times", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
