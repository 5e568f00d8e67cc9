"""What the search for duplicates costs: one save among many records, with a rule and without.

Run it as ``python -m bench.duplicates --records 100000``. Times are those of the processor and of the clock.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench import databases, site
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.sites.people import add_user
from runtime.sites.site import Site

BATCH = 5000
SAVES = 200
PACK = "title: Bench\nversion: 1.0.0\n"
FIRMS = "title: name\nfields:\n  name: {type: text, required: true}\n  city: {type: text}\n"
RULE = "duplicates: {match: [name, city], fuzzy: 0.85}\n"
SYLLABLES = (
    "ka",
    "lo",
    "mer",
    "tan",
    "vi",
    "so",
    "rin",
    "pel",
    "dur",
    "hei",
    "sal",
    "mo",
    "ter",
    "nik",
    "bra",
)
KINDS = ("Trading", "Works", "Consulting", "Group", "Foods", "Logistics")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What the search for duplicates costs.")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES)
    arguments = parser.parse_args()
    for engine in arguments.engine or databases.ENGINES:
        for name, rule in (("without a rule", ""), ("with a rule", RULE)):
            said = _measured(engine, arguments.records, rule)
            print(f"{engine}, {arguments.records:,} records, {name}: {said}", flush=True)
    return 0


def _measured(engine: str, records: int, rule: str) -> str:
    with tempfile.TemporaryDirectory(prefix="trellis-bench-") as folder, databases.fresh(engine) as url:
        modules = Path(folder) / "schemas/modules"
        modules.mkdir(parents=True)
        (Path(folder) / "pack.yaml").write_text(PACK)
        (modules / "firms.yaml").write_text(FIRMS + rule)
        with site.opened(url, Path(folder)) as opened:
            owner = add_user(opened, "ada@example.com", "Ada", None, admin=True)
            chance = random.Random(1)
            began = time.process_time()
            for batch in _batches(_firms(chance, records)):
                _save(opened, owner, batch)
            filled = time.process_time() - began
            opened.database.optimize()
            clock, processor, found = [], [], 0
            for values in _firms(chance, SAVES):
                before = time.perf_counter(), time.process_time()
                found += _save(opened, owner, [values], anyway=False)
                clock.append(time.perf_counter() - before[0])
                processor.append(time.process_time() - before[1])
    return (
        f"a save {statistics.median(clock) * 1000:.2f} ms"
        f" ({statistics.median(processor) * 1000:.2f} of the processor), {found} of {SAVES} found alike,"
        f" filled at {records / filled:,.0f} a second of the processor"
    )


def _firms(chance: random.Random, count: int) -> Iterator[dict[str, object]]:
    for _ in range(count):
        name = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 5))).title()
        yield {"name": f"{name} {chance.choice(KINDS)} Oy", "city": f"City {chance.randrange(200)}"}


def _batches(values: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    while batch := list(islice(values, BATCH)):
        yield batch


def _save(opened: Site, owner: int, values: list[dict[str, object]], anyway: bool = True) -> int:
    """Save records; gives how many were refused."""
    live, actor = opened.live, Actor(user_id=owner, name="Ada", admin=True, door="rest")
    changes = [Change("firms", each, anyway=anyway) for each in values]
    with opened.database.write() as tx:
        outcomes = live.writer.save(tx, changes, actor, live.parsing(actor, "rest"), atomic=False)
    return sum(isinstance(each, Refused) for each in outcomes)


if __name__ == "__main__":
    raise SystemExit(main())
