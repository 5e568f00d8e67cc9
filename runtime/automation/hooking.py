"""Hooking: calls of other systems that set workflows going. Each is signed as Standard Webhooks are.

A call names its id, its moment and a signature of both with its body (https://www.standardwebhooks.com). The
record that the workflow says is found or made, and the run is started, in one transaction that also claims
the call's id: a call that comes twice does nothing the second time.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from runtime.automation.place import Place, Snapshot
from runtime.automation.starting import WEBHOOK, Cause, start
from runtime.base.sealing import SealError
from runtime.fields.base import InvalidValueError
from runtime.identity.actor import SYSTEM, Actor
from runtime.model.workflow import Trigger, Workflow
from runtime.records.by_values import find_by_values
from runtime.records.change import Change, Refused
from runtime.storage.once import claim_once
from runtime.storage.runs import Runs
from runtime.storage.secrets import Secrets
from runtime.storage.switches import switched_off
from runtime.storage.transaction import Transaction

TOLERANCE = timedelta(minutes=5)
"""How old a call may be, or ahead of us: a recorded one is of no use later."""
PREFIX = "whsec_"
UNKNOWN, UNSIGNED, UNREADABLE, REFUSED = 404, 401, 400, 422


class HookError(Exception):
    """A call that is refused, with the status of HTTP for it; the text is a whole sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class HookCall:
    """A call as it came: its headers by their names in small letters, and its body."""

    key: str
    headers: Mapping[str, str]
    body: bytes


def receive(site: Place, call: HookCall) -> list[int]:
    """Start what the call is for; gives the runs, none where it came before. Raises :class:`HookError`."""
    live = site.live
    wanted = list(_triggers(live, call.key))
    if not wanted:
        raise HookError(UNKNOWN, "There is nothing at this address.")
    for _, trigger in wanted:
        _check(site, call, trigger.settings["secret"])
    try:
        said = json.loads(call.body)
    except (ValueError, RecursionError):
        raise HookError(UNREADABLE, "The body is no JSON.") from None
    runs = Runs(site.clock)
    started: list[int] = []
    with site.database.write() as tx:
        off = switched_off(tx.connection)
        for workflow, trigger in wanted:
            if workflow.key in off or not _is_new(tx, workflow, call):
                continue
            record = _Receiving(tx, live, workflow, trigger).record(said)
            cause = Cause(WEBHOOK, f"webhook:{call.headers['webhook-id'][:200]}")
            started += start(tx, live, runs, workflow, [record], cause)
        if started:
            tx.after_commit(live.writer.plans.workplace.wake)
    return started


def sign(secret: str, call_id: str, moment: int, body: bytes) -> str:
    """The signature of a call."""
    signed = b".".join((call_id.encode(), str(moment).encode(), body))
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _triggers(live: Snapshot, key: str) -> Iterator[tuple[Workflow, Trigger]]:
    for workflow in live.catalog.workflows.values():
        for trigger in workflow.triggers if workflow.active else ():
            if trigger.kind == WEBHOOK and trigger.settings["key"] == key:
                yield workflow, trigger


def _check(site: Place, call: HookCall, name: str) -> None:
    call_id, written = call.headers.get("webhook-id", ""), call.headers.get("webhook-timestamp", "")
    try:
        with site.database.read() as connection:
            secret = Secrets(site.sealer).open(connection, name)
    except SealError:
        secret = None
    if secret is None:
        raise HookError(UNKNOWN, "There is nothing at this address.")
    moment = int(written) if written.isascii() and written.isdigit() and len(written) < 12 else 0
    if not call_id or abs(site.clock.now().timestamp() - moment) > TOLERANCE.total_seconds():
        raise HookError(UNSIGNED, "The call is not signed, or its time is more than five minutes from ours.")
    right = sign(secret, call_id, moment, call.body)
    given = call.headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(right.encode(), each.encode()) for each in given[:20]):
        raise HookError(UNSIGNED, "The signature does not fit the call.")


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (ValueError, binascii.Error):
            return secret.encode()
    return secret.encode()


def _is_new(tx: Transaction, workflow: Workflow, call: HookCall) -> bool:
    """Claim the call's id, as a record's is claimed by what runs once."""
    digest = hashlib.sha256(call.headers["webhook-id"].encode()).digest()
    number = int.from_bytes(digest[:8], "big") >> 2
    return bool(claim_once(tx.connection, f"{WEBHOOK}:{workflow.key}", [number]))


class _Receiving:
    """Finds or makes the record that a call is about."""

    def __init__(self, tx: Transaction, live: Snapshot, workflow: Workflow, trigger: Trigger) -> None:
        self.tx = tx
        self.live = live
        self.module = workflow.module
        self.settings = trigger.settings
        self.actor = Actor(None, name=SYSTEM.name, admin=True, door="webhook", system=True)
        self.parsing = live.parsing(self.actor, "rest")

    def record(self, said: object) -> int:
        find = {field: at(said, path) for field, path in self.settings["find"].items()}
        given = {field: at(said, path) for field, path in self.settings["set"].items()}
        if not find and not given:
            return self._named(at(said, "id"))
        found = self._found(find) if find else None
        if found is not None and not given:
            return found
        change = Change(self.module, given if found is not None else {**find, **given}, id=found)
        (outcome,) = self.live.writer.save(self.tx, [change], self.actor, self.parsing)
        if isinstance(outcome, Refused):
            told = " ".join(str(reason) for reasons in outcome.errors.values() for reason in reasons)
            raise HookError(REFUSED, told[:1000])
        return outcome.id

    def _named(self, number: object) -> int:
        """The record of an id, unless it is in the bin."""
        asked = [number] if isinstance(number, int) and not isinstance(number, bool) else []
        loader = self.live.writer.plans.loader
        found = loader.existing(
            self.tx.connection, self.module, [each for each in asked if 0 < each < 1 << 63]
        )
        if not found:
            raise HookError(REFUSED, f"The call does not name one of {self.module} by its id.")
        return next(iter(found))

    def _found(self, find: Mapping[str, object]) -> int | None:
        """The first record whose fields hold this, those in the bin left out."""
        for key, raw in find.items():
            if raw is None:
                raise HookError(REFUSED, f"The call does not say {key}.")
        workplace = self.live.writer.plans.workplace
        try:
            return find_by_values(self.tx.connection, workplace, self.module, find, self.parsing)
        except InvalidValueError as error:
            raise HookError(REFUSED, str(error)) from None


def at(said: object, path: str) -> object:
    """What stands at a path of JSON; nothing where there is no such place."""
    here = said
    for step in path.split("."):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here
