"""What workflows cost that do not fire: one save beside 20 active ones, and without any, by turns.

The goal is one millisecond more of the processor. Both sides have the same pack, on either database, and no
run may come of it.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import databases
from tests.support.crm import open_app, write_pack
from tests.support.flows import PACK, Flows

WORKFLOWS = 20
SAVES, WARM = 400, 50
MOST_MS = 1.0
TRIGGERS = (
    "trigger: updated\n      when: amount > 1000000 and old.amount < 5",
    "trigger: {changed: stage}",
    "trigger: {changed: {field: stage, to: lost}}\n      when: stage == 'lost'",
    "trigger: saved\n      when: stage == 'lost' and amount > 10",
    "trigger: {related: {path: items, on: [created]}}\n      when: count(items) > 3",
)
"""They are looked at by turns: some by the index of fields alone, others by their condition."""


@dataclass(slots=True)
class Side:
    """One CRM, the record that is saved in it, and how long each save took: of the processor, and in all."""

    flows: Flows
    deal: int
    processor: list[float]
    clock: list[float]

    def save(self, number: int) -> None:
        """Save the record once more, so that nothing fires."""
        began, clock = time.process_time(), time.perf_counter()
        self.flows.save("deals", self.deal, name=f"B{number}", amount=str(number % 3))
        self.processor.append((time.process_time() - began) * 1000)
        self.clock.append((time.perf_counter() - clock) * 1000)


def main() -> int:
    """Measure, print, and say by the exit status whether the goal is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES)
    parser.add_argument("--saves", type=int, default=SAVES)
    arguments = parser.parse_args()
    engines: Sequence[str] = arguments.engine or databases.ENGINES
    kept = [measured(engine, arguments.saves) for engine in engines]
    return 0 if all(kept) else 1


def measured(engine: str, saves: int) -> bool:
    """One database; says whether the goal is kept there."""
    with ExitStack() as stack:
        without, beside = (_side(stack, engine, count) for count in (0, WORKFLOWS))
        for number in range(saves + WARM):
            for side in (without, beside):
                side.save(number)
        assert beside.flows.all() == [], "a workflow fired that was not to"
        few, many = (statistics.median(side.processor[WARM:]) for side in (without, beside))
        slow, slower = (statistics.median(side.clock[WARM:]) for side in (without, beside))
    kept = many - few <= MOST_MS
    print(
        f"{engine}: a save {few:.2f} ms of the processor without workflows, {many:.2f} ms beside "
        f"{WORKFLOWS} of which none fires: {many - few:+.2f} ms (at most {MOST_MS:g}); "
        f"in all {slow:.2f} and {slower:.2f} ms{'' if kept else '  MISSED'}",
        flush=True,
    )
    return kept


def _side(stack: ExitStack, engine: str, count: int) -> Side:
    url = stack.enter_context(databases.fresh(engine))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trellis-bench-", dir="/tmp")))
    text = PACK + "".join(
        f"    schemas/workflows/w{number}.yaml:\n      module: deals\n"
        f"      {TRIGGERS[number % len(TRIGGERS)]}\n      steps: [{{update: {{set: {{note: x}}}}}}]\n"
        for number in range(count)
    )
    flows = Flows(open_app(stack, url, folder, write_pack(folder / "pack", text)))
    return Side(flows, flows.save("deals", name="A", amount="1"), [], [])


if __name__ == "__main__":
    raise SystemExit(main())
