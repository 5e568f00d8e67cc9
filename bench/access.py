"""What rights cost: the list page of a seller among many records, beside that of one who sees everything.

Run it as ``python -m bench.access --records 100000``. The roles stand five deep, ten sharing rules name the
seller, and 500 users (``--users``) own the records. Two lists are asked for by turns, over one connection
each: as a browser gets them (``page``), and what the database is asked for them alone (``query``). The admin
and each of the others see the same number of rows.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import databases, servers, site
from bench.client import Client
from runtime.identity.actor import SYSTEM, Actor
from runtime.records.change import Change, Refused
from runtime.sites.site import Site
from runtime.storage.query import Query

BATCH = 5000
USERS = 500
TIMES = 60
CHANCE = random.Random(1)
DEPTH = 5
RULES = 10
LISTS = (("newest first", ""), ("by close date", "?sort=close_date"))
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
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--users", type=int, default=USERS, help="how many own the records")
    parser.add_argument("--engine", action="append", choices=databases.ENGINES)
    arguments = parser.parse_args()
    for engine in arguments.engine or databases.ENGINES:
        with tempfile.TemporaryDirectory(prefix="trellis-bench-") as folder, databases.fresh(engine) as url:
            for line in _measured(url, Path(folder), arguments):
                print(
                    f"{engine}, {arguments.records:,} records, {arguments.users:,} users, {line}", flush=True
                )
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


def _measured(url: str, folder: Path, arguments: argparse.Namespace) -> Iterator[str]:
    pack, times = _pack(folder), arguments.times
    with site.opened(url, pack) as opened:
        users = _save(opened, "users", (_user(number) for number in range(arguments.users)))
        _save(opened, "deals", (_deal(number, users) for number in range(arguments.records)))
        opened.database.optimize()
        actors = [SYSTEM, *(Actor(user_id=users[depth], role=f"level_{depth}") for depth in (4, 2, 0))]
        names = ["who sees everything", *(f"level {depth}" for depth in (4, 2, 0))]
        seen = [_count(opened, actor) for actor in actors]
        for name, sort in LISTS:
            asks = [_query(opened, actor, sort.removeprefix("?sort=")) for actor in actors]
            yield from _told(f"query, {name}", names, seen, _by_turns(asks, times))
        cookies = [site.signed_in(opened), *(_cookie(opened, actor) for actor in actors[1:])]
    port = servers.free_port()
    with servers.running(servers.trellis(pack, port), port, "/health", TRELLIS_DATABASE=url):
        clients = [Client(port, {"Cookie": cookie}) for cookie in cookies]
        for name, sort in LISTS:
            asks = [_page(client, f"/app/deals{sort}") for client in clients]
            yield from _told(f"page, {name}", names, seen, _by_turns(asks, times))


def _told(what: str, names: Sequence[str], seen: Sequence[int], times: Sequence[float]) -> Iterator[str]:
    for name, many, took in zip(names, seen, times, strict=True):
        yield f"{what}, {name} ({many:,}): {took:.1f} ms ({took / times[0] - 1:+.0%})"


def _by_turns(asks: Sequence[Callable[[], None]], times: int) -> list[float]:
    """The median of each in milliseconds."""
    took: list[list[float]] = [[] for _ in asks]
    for ask in (*asks, *asks, *asks):
        ask()
    for _ in range(times):
        for ask, own in zip(asks, took, strict=True):
            begun = time.perf_counter()
            ask()
            own.append(time.perf_counter() - begun)
    return [statistics.median(own) * 1000 for own in took]


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


def _query(opened: Site, actor: Actor, sort: str) -> Callable[[], None]:
    live = opened.live.seen_by(actor)
    moment = live.moment(actor)
    module = live.catalog.modules["deals"]
    columns = live.catalog.layouts["deals"].list
    query = Query("deals", columns, sort=live.sort_keys(module, sort) if sort else (), limit=50)

    def ask() -> None:
        with opened.database.read() as connection:
            live.reader.page(connection, query, moment)
            live.reader.count(connection, query, moment)

    return ask


def _page(client: Client, path: str) -> Callable[[], None]:
    def ask() -> None:
        answer = client.get(path)
        if answer.status != 200 or answer.text.count('<td class="title">') != 50:
            raise ValueError(f"{path}: {answer.status}, {answer.text.count('<td class=')}")

    return ask


def _cookie(opened: Site, actor: Actor) -> str:
    with opened.database.write() as tx:
        session = opened.live.identity.sessions.open(tx.connection, actor.user_id or 0)
    return f"trellis_session={session.token}"


def _count(opened: Site, actor: Actor) -> int:
    live = opened.live.seen_by(actor)
    with opened.database.read() as connection:
        return live.reader.count(connection, Query("deals"), live.moment(actor), cap=None).n


if __name__ == "__main__":
    raise SystemExit(main())
