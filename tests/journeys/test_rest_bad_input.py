"""Whatever is sent, REST answers with 4xx in its one shape, and a refused request changes nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.crm import App, Program
from tests.support.rest import PACK, fingerprint, make, problem

JSON = {"content-type": "application/json"}
DEEP = b'{"name": ' + b"[" * 100 + b"]" * 100 + b"}"

BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "nothing": (b"", JSON),
    "white space": (b" \n ", JSON),
    "no JSON": (b"{name: x}", JSON),
    "a cut body": (b'{"name": "x"', JSON),
    "two objects": (b'{"name": "x"} {"name": "y"}', JSON),
    "a list": (b'[{"name": "x"}]', JSON),
    "a text": (b'"x"', JSON),
    "null": (b"null", JSON),
    "a byte order mark": (b'\xef\xbb\xbf{"name": "x"}', JSON),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), JSON),
    "Latin-1": ('{"name": "é"}'.encode("latin-1"), JSON),
    "100 levels": (DEEP, JSON),
    "100,000 levels": (b'{"name": ' + b"[" * 100_000, JSON),
    "a key twice": (b'{"name": "x", "name": "y"}', JSON),
    "NaN": (b'{"name": "x", "rate": NaN}', JSON),
    "Infinity": (b'{"name": "x", "rate": -Infinity}', JSON),
    "1e99999": (b'{"name": "x", "rate": 1e99999}', JSON),
    "5,000 digits": (b'{"name": "x", "seats": ' + b"9" * 5000 + b"}", JSON),
    "a form": (b"name=x", {"content-type": "application/x-www-form-urlencoded"}),
    "plain text": (b'{"name": "x"}', {"content-type": "text/plain"}),
    "a multipart form": (b"--b--", {"content-type": "multipart/form-data; boundary=b"}),
    "no content type": (b'{"name": "x"}', {}),
    "another charset": (b'{"name": "x"}', {"content-type": "application/json; charset=utf-16"}),
    "a content type of nonsense": (b'{"name": "x"}', {"content-type": ";;;=,"}),
    "NUL": (b"\x00", JSON),
}
"""Bodies that cannot be read: each is a 400."""

VALUES: dict[str, tuple[str, Any]] = {
    "an unknown field": ("amuont", 5),
    "an id": ("id", 5),
    "a number of its own": ("number", "D-9999"),
    "a creator": ("created_by", 987654321),
    "a creation": ("created_at", "2020-01-01T00:00:00Z"),
    "a deletion": ("deleted_at", "2020-01-01T00:00:00Z"),
    "a given number": ("ticket", "T-9"),
    "a key that is no name": ("__class__", 1),
    "half a character as a key": ("\ud800", 1),
    "NUL in a key": ("na\x00me", 1),
    "a path": ("account.name", "x"),
    "SQL": ('name"; DROP TABLE deals; --', 1),
    "an empty name": ("name", ""),
    "null as a name": ("name", None),
    "a number as a text": ("name", 5),
    "a list as a text": ("name", ["x"]),
    "an object as a text": ("name", {"x": 1}),
    "a long text": ("name", "x" * 256),
    "NUL in a text": ("name", "a\x00b"),
    "an escape in a text": ("name", "a\x1b[31mb"),
    "half a character": ("name", "a\ud800"),
    "two lines": ("name", "a\nb"),
    "a text as an integer": ("seats", "many"),
    "a fraction as an integer": ("seats", 1.5),
    "true as an integer": ("seats", True),
    "a huge integer": ("seats", 10**18),
    "2^63": ("seats", 2**63),
    "400 digits": ("seats", 10**399),
    "Arabic digits": ("seats", "٣"),
    "a text as a decimal": ("rate", "1,5"),
    "1e999": ("rate", "1e999"),
    "hexadecimal": ("rate", "0x10"),
    "a percentage beyond": ("probability", 100.01),
    "a percentage below": ("probability", -1),
    "an unknown currency": ("amount", {"amount": 1, "currency": "XXX"}),
    "a currency not in use": ("amount", {"amount": 1, "currency": "SEK"}),
    "money with more": ("amount", {"amount": 1, "currency": "EUR", "cents": 0}),
    "money of nothing": ("amount", {}),
    "money beyond": ("amount", "99999999999999999999"),
    "a text as a boolean": ("signed", "yes"),
    "a number as a boolean": ("signed", 1),
    "29 February": ("close_date", "2026-02-29"),
    "a moment as a date": ("close_date", "2026-02-01T00:00:00Z"),
    "a number as a date": ("close_date", 20260201),
    "year 0": ("close_date", "0000-01-01"),
    "a moment without a zone": ("met_at", "2026-02-01T00:00:00"),
    "a moment before time": ("met_at", "0001-01-01T00:00:00+14:00"),
    "25 o'clock": ("met_at", "2026-02-01T25:00:00Z"),
    "an unknown picklist value": ("stage", "wonn"),
    "a label": ("stage", "Won"),
    "a number as a picklist value": ("stage", 1),
    "an unknown value of several": ("topics", ["sales", "x"]),
    "no phone number": ("phone", "call me"),
    "no address": ("site", "javascript:alert(1)"),
    "an unknown record": ("account", 987654321),
    "a record of another module": ("account", "SELF"),
    "id 0": ("account", 0),
    "an id below": ("account", -1),
    "an id beyond": ("account", 2**63),
    "an id of fractions": ("account", 1.5),
    "a name as an id": ("account", "Acme"),
    "a match of nothing": ("account", {"match": {}}),
    "a match that finds nothing": ("account", {"match": {"name": "Nobody"}}),
    "a match by an unknown field": ("account", {"match": {"nothing": 1}}),
    "a match by a list": ("account", {"match": {"name": ["Acme"]}}),
    "a match and an id": ("account", {"id": 1, "match": {"name": "Acme"}}),
    "an unknown record of several": ("contacts", [987654321]),
    "an unknown link attribute": ("contacts", [{"id": 1, "colour": "red"}]),
    "a text for several": ("contacts", "1,2"),
    "rows as an object": ("items", {"what": "x"}),
    "rows as a text": ("items", "x"),
    "a row as a number": ("items", [1]),
    "a row without what it needs": ("items", [{}]),
    "a row with an unknown field": ("items", [{"what": "x", "quantity": 1, "nothing": 1}]),
    "a row of another record": ("items", [{"id": 1, "what": "x", "quantity": 1}]),
    "an unknown owner": ("owner", 987654321),
    "a deal as an owner": ("owner", "SELF"),
}
"""Values that no deal can have: each is a 422 that names its field."""


@pytest.fixture
def app(crm: Callable[..., App]) -> App:
    return crm(PACK)


@pytest.fixture
def rest(app: App) -> Program:
    return app.program()


def body_of(name: str, value: Any) -> bytes:
    """A body with one value that is wrong; half a character is written as JSON can."""
    return json.dumps({"name": "x", name: value}, ensure_ascii=True).encode()


def test_a_body_that_cannot_be_read_is_refused_and_changes_nothing(app, rest):
    account = make(rest, "accounts", name="Acme")
    deal = make(rest, "deals", name="Big")
    before = fingerprint(app)

    for what, (body, headers) in BODIES.items():
        for method, path in (
            ("POST", "/deals"),
            ("PATCH", f"/deals/{deal['id']}"),
            ("POST", "/deals/batch"),
            ("POST", f"/accounts/{account['id']}/files"),
        ):
            answer = rest(method, path, content=body, headers=headers)
            assert problem(answer, 400), what

    assert fingerprint(app) == before


def test_a_value_that_does_not_fit_is_refused_at_its_field_and_changes_nothing(app, rest):
    make(rest, "accounts", name="Acme")
    deal = make(rest, "deals", name="Big", items=[{"what": "A", "quantity": 1}])
    before = fingerprint(app)

    for what, (name, value) in VALUES.items():
        body = body_of(name, deal["id"] if value == "SELF" else value)
        for method, path in (("POST", "/deals"), ("PATCH", f"/deals/{deal['id']}")):
            answer = rest(method, path, content=body, headers=JSON)
            assert answer.status_code == 422, (what, answer.text)
            found = problem(answer, 422)
            place = name.replace("\ud800", "\ufffd")
            assert any(field.split(".")[0] == place.split(".")[0] for field in found["fields"]), (what, found)

    assert fingerprint(app) == before


def test_a_value_that_does_not_fit_is_refused_in_a_batch_too(app, rest):
    deal = make(rest, "deals", name="Big")
    before = fingerprint(app)

    for what, (name, value) in VALUES.items():
        wrong = {"name": "x", name: deal["id"] if value == "SELF" else value}
        body = json.dumps({"create": [{"name": "fine"}, wrong]}).encode()
        found = problem(rest("POST", "/deals/batch", content=body, headers=JSON), 422)
        assert all(field.startswith("create.1") for field in found["fields"]), (what, found)

    assert fingerprint(app) == before


def test_a_condition_that_is_hostile_is_refused(app, rest):
    make(rest, "deals", name="Big", seats=7, stage="won")
    before = fingerprint(app)
    for condition in (
        "name == 'x'; DROP TABLE deals",
        "1 == 2",
        "().__class__",
        "name.__class__ == 'x'",
        "[x for x in name]",
        "lambda: 1",
        "name == 'a\x00b'",
        "name == '\ufffe'",
        "(" * 5000,
        "(" * 90 + "signed" + ")" * 90,
        "not " * 5000 + "signed",
        " and ".join(["signed"] * 3_000),
        "seats == " + "9" * 5000,
        "seats == 9**9**9**9",
        "name == '" + "x" * 50_000 + "'",
        "seats in [" + ",".join(map(str, range(5_000))) + "]",
        "seats == " + "-" * 3000 + "1",
        "close_date == '2026-02-30'",
        "stage == 'nothing'",
        "account.account.account.name == 'x'",
        "user.password == 'x'",
        "f'{name}' == 'x'",
        "name == b'x'",
        "seats == 1j",
        "name := 'x'",
        "\u202ename == 'x'",
        "é" * 3000,
    ):
        response = rest("GET", "/deals", params={"where": condition, "count": "none"})
        if response.status_code != 200:
            problem(response, 400)
        else:
            assert response.json()["data"] == [], condition[:80]
    assert fingerprint(app) == before


def test_many_and_long_parameters_are_refused(rest):
    problem(rest("GET", "/deals?fields=" + ",".join(["name"] * 3 + [f"f{n}" for n in range(300)])), 400)
    problem(rest("GET", "/deals?sort=" + ",".join(["name"] * 300)), 400)
    problem(rest("GET", "/deals?group=" + ",".join(f"f{n}" for n in range(300))), 400)
    problem(rest("GET", "/accounts?fields=" + "owner.owner." * 30 + "name"), 400)
    problem(rest("GET", "/deals?after=" + "A" * 10_000), 400)
    for query in (
        "limit=%00",
        "where=%FF%FE",
        "sort=%00",
        "fields=%00",
        "after=%00",
        "filter=%00",
        "%00=1",
        "=1",
    ):
        problem(rest("GET", f"/deals?{query}"), 400)


def test_a_body_that_is_too_large_is_413(app, rest):
    before = fingerprint(app)
    huge = b'{"name": "' + b"x" * (9 << 20) + b'"}'

    found = problem(rest("POST", "/deals", content=huge, headers=JSON), 413)

    assert found["code"] == "too_large"
    assert fingerprint(app) == before


def test_every_refusal_of_a_known_address_is_in_the_one_shape(rest):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"):
        for path in (
            "/deals",
            "/deals/1",
            "/deals/batch",
            "/deals/1/files",
            "/deals/1/restore",
            "/nothing",
            "",
            "/",
        ):
            answer = rest(method, path)
            if answer.status_code >= 400:
                problem(answer, answer.status_code)
                assert answer.status_code in (400, 404, 405, 422), answer.text
