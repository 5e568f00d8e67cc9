"""Floor B: the same list page written by hand: covering indexes, a capped count, deep pages by ids first.

No metadata, rights, sessions, languages or log: what is left when a page is made for one table. It reads
tables of its own, with the same rows and ids, in the same database. ``FLOOR_DATABASE`` is the address, as the
site's.
"""

import importlib
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import jinja2
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
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
DEEP = 1000
"""From this offset on, the ids of a page are found first, in the index alone."""

TABLES = """
CREATE TABLE floor_accounts AS SELECT id, name FROM accounts;
CREATE UNIQUE INDEX floor_accounts_id ON floor_accounts (id);
CREATE TABLE floor_deals AS SELECT d.id, d.name, d.account AS account_id, d.stage, d.deal_type,
 {amount} AS amount, d.amount__currency AS currency, d.close_date, u.name AS owner, d.priority
 FROM deals d JOIN users u ON u.id = d.owner ORDER BY d.id;
CREATE UNIQUE INDEX floor_deals_id ON floor_deals (id);
CREATE INDEX floor_deals_list ON floor_deals (deal_type, close_date DESC, id DESC, amount);
CREATE INDEX floor_deals_staged ON floor_deals (deal_type, stage, close_date DESC, id DESC, amount);
"""


def tables(dialect: str) -> list[str]:
    """The statements that make the floor's tables out of the site's."""
    amount = "d.amount / 100.0" if dialect == "sqlite" else "d.amount"
    return [part for part in TABLES.format(amount=amount).split(";\n") if part.strip()]


class Sqlite:
    """SQLite in the event loop: a query of under a millisecond is quicker there than through a thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()

    async def open(self) -> None:
        """Nothing to do."""

    async def fetch(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a statement with ``$1`` …"""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(self._path, isolation_level=None)
            connection.executescript("PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456")
        found: list[Any] = connection.execute(
            sql.replace("$", "?"), [_plain(value) for value in values]
        ).fetchall()
        return found


class Postgresql:
    """PostgreSQL through asyncpg's pool."""

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


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def build(address: str) -> Starlette:
    """The floor's application over a database."""
    url = make_url(address)
    sqlite = url.get_backend_name() == "sqlite"
    database = Sqlite(str(url.database)) if sqlite else Postgresql(str(url.query["host"]), str(url.database))
    template = jinja2.Environment(autoescape=True).from_string(PAGE)

    async def listing(request: Request) -> HTMLResponse:
        offset, stage = int(request.query_params.get("offset", 0)), request.query_params.get("stage")
        where, values = "d.deal_type=$1 and d.amount>$2", ["new_business", Decimal(5000)]
        if stage:
            where, values = f"{where} and d.stage=$3", [*values, stage]
        place = f"limit 50 offset {offset}"
        if offset > DEEP:
            keys = f"select d.id as i from floor_deals d where {where} {ORDER} {place}"
            source = f"({keys}) k join floor_deals d on d.id=k.i {JOINED}"
            rows = await database.fetch(f"select {COLUMNS} from {source} {ORDER}", *values)
        else:
            sql = f"select {COLUMNS} from floor_deals d {JOINED} where {where} {ORDER} {place}"
            rows = await database.fetch(sql, *values)
        capped = f"select count(*) from (select 1 from floor_deals d where {where} limit 1001) x"
        total = (await database.fetch(capped, *values))[0][0]
        return HTMLResponse(template.render(rows=rows, total="1000+" if total > 1000 else total))

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        yield

    return Starlette(lifespan=life, routes=[Route("/list", listing)])


def application() -> Starlette:
    """The application of the environment's database, for uvicorn."""
    return build(os.environ["FLOOR_DATABASE"])
