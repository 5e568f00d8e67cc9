"""A page of 50 of 100,000 deals, filtered, sorted, with accounts' names, beside the same page by hand.

Both are served by one process each, over one database, and asked by turns, one connection each: the ratio is
what counts. What a request costs of processor time is printed too, and tells more on a busy machine;
PostgreSQL's own is not in it.
"""

import argparse
import re
import statistics
import subprocess
from dataclasses import dataclass, field

from sqlalchemy import create_engine, text

from bench import databases, floor, servers, site
from bench.client import Client
from runtime.identity.actor import SYSTEM
from runtime.sites.site import Site
from runtime.storage.query import MOST as MOST_ROWS
from runtime.storage.query import Query

LIST = "/app/deals?filter=new_business"
WARM_UP = 50
MOST = 4.0
"""How many times the floor's median a list page may take."""
DEEP = 40_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of page: what it is called, and its address here and on the floor."""

    name: str
    ours: str
    floor: str


@dataclass(slots=True)
class Side:
    """One of the two that are asked by turns: its connection, its process, and how long it took."""

    client: Client
    process: subprocess.Popen[bytes]
    times: list[float] = field(default_factory=list)
    processor: float = 0.0

    def begin(self) -> None:
        """Count from here on."""
        self.times, self.processor = [], servers.processor(self.process)

    def ask(self, path: str) -> None:
        """Ask once more."""
        answer = self.client.get(path)
        if answer.status != 200:
            raise ValueError(f"{path} is answered with {answer.status}.")
        self.times.append(answer.took)

    def figures(self) -> tuple[tuple[float, float], float]:
        """The median and the 95th percentile, and what a request cost the process of processor time."""
        ordered = sorted(self.times)
        spent = (servers.processor(self.process) - self.processor) * 1000 / len(ordered)
        return (statistics.median(ordered), ordered[len(ordered) * 95 // 100]), spent


def main() -> int:
    """Measure, print, and say by the exit status whether every page kept to its limit."""
    arguments = _arguments()
    kept = True
    for engine in arguments.engine or databases.ENGINES:
        with databases.fresh(engine) as url:
            kept &= measure(engine, url, arguments)
    return 0 if kept else 1


def measure(engine: str, url: str, arguments: argparse.Namespace) -> bool:
    """Fill a database, serve both pages over it, and compare them."""
    with site.opened(url) as opened:
        site.fill(opened, arguments.accounts, arguments.deals)
        cookie = site.signed_in(opened)
        with opened.database.write() as tx:
            for statement in floor.tables(engine):
                tx.connection.execute(text(statement))
        _settle(opened, engine, url)
        kinds = _kinds(opened, min(DEEP, arguments.deals * 2 // 5))
    here, there = servers.free_port(), servers.free_port()
    with (
        servers.running(servers.trellis(site.PACK, here), here, "/health", TRELLIS_DATABASE=url) as process,
        servers.running(servers.floor(there), there, "/none", FLOOR_DATABASE=url) as beside,
    ):
        headers = {"Cookie": cookie, **({"Accept-Encoding": "gzip"} if arguments.gzip else {})}
        ours, floors = Side(Client(here, headers), process), Side(Client(there), beside)
        print(f"{engine}: {arguments.deals:,} deals, {arguments.requests} requests by turns, milliseconds")
        print(f"  {'':14}{'ours: p50':>10}{'p95':>8}{'CPU':>8}{'floor: p50':>12}{'p95':>8}{'CPU':>8}", end="")
        print(f"{'ratio: p50':>12}{'CPU':>8}")
        kept = [compare(kind, ours, floors, arguments) <= MOST for kind in kinds]
        print(f"  memory (PSS) of trellis serve: {servers.memory(process):.0f} MiB", flush=True)
        if arguments.hold:
            print(f"  holding pid {process.pid}: http://127.0.0.1:{here}{LIST}  {cookie}")
            input()
    return all(kept)


def compare(kind: Kind, ours: Side, floors: Side, arguments: argparse.Namespace) -> float:
    """Ask both by turns; the ratio of the medians."""
    sides = ((ours, kind.ours), (floors, kind.floor))
    first = [side.client.get(path) for side, path in sides]
    if not arguments.gzip:
        _same(kind, *(answer.text for answer in first))
    for _ in range(WARM_UP):
        for side, path in sides:
            side.client.get(path)
    ours.begin()
    floors.begin()
    for _ in range(arguments.requests):
        for side, path in sides:
            side.ask(path)
    (here, one), (there, other) = ours.figures(), floors.figures()
    ratio = here[0] / there[0]
    shown = "".join(f"{figure:8.2f}" for figure in (*here, one))
    beside = "".join(f"{figure:8.2f}" for figure in (*there, other))
    print(f"  {kind.name:14}  {shown}    {beside}    {ratio:8.2f}{one / other:8.2f}", flush=True)
    return ratio


def _kinds(opened: Site, deep: int) -> list[Kind]:
    second, far = _cursor(opened, 50), _cursor(opened, deep)
    return [
        Kind("first page", LIST, "/list"),
        Kind("second page", f"{LIST}&after={second}", "/list?offset=50"),
        Kind(f"row {deep:,}", f"{LIST}&after={far}", f"/list?offset={deep}"),
        Kind("quick filter", f"{LIST}&stage=proposal", "/list?stage=proposal"),
    ]


def _cursor(opened: Site, rows: int) -> str | None:
    """The cursor behind so many rows of the list."""
    live, cursor = opened.live, None
    saved = live.catalog.filters["deals"]["new_business"]
    where = () if saved.where is None else (saved.where,)
    with opened.database.read() as connection:
        while rows > 0:
            query = Query("deals", (), where, sort=saved.sort, limit=min(rows, MOST_ROWS), after=cursor)
            cursor = live.reader.page(connection, query, live.moment(SYSTEM)).next
            rows -= query.limit
    return cursor


def _settle(opened: Site, engine: str, url: str) -> None:
    opened.database.optimize()
    if engine == "postgresql":  # else the first readers pay for what autovacuum would have done
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _same(kind: Kind, ours: str, theirs: str) -> None:
    here = re.findall(r'<td class="title"><a href="/app/deals/(\d+)"', ours)
    there = re.findall(r'<tr id="r(\d+)"', theirs)
    if not here or here != there:
        raise ValueError(f"{kind.name}: the two pages list different records: {here[:5]} … and {there[:5]} …")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.list_page", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES, help="only this database")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=400, help="requests of each kind, after the warm-up")
    parser.add_argument(
        "--gzip", action="store_true", help="ask trellis for compressed pages, as browsers do"
    )
    parser.add_argument(
        "--hold", action="store_true", help="keep the servers until a line is typed, to profile"
    )
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
