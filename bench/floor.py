"""Floor B: the same work written by hand: covering indexes, capped counts, deep pages by ids first, trigrams.

No metadata, rights, sessions, languages or log: what is left when a page is made for one table. It reads
tables of its own, with the same rows and ids, in the same database. ``FLOOR_DATABASE`` is the address, as the
site's.
"""

import asyncio
import importlib
import os
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import orjson
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAGE = """<!doctype html><html><head><title>Deals</title></head><body><h1>Deals</h1>
<form><input name=q></form><table><thead><tr><th><input type=checkbox></th><th>Name</th><th>Account</th>
<th>Stage</th><th>Type</th><th>Amount</th><th>Cur</th><th>Close</th><th>Owner</th><th>Priority</th></tr></thead><tbody>
{% for r in rows %}<tr id="r{{r[0]}}"><td><input type=checkbox name=sel value="{{r[0]}}"></td>
<td><a href="/deals/{{r[0]}}">{{r[1]}}</a></td><td><a href="/accounts/{{r[2]}}">{{r[3]}}</a></td>
<td><span class="badge">{{r[4]}}</span></td><td>{{r[5]}}</td><td class=num>{{r[6]}}</td><td>{{r[7]}}</td>
<td>{{r[8]}}</td><td>{{r[9]}}</td><td>{{r[10]}}</td></tr>
{% endfor %}</tbody></table><nav>{{total}}</nav></body></html>"""
COLUMNS = (
    "d.id,d.name,d.account_id,a.name,d.stage,d.deal_type,d.amount,d.currency,d.close_date,d.owner,d.priority"
)
JOINED = "left join floor_accounts a on a.id=d.account_id"
ORDER = "order by d.close_date desc,d.id desc"
WHERE = "d.deal_type=$1 and d.amount>$2"
DEEP = 1000
"""From this offset on, the ids of a page are found first, in the index alone."""
LIST = f"select {COLUMNS} from floor_deals d {JOINED} where {WHERE} {ORDER} limit 50"
ONE = f"select d.*, a.name as account_name from floor_deals d {JOINED} where d.id=$1"
BY_STAGE = "select stage, sum(amount) from floor_deals group by stage order by stage"
FOUND = {
    "sqlite": f"select {COLUMNS} from floor_deals d {JOINED} where d.id in"
    f" (select rowid from floor_search where floor_search match $1) {ORDER} limit 50",
    "postgresql": "with m as materialized (select id from floor_deals where name ilike $1)"
    f" select {COLUMNS} from m join floor_deals d on d.id=m.id {JOINED} {ORDER} limit 50",
}
"""Text inside a word, by trigrams."""
FIELDS = ("name", "account_id", "stage", "deal_type", "amount", "close_date")
CREATE = (
    f"insert into floor_deals({','.join(FIELDS)}) values"
    f" ({','.join(f'${n}' for n in range(1, len(FIELDS) + 1))}) returning id"
)
UPDATE = "update floor_deals set next_step=$1 where id=$2 returning id"
STAGES = frozenset(("prospecting", "qualification", "proposal", "negotiation", "won", "lost"))


def tables(dialect: str) -> list[str]:
    """The statements that make the floor's tables out of the site's."""
    text = Path(__file__).with_name(f"floor_{dialect}.sql").read_text("utf-8")
    return [part for part in re.split(r";;\n", text) if part.strip()]


class Sqlite:
    """SQLite in the event loop: a query of under a millisecond is quicker there than through a thread."""

    name = "sqlite"

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()

    async def open(self) -> None:
        """Nothing to do."""

    async def fetch(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a statement with ``$1`` …"""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(
                self._path, isolation_level=None, timeout=30
            )
            connection.executescript(
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA synchronous=FULL"
            )
        found: list[Any] = connection.execute(
            sql.replace("$", "?"), [_plain(value) for value in values]
        ).fetchall()
        return found


class Postgresql:
    """PostgreSQL through asyncpg's pool."""

    name = "postgresql"

    def __init__(self, host: str, database: str) -> None:
        self._host, self._database = host, database
        self._pool: Any = None

    async def open(self) -> None:
        """Open the pool."""
        asyncpg: Any = importlib.import_module("asyncpg")
        self._pool = await asyncpg.create_pool(
            host=self._host, user="postgres", database=self._database, min_size=4, max_size=8
        )

    async def fetch(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a statement with ``$1`` …"""
        async with self._pool.acquire() as connection:
            found: Sequence[Sequence[Any]] = await connection.fetch(sql, *values)
            return found


Database = Sqlite | Postgresql


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def connect(address: str) -> Database:
    """The database of an address of SQLAlchemy's."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return Sqlite(str(url.database))
    return Postgresql(str(url.query["host"]), str(url.database))


class Floor:
    """The pages and addresses."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._page = jinja2.Environment(autoescape=True).from_string(PAGE)

    async def list(self, request: Request) -> HTMLResponse:
        """Fifty deals, filtered and sorted, and their capped number."""
        offset, stage = int(request.query_params.get("offset", 0)), request.query_params.get("stage")
        where, values = WHERE, ["new_business", Decimal(5000)]
        if stage:
            where, values = f"{where} and d.stage=$3", [*values, stage]
        place = f"limit 50 offset {offset}"
        if offset > DEEP:
            keys = f"select d.id as i from floor_deals d where {where} {ORDER} {place}"
            source = f"({keys}) k join floor_deals d on d.id=k.i {JOINED}"
            rows = await self.database.fetch(f"select {COLUMNS} from {source} {ORDER}", *values)
        else:
            sql = f"select {COLUMNS} from floor_deals d {JOINED} where {where} {ORDER} {place}"
            rows = await self.database.fetch(sql, *values)
        capped = f"select count(*) from (select 1 from floor_deals d where {where} limit 1001) x"
        total = (await self.database.fetch(capped, *values))[0][0]
        return HTMLResponse(self._page.render(rows=rows, total="1000+" if total > 1000 else total))

    async def search(self, request: Request) -> HTMLResponse:
        """Deals with a text inside their name."""
        sought = request.query_params["q"]
        sought = f'"{sought}"' if self.database.name == "sqlite" else f"%{sought}%"
        rows = await self.database.fetch(FOUND[self.database.name], sought)
        return HTMLResponse(self._page.render(rows=rows, total=len(rows)))

    async def one(self, request: Request) -> Response:
        """One deal."""
        rows = await self.database.fetch(ONE, int(request.path_params["id"]))
        return _json(dict(rows[0]) if self.database.name == "postgresql" else list(rows[0]))

    async def create(self, request: Request) -> Response:
        """A deal more, its values checked."""
        given = orjson.loads(await request.body())
        if given["stage"] not in STAGES or not given["name"]:
            return _json({"error": "invalid"}, 422)
        values = (given["name"], int(given["account_id"]), given["stage"], given["deal_type"])
        amount, closes = Decimal(str(given["amount"])), date.fromisoformat(given["close_date"])
        rows = await self.database.fetch(CREATE, *values, amount, closes)
        return _json({"id": rows[0][0]}, 201)

    async def update(self, request: Request) -> Response:
        """One field of a deal."""
        given = orjson.loads(await request.body())
        rows = await self.database.fetch(UPDATE, given["next_step"], int(request.path_params["id"]))
        return _json({"id": rows[0][0]})

    async def by_stage(self, request: Request) -> Response:
        """The amounts of each stage."""
        return _json([list(row) for row in await self.database.fetch(BY_STAGE)])


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value, default=str), status, media_type="application/json")


def build(address: str) -> Starlette:
    """The floor's application over a database."""
    floor = Floor(connect(address))

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        await floor.database.open()
        yield

    return Starlette(
        lifespan=life,
        routes=[
            Route("/list", floor.list),
            Route("/search", floor.search),
            Route("/one/{id:int}", floor.one, methods=["GET"]),
            Route("/one/{id:int}", floor.update, methods=["PATCH"]),
            Route("/create", floor.create, methods=["POST"]),
            Route("/by_stage", floor.by_stage),
        ],
    )


def application() -> Starlette:
    """The application of the environment's database, for uvicorn."""
    return build(os.environ["FLOOR_DATABASE"])


async def alone(address: str, sql: str, values: Sequence[Any], times: int) -> list[float]:
    """Milliseconds of each of some runs of a statement by itself, without a server in between."""
    database = connect(address)
    await database.open()
    loop, took = asyncio.get_running_loop(), []
    for _ in range(times):
        begun = loop.time()
        await database.fetch(sql, *values)
        took.append((loop.time() - begun) * 1000)
    return took
