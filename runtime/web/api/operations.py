"""An operation in the background, for a program that has started one and waits for it."""

from starlette.responses import Response

from runtime.web.api.answers import answer
from runtime.web.api.endpoint import Call
from runtime.web.api.modules import record_id
from runtime.web.api.parameters import read_none
from runtime.web.errors import not_found
from runtime.web.operations import as_json, may_see


def show(call: Call) -> Response:
    """How far it is, and what came of it."""
    read_none(call.request.query_params)
    with call.site.database.read() as connection:
        found = call.site.background.operations.find(connection, record_id(call))
    if found is None or not may_see(call.actor, found):
        raise not_found()
    return answer({"data": as_json(found)})
