"""What a step is handed while it runs: its settings worked out, and the one writer."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from runtime.automation.place import Snapshot
from runtime.automation.reading import Reading
from runtime.base.messages import message
from runtime.identity.actor import Actor
from runtime.model.catalog import Expression, Field
from runtime.model.types import RecordType
from runtime.model.values import Pointer
from runtime.model.workflow import Rows, Several, Step
from runtime.records.change import Change, Refused
from runtime.steps.base import StepError, Target
from runtime.storage.transaction import Transaction


class StepDoing:
    """See :class:`runtime.steps.base.Doing`."""

    def __init__(self, tx: Transaction, live: Snapshot, actor: Actor, key: str) -> None:
        self.key = key
        self.tx = tx
        self._live = live
        self._actor = actor
        self._parsing = live.parsing(actor, "rest")

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._live.writer.plans.workplace.clock.now()

    @property
    def timezone(self) -> tzinfo:
        """The site's time zone."""
        return ZoneInfo(self._live.catalog.timezone)

    def delete(self, target: Target) -> None:
        """Put a record into the bin."""
        change = Change(target.module, id=target.id, action="delete")
        (outcome,) = self._live.writer.save(self.tx, [change], self._actor, self._parsing)
        if isinstance(outcome, Refused):
            raise StepError(self._refusal(target.module, outcome))

    def remembered(self) -> Mapping[str, Any]:
        """Nothing yet."""
        return {}

    def save(
        self, module: str, values: Mapping[str, object], id: int | None = None
    ) -> tuple[Target, str, tuple[str, ...]]:
        """Save a record."""
        change = Change(module, values, id=id)
        (outcome,) = self._live.writer.save(self.tx, [change], self._actor, self._parsing)
        if isinstance(outcome, Refused):
            raise StepError(self._refusal(module, outcome))
        return Target(module, outcome.id), outcome.action, tuple(values)

    def _refusal(self, module: str, refused: Refused) -> Any:
        known = self._live.catalog.modules[module]
        said = []
        for key, reasons in refused.errors.items():
            field = known.field(key.partition(".")[0])
            said += [str(reason) if field is None else f"{field.key}: {reason}" for reason in reasons]
        return message("{module}: {reasons}", module=known.key, reasons=" ".join(said)[:1000])


def given(step: Step, reading: Reading, live: Snapshot) -> dict[str, Any]:
    """A step's settings with what their expressions give; the steps inside it are left out.

    A record that is to be changed is locked first, so that what its fields get is made of what they hold.
    """
    found: dict[str, Any] = {}
    target = ""
    if step.kind == "update" and "record" not in step.settings:
        found["record"] = reading.lock(reading.record(None))
    for key, value in step.settings.items():
        if isinstance(value, Several):
            found[key] = reading.several(value, step.settings.get("where"))
        elif isinstance(value, Expression) and isinstance(value.type, RecordType) and key == "record":
            found[key] = reading.lock(reading.record(value))
        elif isinstance(value, Expression):
            if not ("in" in step.settings and key == "where"):
                (found[key],) = reading.values([value])
        elif isinstance(value, Mapping):
            target = target or _module(step, found)
            found[key] = _mapping(value, reading, live, target)
        elif not (isinstance(value, tuple) and all(isinstance(each, Step) for each in value)):
            found[key] = value
    return found


def _module(step: Step, found: Mapping[str, Any]) -> str:
    module = found.get("module")
    return str(module) if module is not None else ""


def _mapping(value: Mapping[str, Any], reading: Reading, live: Snapshot, module: str) -> dict[str, Any]:
    plain = {key: each for key, each in value.items() if isinstance(each, Expression)}
    found = dict(zip(plain, reading.values(plain.values()), strict=True))
    known = live.catalog.modules.get(module)
    result = {key: kept(known.field(key) if known else None, plain[key], each) for key, each in found.items()}
    for key, rows in value.items():
        if isinstance(rows, Rows):
            result[key] = _rows(rows, reading)
    return result


def kept(field: Field | None, expression: Expression, value: Any) -> Any:
    """What an expression gives, as the writer takes it."""
    kind = expression.type
    if (
        isinstance(value, int)
        and field is not None
        and "among" in field.settings
        and isinstance(kind, RecordType)
        and len(kind.modules) == 1
    ):
        return Pointer(kind.modules[0], value)
    return list(value) if isinstance(value, tuple) else value


def _rows(rows: Rows, reading: Reading) -> list[dict[str, Any]]:
    if rows.of is None:
        return [dict(zip(each, reading.values(each.values()), strict=True)) for each in rows.values]
    (values,) = rows.values
    targets = reading.several(rows.of)
    found = reading.of_each(rows.of.collection.target, [each.id for each in targets], list(values.values()))
    return [dict(zip(values, each, strict=True)) for each in found]
