"""The process bar: one click on a step changes the field; what the step lacks is asked for in the form."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.records.change import Change, Refused
from runtime.web.door import Call
from runtime.web.errors import RefusedError, not_found
from runtime.web.pages.saving import save_one, version_of
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.shell import flash
from runtime.web.views import record_address


def step(screen: Screen, call: Call) -> Response:
    """Move the record to the step that was clicked, or show its form there with what is wrong."""
    from runtime.web.pages import form  # here, for the form too shows refusals

    module = module_of(call)
    field = call.live.catalog.layouts[module.key].process
    if field is None:
        raise not_found()
    number = record_id(call)
    change = Change(module.key, {field.key: call.form.text(field.key)}, number, version_of(call))
    outcome = save_one(call, change)
    if not isinstance(outcome, Refused):
        card = RedirectResponse(record_address(module.key, number), 303)
        return flash(card, "saved", undo=outcome.change_set)
    if outcome.kind != "invalid" or not set(outcome.errors) - {field.key}:
        raise refusal_of(call, outcome)
    return form.ask(screen, call, outcome.errors)


STATUS = {"conflict": 409, "duplicate": 409, "restricted": 409, "not_found": 404, "forbidden": 403}
"""The status of each kind of refusal; a value that does not fit is 422."""


def refusal_of(call: Call, outcome: Refused) -> RefusedError:
    """A refusal of the writer as a page, where there is no form to show it at a field."""
    if outcome.kind == "not_found":
        return not_found()
    sentences = [
        reason.render(call.translate, call.actor.language)
        for reasons in outcome.errors.values()
        for reason in reasons
    ]
    return RefusedError(
        STATUS.get(outcome.kind, 422), outcome.kind, message("{what}", what=" ".join(sentences))
    )
