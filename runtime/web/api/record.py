"""One record: read, made, changed, deleted and brought back."""

import re
from typing import Any

from starlette.responses import Response

from runtime.base.messages import message
from runtime.model.catalog import Module
from runtime.records.change import Change
from runtime.web.api.answers import answer
from runtime.web.api.endpoint import Call
from runtime.web.api.honest import recomputing
from runtime.web.api.json_body import read_object
from runtime.web.api.modules import module_of, record_id, written_module
from runtime.web.api.parameters import read_anyway, read_none, read_record
from runtime.web.api.paths import hold_to_measure
from runtime.web.api.related import plan_reading, read_one
from runtime.web.api.repeats import once
from runtime.web.api.saving import save_one, whole_of
from runtime.web.errors import RefusedError, bad_request, not_found

_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')


def show(call: Call) -> Response:
    """The record, its rows with it."""
    module = module_of(call, "read")
    number = record_id(call)
    asked = read_record(call.request.query_params)
    plan = plan_reading(call, module, asked.fields, asked.include, with_rows=True)
    hold_to_measure(plan.shape.columns, "fields")
    with call.site.database.read() as connection:
        found = read_one(call, connection, module, number, plan)
        stale = recomputing(call, connection, module)
    if found is None:
        raise not_found()
    return _answer(found, stale=stale)


def create(call: Call) -> Response:
    """A new record; 201 and its address."""
    module = written_module(call, "create")
    anyway = read_anyway(call.request.query_params)
    values = read_object(call.body, call.content_type)

    def work(tx: Any) -> Response:
        saved = save_one(call, tx, Change(module.key, values, anyway=anyway))
        return _written(call, tx, module, saved.id, 201)

    return once(call, work)


def change(call: Call) -> Response:
    """Change what is named, and leave the rest."""
    module = written_module(call, "update")
    number = record_id(call)
    anyway = read_anyway(call.request.query_params)
    values = read_object(call.body, call.content_type)
    version = _version(call, values)
    with call.site.database.write() as tx:
        saved = save_one(call, tx, Change(module.key, values, number, version, anyway=anyway))
        return _written(call, tx, module, saved.id, 200)


def delete(call: Call) -> Response:
    """Put the record into the bin."""
    module = written_module(call, "delete")
    number = record_id(call)
    read_none(call.request.query_params)
    with call.site.database.write() as tx:
        save_one(call, tx, Change(module.key, id=number, version=_version(call, {}), action="delete"))
    return Response(status_code=204)


def restore(call: Call) -> Response:
    """Take the record out of the bin, and what went with it."""
    module = written_module(call, "delete")
    number = record_id(call)
    read_none(call.request.query_params)

    def work(tx: Any) -> Response:
        saved = save_one(call, tx, Change(module.key, id=number, action="restore"))
        return _written(call, tx, module, saved.id, 200)

    return once(call, work)


def _written(call: Call, tx: Any, module: Module, number: int, status: int) -> Response:
    plan = plan_reading(call, module, None, (), with_rows=True)
    found = read_one(call, tx.connection, module, number, plan)
    headers = {"location": f"/api/v1/{module.key}/{number}"} if status == 201 else {}
    if found is None:  # written, and not to be read by the one who wrote it
        return answer({"data": {"id": number}}, status, headers)
    return _answer(found, status, headers, recomputing(call, tx.connection, module))


def _answer(
    record: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
    stale: dict[str, Any] | None = None,
) -> Response:
    given = dict(headers or {})
    if "version" in record:
        given["etag"] = f'"{record["version"]}"'
    return answer({"data": record, **(stale or {})}, status, given)


def _version(call: Call, values: dict[str, Any]) -> int | None:
    """The version that the change was made on, of the body or of ``If-Match``; None when neither says one."""
    version = None
    if "version" in values:
        version = whole_of(values.pop("version"))
        if version is None:
            sentence = message("A version is a whole number.")
            raise RefusedError(
                422, "invalid", message("Some values cannot be saved."), {"version": [sentence]}
            )
    tag = call.request.headers.get("if-match")
    if tag is None or tag.strip() == "*":
        return version
    found = _TAG.fullmatch(tag.strip())
    if found is None:
        raise bad_request(message('If-Match is the record\'s ETag, such as "3".'), "if-match")
    if version is not None and version != int(found[1]):
        raise bad_request(message("If-Match and the body name two versions."), "if-match")
    return int(found[1])
