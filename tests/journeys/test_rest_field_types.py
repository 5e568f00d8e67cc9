"""Whatever field type is registered: its examples come through REST and back, its rejects are refused."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonschema

from runtime.fields.any_relation import AnyRelation
from runtime.fields.base import FieldType
from runtime.fields.related import RelatedType
from tests.support.crm import App
from tests.support.field_types import TYPES
from tests.support.rest import fingerprint, problem, read

PACK = """
pack.yaml:
  title: Test
  version: 1.0.0
  currency: EUR
  timezone: Europe/Helsinki
  rates: {USD: 1.08, JPY: 160}
schemas/picklists/stages.yaml:
  values: {open: {label: Open}, won: {label: Won}, lost: {label: Lost}}
schemas/modules/accounts.yaml:
  fields:
    name: {type: text}
schemas/modules/things.yaml:
  fields:
"""


@dataclass(frozen=True)
class Try:
    """A field of one type with one kind of settings."""

    key: str
    kind: FieldType
    settings: Mapping[str, Any]


def tries() -> list[Try]:
    """A field for each type and each settings of its examples; relations need records, and have tests."""
    found: dict[str, Try] = {}
    for kind in TYPES.values():
        if kind.given or kind.linked or kind.hidden or isinstance(kind, RelatedType | AnyRelation):
            continue
        for settings in ({}, *(example.settings for example in kind.examples)):
            if not set(kind.required_settings) <= settings.keys():
                continue
            name = json.dumps([kind.name, dict(settings)], sort_keys=True, default=str)
            found.setdefault(name, Try(f"f{len(found)}", kind, settings))
    return list(found.values())


def pack() -> str:
    """The pack with one module that has all of these fields."""
    lines = [
        "    " + f"{each.key}: {json.dumps({'type': each.kind.name, **each.settings})}\n" for each in tries()
    ]
    return PACK + "".join(lines)


def body(key: str, value: object) -> bytes | None:
    """A request's body with one value, exact; None where JSON cannot say the value."""
    try:
        text = json.dumps(
            {key: value}, default=lambda number: f"@{number}@" if isinstance(number, Decimal) else []
        )
    except (TypeError, ValueError):
        return None
    exact = text.replace('"@', "").replace('@"', "")
    return exact.encode() if "NaN" not in exact and "Infinity" not in exact else None


def test_every_type_keeps_its_promises_through_rest(crm: Callable[..., App]):
    app = crm(pack())
    rest = app.program()
    document = read(rest, "/openapi.json")
    reads = jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/things", "components": document["components"]},
        format_checker=jsonschema.FormatChecker(),
    )
    json_type = {"content-type": "application/json"}
    made = rest("POST", "/things", json={}).json()["data"]
    path = f"/things/{made['id']}"
    accepted = refused = 0

    for each in tries():
        for example in each.kind.examples:
            sent = body(each.key, example.raw)
            if dict(example.settings) != dict(each.settings) or sent is None:
                continue
            answer = rest("PATCH", path, content=sent, headers=json_type)
            assert answer.status_code == 200, (each.kind.name, example.raw, answer.text)
            record = read(rest, path)["data"]
            assert record[each.key] == each.kind.to_json(example.value), (each.kind.name, example.raw)
            reads.validate(record)
            found = read(rest, f"/things?fields={each.key}")["data"]
            assert found == [{"id": made["id"], each.key: record[each.key]}]
            again = rest("PATCH", path, json=record)
            assert again.json()["data"]["version"] == record["version"], (each.kind.name, again.text)
            accepted += 1
    before = fingerprint(app)
    for each in tries():
        if each.settings and each.settings.keys() - {"picklist"}:
            continue
        for wrong in each.kind.rejects:
            sent = body(each.key, wrong)
            if sent is None:
                continue
            answer = rest("PATCH", path, content=sent, headers=json_type)
            assert answer.status_code in (400, 422), (each.kind.name, wrong, answer.text)
            problem(answer, answer.status_code)
            refused += 1

    assert fingerprint(app) == before
    assert accepted > 60
    assert refused > 100
