"""The addresses of tools in the OpenAPI document: one for each tool that stands on cards."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from runtime.model.catalog import Catalog, Module
from runtime.model.tool import CARD

ERRORS = ("400", "401", "403", "404", "405", "409", "413", "422", "429", "503")
TOLD: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": {
                "type": "object",
                "required": ["run", "state", "opens"],
                "properties": {
                    "run": {"type": "integer", "description": "The number of the run."},
                    "state": {"type": "string"},
                    "opens": {
                        "type": ["object", "null"],
                        "description": "The record that the tool leads to.",
                        "properties": {"module": {"type": "string"}, "id": {"type": "integer"}},
                    },
                },
            }
        },
    }
)
"""What is answered."""


def tool_paths(
    catalog: Catalog, module: Module, operation: Callable[..., dict[str, Any]], component: Callable[..., Any]
) -> dict[str, Any]:
    """The addresses of a module's tools, by address."""
    found: dict[str, Any] = {}
    named = {
        key: (str(each.label), tuple(each.inputs))
        for key, each in catalog.tools.get(module.key, {}).items()
        if CARD in each.on
    }
    by_hand = (each for each in catalog.workflows.values() if each.module == module.key and each.by_hand)
    for key, (label, inputs) in {**named, **{each.key: (str(each.label), ()) for each in by_hand}}.items():
        body = {
            "type": "object",
            "properties": {"inputs": {"type": "object", "properties": {name: {} for name in inputs}}},
            "additionalProperties": False,
        }
        answers = {
            status: {"description": text, "content": {"application/json": {"schema": dict(TOLD)}}}
            for status, text in (("200", "It is done."), ("202", "It goes on in the background."))
        }
        found[f"/api/v1/{module.key}/{{id}}/tools/{key}"] = {
            "parameters": [component("id")],
            "post": operation(
                module,
                f"tools.{key}",
                label,
                answers,
                ERRORS,
                parameters=[component("idempotency_key")],
                body={"required": False, "content": {"application/json": {"schema": body}}},
            ),
        }
    return found
