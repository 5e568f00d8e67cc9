"""The yardstick: what people and programs do with 100,000 records, beside floor B and beside Django.

``make bench`` runs it. Every server is one process over one database; each operation is asked of each by
turns, round after round, over 1 and over 8 connections, and the medians of the rounds are set side by side.
The ratio is what counts: figures of one machine at one moment compare with nothing else.
"""

import argparse
import asyncio
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import orjson
from sqlalchemy import create_engine, text

from bench import data, databases, floor, report, servers, site
from bench.client import Client
from bench.import_rows import MAP, through_writer
from bench.load import Measured, Request, Target
from bench.report import Line
from runtime.identity.actor import SYSTEM
from runtime.sites.people import add_key
from runtime.sites.site import Site
from runtime.storage.query import MOST, Query

LIST = "/app/deals?filter=new_business"
DJANGO_LIST = "/admin/auth/deal/?deal_type__exact=new_business&amount__gt=5000"
DEEP = 50_000
FOUND = "latform 77"
"""A text inside words of names that some hundred deals have."""
CONNECTIONS = (1, 8)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that is done: how each server is asked, and how many times floor B's median it may take."""

    name: str
    goal: float | None
    ours: Request
    floor: Request | None = None
    django: Request | None = None


@dataclass(slots=True)
class Rounds:
    """What the rounds of one server at one number of connections came to."""

    found: list[Measured] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The median of the medians, in milliseconds."""
        return statistics.median(each.p50 for each in self.found)

    @property
    def rate(self) -> float:
        """The median of the answers a second."""
        return statistics.median(each.rate for each in self.found)

    @property
    def wrong(self) -> str:
        """The first wrong answer."""
        return next((each.note for each in self.found if each.note), "")


def main() -> int:
    """Measure on each database, print the table, and write it to ``bench/results``."""
    arguments = _arguments()
    lines: list[Line] = []
    made = ""
    for engine in arguments.engine or databases.ENGINES:
        with databases.fresh(engine) as url:
            lines += measure(engine, url, arguments)
        lines += imports(engine, arguments)
        made = report.written(lines, arguments)
    print(made)
    return 0


def measure(engine: str, url: str, arguments: argparse.Namespace) -> list[Line]:
    """The requests: fill a database, serve it three ways, and ask by turns."""
    with site.opened(url) as opened:
        accounts = site.fill(opened, arguments.accounts, arguments.deals, arguments.contacts)
        cookie, key = site.signed_in(opened), ""
        key = add_key(opened, _admin(opened), "bench")
        with opened.database.write() as tx:
            for statement in floor.tables(engine):
                tx.connection.exec_driver_sql(statement)
        _settle(opened, engine, url)
        deals = _deals(opened)
        operations = _operations(opened, accounts, deals, min(DEEP, arguments.deals // 2))
    with ExitStack() as stack:
        targets, process = _served(stack, url, cookie, key)
        lines = [line for operation in operations for line in _compare(engine, operation, targets, arguments)]
        lines.append(Line(engine, "memory (PSS), MiB", 1, {"ours": servers.memory(process)}, goal="120"))
        worker = servers.memory(process, workers=True)
        lines.append(Line(engine, "memory of its worker (PSS), MiB", 1, {"ours": worker}, goal="120"))
    lines += _alone(engine, url, arguments)
    lines.append(Line(engine, "start to first list, s", 1, {"ours": _start(url, cookie)}, goal="1.5"))
    return lines


def _served(
    stack: ExitStack, url: str, cookie: str, key: str
) -> "tuple[dict[str, Target], subprocess.Popen[bytes]]":
    ports = {name: servers.free_port() for name in ("ours", "floor", "django")}
    session, token = _django(url)
    process = stack.enter_context(
        servers.running(
            servers.trellis(site.PACK, ports["ours"]), ports["ours"], "/health", TRELLIS_DATABASE=url
        )
    )
    stack.enter_context(
        servers.running(servers.floor(ports["floor"]), ports["floor"], "/none", FLOOR_DATABASE=url)
    )
    stack.enter_context(
        servers.running(servers.django(ports["django"]), ports["django"], "/none", DJANGO_DATABASE=url)
    )
    return {
        "ours": Target(ports["ours"], {"Cookie": cookie}),
        "ours API": Target(ports["ours"], {"Authorization": f"Bearer {key}"}),
        "floor": Target(ports["floor"]),
        "django": Target(ports["django"], {"Cookie": f"sessionid={session}"}),
        "django API": Target(ports["django"], {"Authorization": f"Token {token}"}),
    }, process


def _django(url: str) -> list[str]:
    command = [sys.executable, "-m", "bench.django_peer"]
    environment = {**os.environ, "DJANGO_DATABASE": url}
    made = subprocess.run(
        command, env=environment, cwd=servers.ROOT, check=True, capture_output=True, text=True
    )
    return made.stdout.split()


def _compare(
    engine: str, operation: Operation, targets: Mapping[str, Target], arguments: argparse.Namespace
) -> Iterator[Line]:
    asked = {"ours": operation.ours, "floor": operation.floor, "django": operation.django}
    sides: dict[str, tuple[Target, Request]] = {}
    for name, request in asked.items():
        if request is not None:
            api = name != "floor" and not request.path(0).startswith(("/app", "/admin"))
            sides[name] = (targets[f"{name} API" if api else name], request)
    for target, request in sides.values():
        target.run(request, 1, arguments.seconds / 2)
    for connections in CONNECTIONS:
        found = {name: Rounds() for name in sides}
        for _ in range(arguments.rounds):
            for name, (target, request) in sides.items():
                found[name].found.append(target.run(request, connections, arguments.seconds))
        for name, rounds in found.items():
            if rounds.wrong:
                raise ValueError(f"{operation.name}, {name}: {rounds.wrong}")
        line = Line(
            engine,
            operation.name,
            connections,
            {name: rounds.p50 for name, rounds in found.items()},
            {name: rounds.rate for name, rounds in found.items()},
            f"{operation.goal:g}x" if operation.goal and connections == 1 else "",
        )
        print(report.shown(line), flush=True)
        yield line


def _operations(opened: Site, accounts: list[int], deals: list[int], deep: int) -> list[Operation]:
    def of(ids: list[int]) -> Callable[[int], int]:
        return lambda number: ids[number * 7919 % len(ids)]

    deal, account = of(deals), of(accounts)

    def made(name: str) -> Callable[[int], object]:
        return lambda number: {
            "name": f"Made {number}",
            name: account(number),
            "stage": "proposal",
            "deal_type": "renewal",
            "amount": "1234.50",
            "close_date": "2026-05-01",
        }

    def step(number: int) -> object:
        return {"next_step": f"Call {number}"}

    second, far = _cursor(opened, 50), _cursor(opened, deep)
    return [
        Operation("list of 50", 3, _get(LIST), _get("/list"), _get(DJANGO_LIST)),
        Operation(
            "next page",
            None,
            _get(f"{LIST}&after={second}"),
            _get("/list?offset=50"),
            _get(f"{DJANGO_LIST}&p=2"),
        ),
        Operation(
            f"row {deep:,}",
            2,
            _get(f"{LIST}&after={far}"),
            _get(f"/list?offset={deep}"),
            _get(f"{DJANGO_LIST}&p={deep // 50 + 1}"),
        ),
        Operation(
            "text inside a word",
            3,
            _get(f"/app/deals?filter=found&name={FOUND.replace(' ', '+')}"),
            _get(f"/search?q={FOUND.replace(' ', '+')}"),
            _get(f"/admin/auth/deal/?q=%22{FOUND.replace(' ', '+')}%22"),
        ),
        Operation(
            "sum by stage",
            1.3,
            _get("/api/v1/deals?group=stage&value=sum(amount)"),
            _get("/by_stage"),
            _get("/api/deals/by_stage/"),
        ),
        Operation(
            "read one (REST)",
            4,
            Request(lambda number: f"/api/v1/deals/{deal(number)}"),
            Request(lambda number: f"/one/{deal(number)}"),
            Request(lambda number: f"/api/deals/{deal(number)}/"),
        ),
        Operation(
            "create (REST)",
            3.5,
            Request(lambda _: "/api/v1/deals", "POST", made("account"), 201),
            Request(lambda _: "/create", "POST", made("account_id"), 201),
            Request(lambda _: "/api/deals/", "POST", made("account"), 201),
        ),
        Operation(
            "update one field (REST)",
            4,
            Request(lambda number: f"/api/v1/deals/{deal(number)}", "PATCH", step),
            Request(lambda number: f"/one/{deal(number)}", "PATCH", step),
            Request(lambda number: f"/api/deals/{deal(number)}/", "PATCH", step),
        ),
    ]


def _get(path: str) -> Request:
    return Request(lambda _: path)


def _alone(engine: str, url: str, arguments: argparse.Namespace) -> Iterator[Line]:
    # The statements by themselves: what no server can be quicker than.
    with create_engine(url).connect() as connection:
        some = connection.execute(text("SELECT max(id) FROM floor_deals")).scalar()
    sought = f'"{FOUND}"' if engine == "sqlite" else f"%{FOUND}%"
    for name, sql, values in (
        ("list of 50", floor.LIST, ("new_business", Decimal(5000))),
        ("read one (REST)", floor.ONE, (some,)),
        ("text inside a word", floor.FOUND[engine], (sought,)),
        ("sum by stage", floor.BY_STAGE, ()),
    ):
        took = asyncio.run(floor.alone(url, sql, values, 20 + 20 * arguments.rounds))
        yield Line(engine, f"{name}: the bare statement", 1, {"sql": statistics.median(took)})


def imports(engine: str, arguments: argparse.Namespace) -> Iterator[Line]:
    """Rows a second of an import, beside an endpoint of Django's that was written by hand for it."""
    rates: dict[str, float] = {}
    with databases.fresh(engine) as url:
        rates["writer"] = arguments.rows / through_writer(url, arguments).clock
    with databases.fresh(engine) as url:
        with site.opened(url) as opened:
            site.fill(opened, arguments.accounts, 0)
            with opened.database.write() as tx:
                for statement in floor.tables(engine):
                    tx.connection.exec_driver_sql(statement)
            _settle(opened, engine, url)
            accounts = _ids(opened, "accounts")
        rates["ours"] = arguments.rows / _import_file(url, arguments)
        rates["django"] = arguments.rows / _import_django(url, accounts, arguments)
    line = Line(engine, "import, rows a second", 1, {}, rates, "15,000; 2x Django")
    print(report.shown(line), flush=True)
    yield line


def _import_file(url: str, arguments: argparse.Namespace) -> float:
    names = [values["name"] for values in data.accounts(arguments.accounts)]
    command = [str(Path(sys.executable).with_name("trellis")), "import", "deals"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deals.csv"
        with file.open("w", newline="", encoding="utf-8") as output:
            writer = csv.writer(output)
            for number, values in enumerate(data.deals(arguments.rows, names)):
                if number == 0:
                    writer.writerow(values)
                writer.writerow(values.values())
        begun = time.perf_counter()
        subprocess.run(
            [*command, str(file), "--map", str(MAP)],
            env={**os.environ, "TRELLIS_DATABASE": url},
            cwd=servers.ROOT,
            check=True,
            capture_output=True,
        )
        return time.perf_counter() - begun


def _import_django(url: str, accounts: list[int], arguments: argparse.Namespace) -> float:
    _session, token = _django(url)
    port = servers.free_port()
    parts: list[list[dict[str, object]]] = [[]]
    for values in data.deals(arguments.rows, accounts):
        given = {key: values[key] for key in values if key not in ("probability", "opened_on")}
        if len(parts[-1]) == site.BATCH:
            parts.append([])
        parts[-1].append(given)
    bodies = [orjson.dumps(part) for part in parts]
    with servers.running(servers.django(port), port, "/none", DJANGO_DATABASE=url):
        client = Client(port, {"Authorization": f"Token {token}"})
        begun = time.perf_counter()
        for body in bodies:
            answer = client.post("/api/deals/bulk/", body)
            if answer.status != 201:
                raise ValueError(f"Django refuses the rows: {answer.status} {answer.text[:300]}")
        return time.perf_counter() - begun


def _start(url: str, cookie: str) -> float:
    took = []
    for _ in range(3):
        port = servers.free_port()
        begun = time.perf_counter()
        with servers.running(servers.trellis(site.PACK, port), port, "/health", TRELLIS_DATABASE=url):
            client = Client(port, {"Cookie": cookie})
            client.get(LIST)
            took.append(time.perf_counter() - begun)
            client.close()
    return statistics.median(took)


def _admin(opened: Site) -> int:
    with opened.database.read() as connection:
        return int(connection.execute(text("SELECT max(id) FROM users")).scalar() or 0)


def _ids(opened: Site, table: str) -> list[int]:
    with opened.database.read() as connection:
        return list(connection.execute(text(f"SELECT id FROM {table} ORDER BY id")).scalars())


def _deals(opened: Site) -> list[int]:
    return _ids(opened, "deals")[::97]


def _cursor(opened: Site, rows: int) -> str | None:
    live, cursor = opened.live, None
    saved = live.catalog.filters["deals"]["new_business"]
    where = () if saved.where is None else (saved.where,)
    with opened.database.read() as connection:
        while rows > 0:
            query = Query("deals", (), where, sort=saved.sort, limit=min(rows, MOST), after=cursor)
            cursor = live.reader.page(connection, query, live.moment(SYSTEM)).next
            rows -= query.limit
    return cursor


def _settle(opened: Site, engine: str, url: str) -> None:
    opened.database.optimize()
    if engine == "postgresql":  # else the first readers pay for what autovacuum would have done
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.yardstick", description=__doc__)
    parser.add_argument("--engine", action="append", choices=databases.ENGINES, help="only this database")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=50_000, help="rows of an import")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round of each server")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
