"""Undoing what was just done, or an entry of the change log; what has changed since stays, and is told."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message
from runtime.records.change import Refused
from runtime.records.undo import Kept, Undo, Undone
from runtime.web.door import Call
from runtime.web.origin import came_from
from runtime.web.pages.process import refusal_of
from runtime.web.pages.screen import Screen, record_id
from runtime.web.shell import flash

TOLD = 5
"""How many of the things that stay are named."""


def undo(screen: Screen, call: Call) -> Response:
    """Take a change set back, or what it did to one record, and go back to the page."""
    text = call.form.text("record")
    only = {int(text)} if text.isascii() and text.isdigit() and len(text) <= 18 else None
    with call.site.database.write() as tx:
        parsing = call.live.parsing(call.actor, "rest")  # the log keeps values as REST writes them
        outcome = Undo(call.live.writer).undo(tx, record_id(call), call.actor, parsing, only)
    if isinstance(outcome, Refused):
        raise refusal_of(call, outcome)
    response = RedirectResponse(came_from(call.request.headers), 303)
    if outcome.kept:
        return flash(response, "undone_but" if outcome.records else "not_undone", what=_told(call, outcome))
    return flash(response, "undone" if outcome.records else "unchanged")


def _told(call: Call, outcome: Undone) -> str:
    """What stays: the fields by their labels, and whole records with the reason."""
    told = dict.fromkeys(_said(call, each, bool(outcome.records)) for each in outcome.kept)
    return ", ".join(list(told)[:TOLD])


def _said(call: Call, kept: Kept, partly: bool) -> str:
    language = call.actor.language
    module = call.live.catalog.modules[kept.module]
    field = module.field(kept.key) if kept.key else None
    label = (field.label if field is not None else module.label).in_language(language)
    return label if partly else f"{label}: {_sentence(call, kept.reason)}"


def _sentence(call: Call, reason: Message) -> str:
    return reason.render(call.translate, call.actor.language)
