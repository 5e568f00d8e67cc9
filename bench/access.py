"""What rights cost: the list page of a seller among many records, beside that of one who sees everything.

Run it as ``python -m bench.access --records 100000``. The roles stand five deep, ten sharing rules name the
seller, and 500 users own the records. Times are of whole pages, median of 15.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import databases, site
from runtime.expressions.moment import Moment
from runtime.identity.actor import SYSTEM, Actor
from runtime.records.change import Change, Refused
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.query import Query

BATCH = 5000
USERS = 500
TIMES = 15
CHANCE = random.Random(1)
DEPTH = 5
RULES = 10
MODULE = """title: name
search: [name]
fields:
  name: {type: text, required: true}
  stage: {type: picklist, picklist: stages, default: open}
  amount: {type: money}
  close_date: {type: date}
  secret: {type: text}
"""
PROFILE = (
    "modules: {deals: {read: true, create: true, update: true}}\nfields: {deals.secret: {read: false}}\n"
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What rights cost.")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES)
    arguments = parser.parse_args()
    for engine in arguments.engine or databases.ENGINES:
        with tempfile.TemporaryDirectory(prefix="trellis-bench-") as folder, databases.fresh(engine) as url:
            for line in _measured(url, Path(folder), arguments.records):
                print(f"{engine}, {arguments.records:,} records, {line}", flush=True)
    return 0


def _pack(folder: Path) -> Path:
    roles = "".join(
        f"level_{depth}: {{{f'under: level_{depth - 1}, ' if depth else ''}profiles: [sales]}}\n"
        for depth in range(DEPTH)
    )
    rules = "".join(
        f"  - {{module: deals, to: {{role_and_below: level_0}}, grant: read, "
        f"where: \"stage == 'won' and amount > {90_000 + 1000 * rule}\"}}\n"
        for rule in range(RULES)
    )
    files = {
        "pack.yaml": "title: Bench\nversion: 1.0.0\n",
        "schemas/modules/deals.yaml": MODULE,
        "schemas/picklists/stages.yaml": "values:\n  open: {kind: open}\n  won: {kind: won}\n",
        "schemas/access/roles.yaml": roles,
        "schemas/access/profiles/sales.yaml": PROFILE,
        "schemas/access/sharing.yaml": f"default: {{deals: private}}\nrules:\n{rules}",
    }
    for name, text in files.items():
        file = folder / "pack" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "pack"


def _measured(url: str, folder: Path, records: int) -> Iterator[str]:
    with site.opened(url, _pack(folder)) as opened:
        users = _save(opened, "users", (_user(number) for number in range(USERS)))
        _save(opened, "deals", (_deal(number, users) for number in range(records)))
        opened.database.optimize()
        live = opened.live
        for name, sort in (("newest first", ""), ("by close date", "close_date")):
            base = _time(opened, SYSTEM, sort)
            yield f"{name}, who sees everything: {base:.1f} ms"
            for depth in (DEPTH - 1, DEPTH // 2, 0):
                user = users[depth]
                actor = Actor(user_id=user, role=f"level_{depth}")
                took = _time(opened, actor, sort)
                seen = _count(live.seen_by(actor), opened, actor)
                yield f"{name}, level {depth}, who sees {seen}: {took:.1f} ms ({took / base - 1:+.0%})"


def _user(number: int) -> dict[str, object]:
    role = f"level_{number}" if number < DEPTH else f"level_{CHANCE.choice((2, 3, 4, 4, 4))}"
    return {"name": f"User {number}", "email": f"user{number}@example.com", "role": role}


def _deal(number: int, users: list[int]) -> dict[str, object]:
    return {
        "name": f"Deal {number}",
        "owner": CHANCE.choice(users),
        "stage": CHANCE.choice(("open", "open", "won")),
        "amount": str(CHANCE.randrange(100, 100_000)),
        "close_date": f"2026-{CHANCE.randrange(1, 13):02d}-{CHANCE.randrange(1, 29):02d}",
    }


def _save(opened: Site, module: str, values: Iterator[dict[str, object]]) -> list[int]:
    live, changes, ids = opened.live, [Change(module, each) for each in values], []
    for start in range(0, len(changes), BATCH):
        with opened.database.write() as tx:
            parsing = live.parsing(SYSTEM, "rest")
            for saved in live.writer.save(tx, changes[start : start + BATCH], SYSTEM, parsing):
                if isinstance(saved, Refused):
                    raise ValueError(f"A record of the bench was refused: {saved.errors}")
                ids.append(saved.id)
    return ids


def _time(opened: Site, actor: Actor, sort: str) -> float:
    live = opened.live.seen_by(actor)
    moment = live.moment(actor)
    read = _page(live, opened, sort)
    read(moment)
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        read(moment)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def _page(live: Live, opened: Site, sort: str) -> Callable[[Moment], None]:
    module = live.catalog.modules["deals"]
    columns = live.catalog.layouts["deals"].list
    query = Query("deals", columns, sort=live.sort_keys(module, sort) if sort else (), limit=50)

    def read(moment: Moment) -> None:
        with opened.database.read() as connection:
            live.reader.page(connection, query, moment)
            live.reader.count(connection, query, moment)

    return read


def _count(live: Live, opened: Site, actor: Actor) -> int:
    with opened.database.read() as connection:
        return live.reader.count(connection, Query("deals"), live.moment(actor), cap=None).n


if __name__ == "__main__":
    raise SystemExit(main())
