"""What a step of a run did, in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from runtime.base.messages import Message, message, phrase
from runtime.model.catalog import Module
from runtime.model.workflow import Workflow
from runtime.storage.approvals import APPROVED, REJECTED
from runtime.web.door import Call
from runtime.web.pages.approvals import STATES

DONE: Mapping[str, str] = {
    "begun": phrase("It was set going."),
    "created": phrase("A record was made."),
    "deleted": phrase("The record was put into the bin."),
    "found": phrase("A record was there already, and was taken."),
    "linked": phrase("It was put into the list."),
    "not needed": phrase("It was not needed."),
    "nothing": phrase("There was nothing to do."),
    "unchanged": phrase("The record was so already."),
    "unlinked": phrase("It was taken out of the list."),
    "updated": phrase("The record was changed."),
    **{key: STATES[key][0] for key in (APPROVED, REJECTED, "approve", "reject", "escalate")},
}
"""What the word means that a step keeps under ``what``, in English."""
COUNTED: Mapping[str, str] = {
    "people": phrase("People who were told: {count}."),
    "records": phrase("Records: {count}."),
    "files": phrase("Files handed over: {count}."),
}
"""What is counted, in English."""


def sentences(call: Call, effects: Mapping[str, Any]) -> list[str]:
    """What a step keeps of itself, as people read it; what only the program needs is left out."""
    language = call.actor.language
    told = _told(call, effects)
    return [each if isinstance(each, str) else each.render(call.translate, language) for each in told]


def _told(call: Call, effects: Mapping[str, Any]) -> Iterator[Message | str]:
    if (what := effects.get("what", "")) in DONE:
        yield Message(DONE[what], {})
    if "holds" in effects:
        yield message("The condition held.") if effects["holds"] else message("The condition did not hold.")
    if "status" in effects:
        yield message("The other system answered with status {status}.", status=effects["status"])
    if effects.get("fields"):
        yield message("Fields: {fields}.", fields=_fields(call, effects.get("module"), effects["fields"]))
    if "subject" in effects:
        to = ", ".join(map(str, effects["to"]))
        yield message("To {to}: {subject}", to=to, subject=effects["subject"])
    for key, said in COUNTED.items():
        if key in effects:
            yield Message(said, {"count": call.formats.integer(effects[key])})
    for key in ("name", "why", "comment"):
        if effects.get(key):
            yield str(effects[key])
    if "until" in effects:
        when = call.formats.datetime(datetime.fromisoformat(effects["until"]))
        yield message("Until {when}.", when=when)
    if "form" in effects:
        called = _called(call, call.live.catalog.modules, effects["form"])
        yield message("A form was opened: {module}.", module=called)
    if "opens" in effects:
        yield message("A record was opened.")
    if "prints" in effects:
        yield message("A page for paper was opened.")
    for key in ("workflow", "tool"):
        if key in effects:
            procedure = f"tool:{effects[key]}" if key == "tool" else effects[key]
            yield _called(call, call.live.catalog.procedures, procedure)


def _called(call: Call, known: Mapping[str, Module] | Mapping[str, Workflow], key: str) -> str:
    found = known.get(key)
    return found.label.in_language(call.actor.language) if found is not None else key


def _fields(call: Call, module: str | None, keys: Sequence[str]) -> str:
    known = call.live.catalog.modules.get(module or "")
    fields = (known.field(key) if known is not None else None for key in keys)
    labels = (
        field.label.in_language(call.actor.language) if field is not None else key
        for field, key in zip(fields, keys, strict=True)
    )
    return ", ".join(labels)
