"""The OpenAPI document is valid, describes every address, and every answer of a running CRM fits it."""

import re
from collections.abc import Callable

import jsonschema
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from runtime.web.api.routes import ADDRESSES
from tests.support.crm import App, Program
from tests.support.rest import PACK, Json, make, read


@pytest.fixture
def app(crm: Callable[..., App]) -> App:
    return crm(PACK)


@pytest.fixture
def rest(app: App) -> Program:
    return app.program()


@pytest.fixture
def document(rest: Program) -> Json:
    return read(rest, "/openapi.json")


def checker(document: Json, name: str) -> jsonschema.Draft202012Validator:
    """A validator of one schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_document_is_valid_openapi_3_1(document):
    OPENAPI_31_VALIDATOR.validate(document)
    assert document["openapi"] == "3.1.0"
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)


def test_every_reference_leads_somewhere(document):
    def references(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    found = set(references(document))
    assert found
    for reference in found:
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_every_address_with_every_method_is_described(app, document):
    described = {
        (path, method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "patch", "delete")
    }
    for module in app.site.live.catalog.modules.values():
        has_files = any(field.type == "files" for field in module.fields.values())
        for address, handlers, _ in ADDRESSES:
            path = address.replace("{module}", module.key)
            if "rest:path" in path or "{tool}" in path or (path.endswith("}/files") and not has_files):
                continue
            for method in handlers:
                by_upload = module.key == "files" and (method in ("POST", "PATCH"))
                assert ((path, method) in described) != by_upload, (path, method)
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    ]
    assert len(names) == len(set(names))


def test_every_answer_fits_its_schema(rest, document):
    account = make(rest, "accounts", name="Acme", code="A")
    ada = make(rest, "people", name="Ada", email="ada@example.com")
    make(
        rest,
        "deals",
        name="Big",
        account=account["id"],
        contacts=[{"id": ada["id"], "part": "buyer"}],
        stage="won",
        topics=["sales"],
        amount=1,
        probability=5,
        rate="1.5",
        seats=3,
        signed=True,
        close_date="2026-01-31",
        met_at="2026-01-31T09:30:00.5Z",
        items=[{"what": "A", "quantity": 1, "price": 2}],
    )
    make(rest, "deals", name="Empty")
    for module in ("deals", "deal_items", "accounts", "people", "users", "groups", "files"):
        for record in read(rest, f"/{module}?include=owner")["data"]:
            checker(document, module).validate(record)
            checker(document, module).validate(read(rest, f"/{module}/{record['id']}")["data"])
    checker(document, "Error").validate(rest("GET", "/deals/1").json())


def test_what_the_document_calls_writable_is_what_may_be_written(rest, document):
    wrong = {"created_at": "2026-01-31T09:30:00Z", "number": "D-1", "ticket": "T-1", "id": 1, "nothing": 1}
    writable = document["components"]["schemas"]["deals.create"]
    assert writable["additionalProperties"] is False
    assert not writable["properties"].keys() & wrong.keys()
    for name, value in wrong.items():
        assert rest("POST", "/deals", json={"name": "x", name: value}).status_code == 422
    assert writable["required"] == ["name"]
    assert document["components"]["schemas"]["deal_items.create"]["required"] == [
        "what",
        "quantity",
        "parent",
    ]
    for name, schema in writable["properties"].items():
        for example in schema.get("examples", []):
            answer = rest("POST", "/deals", json={"name": "x", name: example})
            assert answer.status_code == 201, (name, example, answer.text)


def test_the_document_is_made_once_a_revision(rest, app):
    first, second = rest("GET", "/openapi.json"), rest("GET", "/openapi.json")
    assert first.content == second.content
    assert first.headers["content-type"] == "application/json"
