"""Texts that would be SQL, in every parameter that reads a list: no statement breaks, none takes its time.

A plain run sends some of them, and ``TRELLIS_PAYLOADS=full`` all.
"""

import os
import time
from collections.abc import Callable

import pytest

from tests.support.crm import App
from tests.support.rest import fingerprint
from tests.support.screens import PACK, make

ENDS = ("", "'", '"', "')", '")', "`", "\\'")
TAILS = (
    " OR 1=1 --",
    "; DROP TABLE deals; --",
    " UNION SELECT password_hash FROM users --",
    " AND 1=(SELECT 1 FROM pg_sleep(5)) --",
    "; SELECT pg_sleep(5); --",
    " AND randomblob(900000000) IS NULL --",
    "||(SELECT name FROM sqlite_master)||",
    "/**/",
    '"."password',
    ".__class__",
    "%00",
    ":1",
    "$1",
    "%s%(x)s",
    "?",
    "{0}",
)
PAYLOADS = [start + end + tail for start in ("name", "1") for end in ENDS for tail in TAILS] + [
    "\x00",
    "\U0001f600'",
    "name desc nulls first",
    "(select 1)",
    "case when 1 then 2 end",
    "count(*)",
    "1e999",
]
FULL = os.environ.get("TRELLIS_PAYLOADS") == "full"
SENT = PAYLOADS if FULL else PAYLOADS[::17]
SCREENS = {
    "/app/deals": ("_q", "_where", "_sort", "_columns", "_after", "_filter", "name", "stage", "account", "x"),
    "/search": ("q",),
    "/app/deals/export": ("_columns", "name"),
    "/app/deals/count": ("_where", "name"),
    "/app/deals/pick/account": ("q",),
    "/search/palette": ("q",),
}
REST = {
    "/deals": ("where", "sort", "fields", "after", "filter", "limit", "group", "sum", "count", "search", "x"),
}


@pytest.fixture
def app(crm: Callable[[str], App]) -> App:
    """A CRM with one deal."""
    made = crm(PACK)
    make(made, "deals", name="Big", account=make(made, "accounts", name="Acme"))
    return made


def test_no_parameter_becomes_sql(app: App) -> None:
    browser, program, before = app.sign_in(), app.program(), fingerprint(app)
    asked, wrong, slowest = 0, [], 0.0
    for payload in SENT:
        for rest, addresses in ((False, SCREENS), (True, REST)):
            for address, names in addresses.items():
                for name in names:
                    began = time.monotonic()
                    if rest:
                        status = program("GET", address, params={name: payload}).status_code
                    else:
                        status = browser.client.get(address, params={name: payload}).status_code
                    slowest = max(slowest, time.monotonic() - began)
                    asked += 1
                    if status >= 500:
                        wrong.append(f"{address}?{name}={payload!r}: {status}")
    print(f"{len(SENT)} payloads, {asked} requests, {len(wrong)} broken, slowest {slowest:.2f} s")
    assert wrong == []
    assert fingerprint(app) == before
