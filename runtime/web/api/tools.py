"""Tools from REST: what a record has, used by a program."""

import hashlib
import secrets

from starlette.responses import Response

from runtime.automation.filling import Read
from runtime.base.messages import from_json, message
from runtime.model.tool import CARD
from runtime.storage.runs import CUT, DONE, FAILED, SKIPPED, StoredRun
from runtime.web.api.answers import answer
from runtime.web.api.caller import DOOR
from runtime.web.api.endpoint import Call
from runtime.web.api.json_body import read_object
from runtime.web.api.modules import module_of, record_id
from runtime.web.api.parameters import read_none
from runtime.web.errors import RefusedError, bad_request, not_found
from runtime.web.tooling import (
    Offer,
    begins_with,
    check_chosen,
    fitting,
    led_to,
    offers,
    use_offer,
    used_before,
)


def use(call: Call) -> Response:
    """Use a tool for a record: 200 where all is done, 202 where it goes on in the background."""
    read_none(call.request.query_params)
    module = module_of(call, "read")
    number = record_id(call)
    offer = next((each for each in offers(call, module, CARD) if each.key == call.path("tool")), None)
    if offer is None:
        raise not_found()
    key = _key(call)
    runs = used_before(call, [number], key)
    if not runs and not fitting(call, module, [number], offer):
        sentence = message("The record does not have this tool now, or you may not see it.")
        raise RefusedError(409, "not_offered", sentence)
    (run,) = runs or use_offer(call, offer, [number], key, _read(call, offer, number))
    if run.state in (FAILED, CUT):
        reason = from_json(run.error) if run.error else message("It could not be done.")
        raise RefusedError(422, "tool_failed", reason)
    return answer({"data": _told(call, run)}, 200 if run.state in (DONE, SKIPPED) else 202)


def _read(call: Call, offer: Offer, number: int) -> Read:
    body = read_object(call.body, call.content_type) if call.body.strip() else {}
    unknown = next((key for key in body if key != "inputs"), None)
    given = body.get("inputs", {})
    if unknown is not None or not isinstance(given, dict):
        raise bad_request(message('The body is {"inputs": {…}}.'), "body")
    strange = next((key for key in given if key not in offer.procedure.inputs), None)
    if strange is not None:
        raise bad_request(
            message('There is no input "{name}".', name=strange[:100]), f"inputs.{strange[:100]}"
        )
    begins = begins_with(call, offer, number)
    read = Read.of(call.live, call.actor, offer.procedure.inputs, {**begins, **given}, DOOR)
    errors = check_chosen(call, offer, read)
    if errors:
        fields = {f"inputs.{key}": (reason,) for key, reason in errors.items()}
        raise RefusedError(422, "invalid", message("Some values cannot be taken."), fields)
    return read


def _key(call: Call) -> str:
    """What makes a repeat harmless: the request's own key, where it has one."""
    given = call.request.headers.get("idempotency-key")
    if given is None:
        return f"tool:{call.actor.user_id}:{secrets.token_urlsafe(12)}"
    digest = hashlib.sha256(f"{call.request.scope['path']}\n{given}\n".encode() + call.body).hexdigest()
    return f"tool:{call.actor.user_id}:rest:{digest[:32]}"


def _told(call: Call, run: StoredRun) -> dict[str, object]:
    led = led_to(call, run)
    opens = {"module": led.module, "id": led.id} if led is not None and led.kind == "opens" else None
    return {"run": run.id, "state": run.state, "opens": opens}
