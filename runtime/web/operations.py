"""How an operation in the background is told to people and to programs."""

from collections.abc import Mapping
from typing import Any

from runtime.automation.operations.base import Operation
from runtime.base.messages import from_json, phrase
from runtime.identity.actor import Actor
from runtime.storage.operations import CANCELLED, DONE, FAILED, QUEUED, RUNNING, StoredOperation

STATES: Mapping[str, tuple[str, str]] = {
    QUEUED: (phrase("Waiting"), "gray"),
    RUNNING: (phrase("Running"), "blue"),
    DONE: (phrase("Done"), "green"),
    FAILED: (phrase("Failed"), "red"),
    CANCELLED: (phrase("Cancelled"), "gray"),
}
"""What a state is called in English, and its colour."""


def may_see(actor: Actor, operation: StoredOperation) -> bool:
    """Whether it is the reader's own, or the reader is an administrator."""
    return actor.admin or (actor.user_id is not None and operation.user_id == actor.user_id)


def percent(operation: StoredOperation) -> int | None:
    """How much of it is done; None where that cannot be told."""
    if operation.state == DONE:
        return 100
    if not operation.total:
        return None
    return max(0, min(100, 100 * operation.done // operation.total))


def changed(operation: StoredOperation) -> int:
    """How many records it has changed, as far as it came."""
    kept = operation.checkpoint or {}
    counts = (operation.result or {}).get("counts") or kept.get("summary") or kept
    return sum(int(counts.get(key) or 0) for key in ("created", "updated"))


def is_undoable(operation: StoredOperation, kinds: Mapping[str, Operation]) -> bool:
    """Whether what it has changed can be taken back: once it has ended, and once only."""
    kind = kinds.get(operation.kind)
    return (
        kind is not None
        and kind.undoable
        and not operation.is_open
        and not operation.arguments.get("dry")
        and not operation.was_undone
        and changed(operation) > 0
    )


def as_json(operation: StoredOperation) -> dict[str, Any]:
    """An operation as REST gives it. Sentences are in English; ``counts`` and ``files`` are by their keys."""
    result = operation.result or {}
    return {
        "id": operation.id,
        "kind": operation.kind,
        "about": operation.about,
        "state": operation.state,
        "done": operation.done,
        "total": operation.total,
        "percent": percent(operation),
        "text": str(from_json(operation.text)) if operation.text else None,
        "error": str(from_json(operation.error)) if operation.error else None,
        "counts": result.get("counts", {}),
        "files": {
            key: {"id": number, "content": f"/api/v1/files/{number}/content"}
            for key, number in result.get("files", {}).items()
        },
        "cancelling": operation.cancel_at is not None and operation.is_open,
        "user": operation.user_id,
        "created_at": operation.created_at,
        "started_at": operation.started_at,
        "finished_at": operation.finished_at,
    }
