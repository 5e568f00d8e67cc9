"""A batch: many records of one module made, changed and deleted in one request, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from runtime.base.messages import message
from runtime.base.suggest import suggest
from runtime.model.catalog import Module
from runtime.records.change import Change, Refused, Saved
from runtime.web.api.answers import answer, refused
from runtime.web.api.endpoint import Call
from runtime.web.api.json_body import read_object
from runtime.web.api.modules import written_module
from runtime.web.api.parameters import BATCH, read_anyway, read_atomic
from runtime.web.api.repeats import once
from runtime.web.api.saving import refusal, save, whole_of
from runtime.web.errors import RefusedError, bad_request, forbidden

MOST = 1000
"""How many operations one batch may have."""

ACTIONS = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do, and where it stands in the body: ``create.0``."""

    at: str
    change: Change


def run(call: Call) -> Response:
    """Do what the body's lists say, in the order create, update, delete."""
    module = written_module(call, "read")
    query = call.request.query_params
    atomic, anyway = read_atomic(query), read_anyway(query, BATCH)
    operations = read_operations(module, read_object(call.body, call.content_type))
    for right in {operation.at.partition(".")[0] for operation in operations}:
        verdict = call.live.judge.may(call.actor, module.key, right)
        if not verdict.allowed:
            raise forbidden(verdict.reasons[0])

    def work(tx: Any) -> Response:
        changes = [replace(operation.change, anyway=anyway) for operation in operations]
        outcomes = save(call, tx, changes, atomic=atomic)
        if atomic and any(isinstance(outcome, Refused) for outcome in outcomes):
            raise _nothing_saved(call, operations, outcomes)
        return answer({"data": _results(call, operations, outcomes)})

    return once(call, work)


def read_operations(module: Module, body: dict[str, Any]) -> list[Operation]:
    """The operations of a body; raises RefusedError where it is no batch."""
    for name in body:
        if name not in ACTIONS:
            near = suggest(name, ACTIONS)
            hint = f' Did you mean "{near}"?' if near else ""
            raise bad_request(
                message("A batch has the lists create, update and delete.{hint}", hint=hint), name[:60]
            )
    operations: list[Operation] = []
    for action in ACTIONS:
        items = body.get(action, [])
        if not isinstance(items, list):
            raise bad_request(message("{action} is a list.", action=action), action)
        operations += [
            _operation(module, action, f"{action}.{place}", item) for place, item in enumerate(items)
        ]
    if len(operations) > MOST:
        raise bad_request(message("A batch has {most} operations at most.", most=MOST), "body")
    return operations


def _operation(module: Module, action: str, at: str, item: Any) -> Operation:
    if action == "delete" and not isinstance(item, dict):
        item = {"id": item}
    if not isinstance(item, dict):
        raise bad_request(message("Each item is an object of a record's fields."), at)
    values = dict(item)
    if action == "create":
        return Operation(at, Change(module.key, values))
    number = whole_of(values.pop("id", None))
    if number is None:
        raise bad_request(message("The id of a record is missing, or is none."), f"{at}.id")
    version = None
    if "version" in values:
        version = whole_of(values.pop("version"))
        if version is None:
            raise bad_request(message("A version is a whole number."), f"{at}.version")
    if action == "delete" and values:
        raise bad_request(message("What is deleted is named by its id, and its version if need be."), at)
    return Operation(
        at, Change(module.key, values, number, version, "save" if action == "update" else "delete")
    )


def _nothing_saved(
    call: Call, operations: Sequence[Operation], outcomes: Sequence[Saved | Refused]
) -> RefusedError:
    found = [
        refusal(call, outcome, f"{operation.at}.")
        for operation, outcome in zip(operations, outcomes, strict=True)
        if isinstance(outcome, Refused) and outcome.kind != "batch"
    ]
    fields = {name: sentences for each in found for name, sentences in each.fields.items()}
    sentence = message("Nothing was saved: {count} of the batch were refused.", count=len(found))
    alike = {at: refs for each in found for at, refs in each.alike.items()}
    return RefusedError(found[0].status, found[0].code, sentence, fields, alike=alike)


def _results(
    call: Call, operations: Sequence[Operation], outcomes: Sequence[Saved | Refused]
) -> dict[str, list[dict[str, Any]]]:
    results: dict[str, list[dict[str, Any]]] = {action: [] for action in ACTIONS}
    for operation, outcome in zip(operations, outcomes, strict=True):
        if isinstance(outcome, Saved):
            result = {"id": outcome.id, "version": outcome.version, "action": outcome.action}
        else:
            result = refused(refusal(call, outcome), call.translate, call.actor.language)
        results[operation.at.partition(".")[0]].append(result)
    return results
