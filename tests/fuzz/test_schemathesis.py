"""Schemathesis sends what the OpenAPI document allows and what it does not: no 500, and every answer fits it.

The short run is a part of every test run; the long one is run with ``-m fuzz``.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.crm import App, Program
from tests.support.rest import PACK, make

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODULES = ("deals", "deal_items", "accounts", "people", "users", "groups", "files")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def app(crm: Callable[..., App]) -> App:
    """A CRM on SQLite with a few records to find."""
    return crm(PACK)


LIKELY: Mapping[str, tuple[str, ...]] = {
    "where": (
        "id > 0",
        "created_by == user",
        "updated_at >= '2026-01-01' and not is_empty(version)",
        "owner in user.groups or owner == user",
        "name != none",
        "stage.kind == 'won' and amount > 1",
    ),
    "sort": ("-created_at", "id", "owner,-version", "name", "-amount,name"),
    "fields": ("id,created_at", "created_by.email", "name,owner", "items,contacts", "account.name"),
    "include": ("created_by", "owner", "items", "account,contacts", "members"),
    "group": ("created_by", "version", "stage", "owner"),
    "value": ("count()", "sum(version)", "max(created_at)", "sum(amount)", "avg(seats)"),
}
"""Values of parameters that mean something in some module, for the generator knows them as any text."""


def fill(rest: Program) -> dict[str, list[int]]:
    """A few records of every module; gives their ids."""
    account = make(rest, "accounts", name="Acme", code="A")
    person = make(rest, "people", name="Ada", email="ada@example.com", account=account["id"])
    upload = rest("POST", f"/accounts/{account['id']}/files", files={"file": ("a.txt", b"hello")})
    group = make(rest, "groups", name="Sales")
    deals = [
        make(
            rest,
            "deals",
            name=f"Deal {n}",
            account=account["id"],
            contacts=[{"id": person["id"], "part": "buyer"}],
            stage="won",
            topics=["sales"],
            amount=n,
            met_at="2026-01-31T09:30:00Z",
            items=[{"what": "A", "quantity": 1, "price": n}],
        )
        for n in range(3)
    ]
    return {
        "accounts": [account["id"]],
        "people": [person["id"]],
        "groups": [group["id"]],
        "users": [account["created_by"]["id"]],
        "files": [upload.json()["data"][0]["id"]],
        "deals": [deal["id"] for deal in deals],
        "deal_items": [item["id"] for deal in deals for item in deal["items"]],
    }


def throw(app: App, module: str, examples: int, seconds: float) -> int:
    """Throw generated requests at a module's addresses for so many seconds; gives how many were sent."""
    rest = app.program()
    ids = fill(rest)[module]
    application: Any = app.house.application(app.site)
    authorization = {"authorization": f"Bearer {rest.key}"}
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", application, headers=authorization)
    operations = [
        operation
        for operation in (found.ok() for found in document.get_all_operations() if isinstance(found, Ok))
        if operation.path.startswith(f"/api/v1/{module}")
        and operation.path.removeprefix(f"/api/v1/{module}")[:1] in ("", "/")
    ]
    assert operations
    operations.sort(key=lambda operation: operation.method == "delete")  # what is deleted is found no more
    share = seconds / len(operations) / len(MODES)
    with asgi.get_client(application) as client:

        def send(case: Case[Any]) -> None:
            _make_likely(case, ids)
            case.call_and_validate(checks=CHECKS, session=client, headers=authorization)

        return sum(
            _throw_at(operation.as_strategy(mode), send, examples, share)
            for operation in operations
            for mode in MODES
        )


def _make_likely(case: Case[Any], ids: list[int]) -> None:
    # Most generated ids are nobody's, and most texts no condition: most of them are replaced by what may be.
    number = (case.path_parameters or {}).get("id")
    if isinstance(number, int) and number % 4:
        case.path_parameters["id"] = ids[number % len(ids)]
    for name, value in list((case.query or {}).items()):
        likely = LIKELY.get(name)
        if likely is not None and isinstance(value, str) and len(value) % 4:
            case.query[name] = likely[len(value) % len(likely)]


class TimeIsUpError(Exception):
    """Ends a run: Hypothesis itself would go on making examples that nobody sends."""


def _throw_at(
    cases: SearchStrategy[Case[Any]], send: Callable[[Case[Any]], None], examples: int, seconds: float
) -> int:
    sent = 0
    broken: list[BaseException] = []
    ends = time.monotonic() + seconds

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def run(case: Case[Any]) -> None:
        nonlocal sent
        if time.monotonic() > ends:
            raise TimeIsUpError
        try:
            send(case)
        except BaseException as failure:
            broken.append(failure)
            raise
        sent += 1

    try:
        run()
    except (TimeIsUpError, Flaky):
        if broken:
            raise broken[0] from None
    return sent


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database_engine", ["sqlite"])
@pytest.mark.parametrize("module", MODULES)
def test_no_generated_request_breaks_the_server(app, module):
    sent = throw(app, module, examples=20, seconds=6)

    assert sent >= 20  # the generator did send something


@pytest.mark.fuzz
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("module", MODULES)
def test_no_generated_request_breaks_the_server_in_a_long_run(app, module):
    sent = throw(app, module, examples=1500, seconds=600)

    assert sent >= 1000
