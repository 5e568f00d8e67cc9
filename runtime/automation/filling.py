"""Filling in: what the inputs of a tool begin with, and what was filled in, as a run keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runtime.automation.place import Snapshot
from runtime.automation.reading import Reading
from runtime.base.messages import Message, message
from runtime.expressions.references import dependencies
from runtime.fields.base import InvalidValueError, Match
from runtime.identity.actor import SYSTEM, Actor
from runtime.model.catalog import Expression, Field
from runtime.model.tool import Tool
from runtime.steps.base import StepError
from runtime.storage.runs import QUEUED, StoredRun

Plain = dict[str, Any]


def defaults_of(
    connection: Any, live: Snapshot, actor: Actor, tool: Tool, record_id: int | None
) -> dict[str, Any]:
    """What the inputs of a tool begin with, canonical. Without one record those that read it stay empty."""
    found = {key: field.default for key, field in tool.inputs.items() if field.default is not None}
    known = {
        key: each for key, each in tool.defaults.items() if record_id is not None or not _reads_record(each)
    }
    if known:
        run, moment = _run_to_be(tool, record_id), live.moment(actor)
        whose = actor if tool.procedure.as_causer else SYSTEM
        reading = Reading(connection, live, None, tool.procedure, run, {}, moment, whose)
        found |= dict(zip(known, reading.values(known.values()), strict=True))
    return found


def _reads_record(expression: Expression) -> bool:
    read = dependencies(expression.tree)
    return bool(read.paths or read.aggregates)


def filled_in(
    connection: Any, live: Snapshot, actor: Actor, tool: Tool, record_id: int, given: Mapping[str, object]
) -> dict[str, Any]:
    """What steps of others fill in, as JSON; what they do not gets its default. Raises :class:`StepError`."""
    values = {**defaults_of(connection, live, actor, tool, record_id), **given}
    found = Read.of(live, actor, tool.inputs, values, "rest")
    for key, reason in found.errors.items():
        raise StepError(message("{field}: {reason}", field=key, reason=str(reason)))
    return found.values


def as_json(live: Snapshot, actor: Actor, fields: Mapping[str, Field], values: Mapping[str, object]) -> Plain:
    """Values of fields as JSON; what does not fit is left out, as what is empty is."""
    return Read.of(live, actor, fields, values, "rest", demanding=False).values


@dataclass(frozen=True, slots=True)
class Read:
    """Values as JSON, and by field why some do not fit."""

    values: Plain
    errors: Mapping[str, Message]

    @classmethod
    def of(
        cls,
        live: Snapshot,
        actor: Actor,
        fields: Mapping[str, Field],
        given: Mapping[str, object],
        door: str,
        *,
        demanding: bool = True,
    ) -> "Read":
        """Read what came through a door; ``demanding`` asks for what is required."""
        parsing = live.parsing(actor, door)
        values: Plain = {}
        errors: dict[str, Message] = {}
        for key, field in fields.items():
            kind, raw = live.types[field.type], given.get(key)
            raw = list(raw) if isinstance(raw, tuple) else raw
            try:
                value = kind.parse(raw, field, parsing) if raw not in (None, "", []) else None
            except InvalidValueError as error:
                errors[key] = error.message
                continue
            if isinstance(value, Match):
                errors[key] = message("Name the record by its id.")
            elif value is not None and value != ():
                values[key] = kind.to_json(value)
            elif field.required and demanding:
                errors[key] = message("{label} is required.", label=field.label.in_language(actor.language))
        return cls(values, errors)


def _run_to_be(tool: Tool, record_id: int | None) -> StoredRun:
    """A run that nobody has started."""
    now = datetime.now(UTC)
    return StoredRun(
        id=0, workflow=tool.procedure.key, module=tool.module, record_id=record_id, key="", trigger="tool",
        state=QUEUED, change_set_id=None, user_id=None, chain=(), inputs={"what": ""}, place=None, names=None,
        digest="", revision_id=None, worker=None, claim=0, attempts=0, lease_until=None, next_at=now,
        cancel_at=None, watching=None, error=None, created_at=now, started_at=None, finished_at=None,
    )  # fmt: skip
