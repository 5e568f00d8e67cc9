"""Saving from REST: changes through the one writer, and what a refusal of it is as an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.base.messages import Message, message
from runtime.records.change import Change, Refused, Saved
from runtime.storage.transaction import Transaction
from runtime.web.api.caller import DOOR
from runtime.web.api.endpoint import Call
from runtime.web.errors import RefusedError, not_found

STATUS: Mapping[str, int] = {
    "conflict": 409,
    "duplicate": 409,
    "restricted": 409,
    "not_found": 404,
    "forbidden": 403,
}
"""The status of each kind of refusal; values that do not fit are 422."""


def save(
    call: Call, tx: Transaction, changes: Sequence[Change], *, atomic: bool = True
) -> list[Saved | Refused]:
    """Save changes as the caller."""
    parsing = call.live.parsing(call.actor, DOOR)
    return call.live.writer.save(tx, changes, call.actor, parsing, atomic=atomic)


def save_one(call: Call, tx: Transaction, change: Change) -> Saved:
    """Save one change; raises RefusedError, and then the transaction must not be committed."""
    outcome = save(call, tx, [change])[0]
    if isinstance(outcome, Refused):
        raise refusal(call, outcome)
    return outcome


def refusal(call: Call, outcome: Refused, prefix: str = "") -> RefusedError:
    """What the writer refused: messages of the whole record are the sentence, others stand at their fields.

    ``prefix`` says where in the request the record stands (``create.0.``).
    """
    if outcome.kind == "not_found" and not prefix:
        return not_found()
    whole = outcome.errors.get("", ())
    sentence = _joined(call, whole) if whole else message("Some values cannot be saved.")
    fields = {f"{prefix}{key}": reasons for key, reasons in outcome.errors.items() if key}
    if prefix and whole:
        fields[prefix.rstrip(".")] = whole
    if outcome.kind == "duplicate":
        sentence = message("It may be there already. Send it with duplicates=save to save it all the same.")
    alike = {prefix.rstrip("."): outcome.alike} if outcome.alike else {}
    return RefusedError(STATUS.get(outcome.kind, 422), outcome.kind, sentence, fields, alike=alike)


def _joined(call: Call, sentences: Sequence[Message]) -> Message:
    texts = [sentence.render(call.translate, call.actor.language) for sentence in sentences]
    return sentences[0] if len(texts) == 1 else message("{what}", what=" ".join(texts))


def whole_of(value: Any) -> int | None:
    """An id or a version: a positive number of 63 bits, or its digits; None when it is neither."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 63:
        return value
    return None
