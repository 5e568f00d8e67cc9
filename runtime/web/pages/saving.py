"""Saving from a screen: one change through the one writer, in a transaction of its own."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import UploadFile

from runtime.base.messages import Message, message
from runtime.fields.attached import AttachedType
from runtime.model.catalog import Field
from runtime.records.attachments import UploadRefusedError
from runtime.records.change import Change, Refused, Saved
from runtime.storage.files import TooLargeError
from runtime.web.door import Call
from runtime.web.errors import bad_request
from runtime.web.pages.once import Once

SHOWN = ("invalid", "duplicate")
"""The kinds of refusals that a form shows at its fields."""


class _NotWrittenError(Exception):
    """Takes back what the writer would have written, because the form itself has errors."""


def save_one(
    call: Call,
    change: Change,
    errors: Mapping[str, Sequence[Message]] | None = None,
    once: Once | None = None,
) -> Saved | Refused:
    """Save one change as the reader, by the door ``form``.

    ``errors`` are what is wrong with the form already: nothing is then written, and the writer is asked only
    for what it has to say too, so that a person sees all of it at once. ``once`` is the form that is saved
    no second time.
    """
    outcome: Saved | Refused = Refused({})
    try:
        with call.site.database.write() as tx:
            made = once.claim(tx) if once is not None else None
            if made is not None:
                return made
            parsing = call.live.parsing(call.actor, "form")
            outcome = call.live.writer.save(tx, [change], call.actor, parsing)[0]
            if errors or isinstance(outcome, Refused):
                raise _NotWrittenError
            if once is not None:
                once.keep(tx, outcome)
    except _NotWrittenError:
        if isinstance(outcome, Saved):
            outcome = Refused({})
    if errors and isinstance(outcome, Refused) and outcome.kind in SHOWN:
        own = {key: tuple(reasons) for key, reasons in errors.items()}
        return Refused({**outcome.errors, **own})
    return outcome


def version_of(call: Call) -> int:
    """The version that the form was made of; a form without one is not ours."""
    text = call.form.text("_version")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise bad_request(
            message("The form does not say which version of the record it changes."), "_version"
        )
    return int(text)


def save_all(call: Call, changes: Sequence[Change]) -> Saved | Refused:
    """Save several changes as the reader, all or none; gives the first's outcome, or the first refusal."""
    with call.site.database.write() as tx:
        parsing = call.live.parsing(call.actor, "form")
        outcomes = call.live.writer.save(tx, changes, call.actor, parsing)
    real = (each for each in outcomes if isinstance(each, Refused) and each.kind != "batch")
    return next(real, outcomes[0])


def keep_any(call: Call, uploads: list[UploadFile]) -> tuple[list[int], list[Message]]:
    """Keep uploaded files that no field is to hold: their ids, and why the others are refused."""
    ids: list[int] = []
    reasons: list[Message] = []
    for upload in uploads:
        _keep(call, upload, ids, reasons)
    return ids, reasons


def keep_uploads(call: Call, field: Field, uploads: list[UploadFile]) -> tuple[list[int], list[Message]]:
    """Keep uploaded files: the ids of their records, in order, and why the others are refused."""
    kind = call.live.types[field.type]
    ids: list[int] = []
    reasons: list[Message] = []
    for upload in uploads:
        name = upload.filename or ""
        if isinstance(kind, AttachedType) and not kind.accepts(
            field.settings, name, upload.content_type or ""
        ):
            reasons.append(
                message(
                    '{label} takes no "{name}": it takes {accept}.',
                    label=field.label,
                    name=name[:80],
                    accept=field.settings["accept"],
                )
            )
            continue
        _keep(call, upload, ids, reasons)
    return ids, reasons


def _keep(call: Call, upload: UploadFile, ids: list[int], reasons: list[Message]) -> None:
    name, parsing = upload.filename or "", call.live.parsing(call.actor, "form")
    keep = call.live.attachments.keep
    try:
        ids.append(keep(call.site.database, call.site.files, name, upload.file, call.actor, parsing))
    except UploadRefusedError as refused:
        reasons.append(refused.reason)
    except TooLargeError as refused:
        reasons.append(
            message(
                '"{name}" is too large: a file may have {limit} MiB at most.',
                name=name[:80],
                limit=refused.limit >> 20,
            )
        )
