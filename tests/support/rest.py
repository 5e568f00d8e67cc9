"""What the tests of REST share: a pack with every kind of field, and short ways to ask and to be refused."""

import hashlib
from typing import Any

import httpx2
from sqlalchemy import select

from tests.support.crm import App, Program

Json = dict[str, Any]

PACK = """
pack.yaml:
  title: Test
  version: 1.0.0
  currency: EUR
  timezone: Europe/Helsinki
  rates: {USD: 1.08, JPY: 160}
schemas/picklists/stages.yaml:
  values:
    open: {kind: open, probability: 10}
    won: {kind: won, probability: 100}
    lost: {kind: lost, probability: 0}
schemas/picklists/topics.yaml:
  values:
    sales: {label: Sales}
    service: {label: Service}
schemas/picklists/parts.yaml:
  values: {buyer: {label: Buyer}, user: {label: User}}
schemas/modules/accounts.yaml:
  title: name
  fields:
    name: {type: text, required: true, max: 120}
    code: {type: text, unique: true}
    industry: {type: text}
    papers: {type: files}
schemas/modules/people.yaml:
  label: Person
  plural: People
  title: name
  fields:
    name: {type: text, required: true}
    email: {type: email, unique: true}
    account: {type: relation, module: accounts, inverse: people}
schemas/modules/deals.yaml:
  title: name
  numbering: "D-{seq:4}"
  fields:
    name: {type: text, required: true}
    account: {type: relation, module: accounts, inverse: deals}
    contacts:
      type: relations
      module: people
      link: {part: {type: picklist, picklist: parts}, share: {type: percent}}
    stage: {type: picklist, picklist: stages, default: open}
    topics: {type: multi_picklist, picklist: topics}
    amount: {type: money}
    probability: {type: percent, min: 0, max: 100}
    rate: {type: decimal, scale: 4}
    seats: {type: integer}
    signed: {type: boolean}
    close_date: {type: date}
    met_at: {type: datetime}
    notes: {type: long_text}
    phone: {type: phone}
    site: {type: url}
    seller: {type: user}
    ticket: {type: auto_number, format: "T-{seq:3}"}
  rows:
    items: {module: deal_items}
schemas/modules/deal_items.yaml:
  title: what
  fields:
    what: {type: text, required: true}
    quantity: {type: integer, required: true, min: 1}
    price: {type: money}
schemas/filters/deals.yaml:
  won: {where: "stage.kind == 'won'", columns: [name], sort: [-amount]}
"""


def make(rest: Program, module: str, **values: Any) -> Json:
    answer = rest("POST", f"/{module}", json=values)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()["data"]
    return made


def read(rest: Program, path: str) -> Json:
    answer = rest("GET", path)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def problem(answer: httpx2.Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "fields", "at"}
    assert body["error"]["message"].endswith((".", "?", ")"))
    error: Json = body["error"]
    return error


def fingerprint(app: App) -> str:
    """What the whole database holds, but for when keys and sessions were last used, and what was refused."""
    digest = hashlib.sha256()
    with app.site.database.read() as connection:
        for table in app.site.live.tables.metadata.sorted_tables:
            if table.name in ("trellis_api_keys", "trellis_sessions", "trellis_security_log"):
                continue
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            digest.update(f"{table.name} {rows}".encode())
    return digest.hexdigest()
