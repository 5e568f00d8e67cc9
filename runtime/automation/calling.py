"""Calling: webhooks are told of changes, signed as Standard Webhooks are, until they have taken each call.

A call is a row with its text, made as the webhook's user sees the record by then. It is made again for three
days, ever more seldom, each time under the same id and with the same text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runtime.automation.hooking import sign
from runtime.automation.place import Place, Snapshot
from runtime.base.messages import message, to_json
from runtime.base.sealing import SealError
from runtime.identity.actor import Actor
from runtime.identity.addressed import Addressed
from runtime.identity.users import Users
from runtime.model.catalog import Field, Path
from runtime.model.outbound import Request, UnreachableError
from runtime.records.as_json import writer_of
from runtime.storage.following import Saved, written_in
from runtime.storage.inbox import Inbox
from runtime.storage.query import Query
from runtime.storage.transaction import Transaction
from runtime.storage.webhooks import EVENTS, TEST, Delivery, Webhook, Webhooks

LEASE = timedelta(minutes=1)
"""How long one who calls may not be heard of: longer than a call takes."""
PAGE = 500
PAGE_OF_WEBHOOKS = "/admin/webhooks"
GONE = 410
"""The answer of one who wants to be called no more."""
TAKEN_AWAY = "It answered that it wants to be called no more (status 410)."


def stage(
    site: Place, tx: Transaction, live: Snapshot, webhooks: Webhooks, hooks: Sequence[Webhook], saved: Saved
) -> None:
    """Have the webhooks called that asked for what was saved."""
    table = live.tables.module(saved.module).table.name
    if live.catalog.modules[saved.module].parent is not None:
        return  # rows are saved with their record, which is told
    for hook in hooks:
        if saved.at < hook.created_at or (hook.modules and table not in hook.modules):
            continue
        user = Users(live.tables).active(tx.connection, hook.user_id)
        if user is None:
            continue
        actor = user.actor("webhook", live.catalog.languages[0], live.catalog.timezone)
        telling = _Telling(site, tx, live.seen_by(actor), actor, saved)
        webhooks.put(tx, list(telling.calls(hook)))


def call_as_a_test(site: Place, tx: Transaction, webhooks: Webhooks, hook: Webhook) -> None:
    """Have a webhook called once, so that one sees whether it works."""
    said = _text(TEST, site, {"webhook": hook.name})
    key = f"{TEST}:{hook.id}:{tx.allocate_ids(1)[0]}"
    call = {"webhook_id": hook.id, "key": key, "event": TEST, "record_id": None, "body": said}
    webhooks.put(tx, [call])


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is told of one save, as somebody sees it: the snapshot's reader finds nothing else."""

    site: Place
    tx: Transaction
    seen: Snapshot
    actor: Actor
    saved: Saved

    def calls(self, hook: Webhook) -> Iterator[dict[str, Any]]:
        if self.saved.module not in self.seen.catalog.modules:
            return
        for event in EVENTS:
            ids = list(self.saved.records.get(event, ())) if event in hook.events else []
            for start in range(0, len(ids), PAGE):
                for number, data in self.told(event, ids[start : start + PAGE]):
                    yield {
                        "webhook_id": hook.id,
                        "key": f"{self.saved.id}:{hook.id}:{event}:{number}",
                        "event": f"{self.saved.module}.{event}",
                        "record_id": number,
                        "body": _text(f"{self.saved.module}.{event}", self.site, data),
                    }

    def told(self, event: str, ids: Sequence[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The records that are seen, each with what is said of it; of a deleted one only which it was."""
        module = self.seen.catalog.modules[self.saved.module]
        shown = [each for each in module.all_fields() if not self.seen.types[each.type].hidden]
        paths = tuple(Path(each.key, (each,)) for each in shown)
        query = Query(
            module.key,
            columns=paths,
            ids=tuple(ids),
            deleted="any",
            limit=len(ids),
        )
        rows = self.seen.reader.page(self.tx.connection, query, self.seen.moment(self.actor)).rows
        writers = [writer_of(each, self.seen.types) for each in shown]
        is_update = event == "updated"
        written = written_in(self.tx.connection, self.saved.change_set, ids) if is_update else {}
        names = {each.key for each in shown}
        unseen = self._unseen(shown, written)
        for row in rows:
            said: dict[str, Any] = {"module": module.key, "id": row.id}
            if event != "deleted":
                said["record"] = {
                    field.key: value if value is None or write is None else write(value)
                    for field, write, value in zip(shown, writers, row.values, strict=True)
                }
            if is_update:
                changed = names & set(written.get(row.id, ()))
                said["changed"] = sorted(key for key in changed if row.id not in unseen.get(key, ()))
            yield row.id, said

    def _unseen(
        self, shown: Sequence[Field], written: Mapping[int, Mapping[str, Any]]
    ) -> Mapping[str, set[int]]:
        """Of which records a changed field is not seen: a statement for each that is seen of some alone."""
        found: dict[str, set[int]] = {}
        for field in shown:
            condition = self.seen.judge.field_condition(self.actor, field.module, field.whole, "read")
            ids = {number for number, new in written.items() if field.key in new}
            if condition is None or not ids:
                continue
            query = Query(field.module, rights=(condition,), ids=tuple(sorted(ids)), deleted="any")
            moment = self.seen.moment(self.actor)
            found[field.key] = ids - self.seen.reader.meeting(self.tx.connection, query, moment)
        return found


def _text(event: str, site: Place, data: Mapping[str, Any]) -> str:
    moment = site.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"type": event, "timestamp": moment, "data": data}, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class Calling:
    """Makes the calls of one site."""

    def __init__(self, site: Place, name: str) -> None:
        """``name`` is the worker's."""
        self._site = site
        self._name = name
        self.webhooks = Webhooks(site.clock)

    def has_due(self) -> bool:
        """Whether a call is to be made: a cheap look."""
        with self._site.database.read() as connection:
            return self.webhooks.has_due(connection)

    def call_one(self) -> bool:
        """Make the call that has waited longest; False where none is due."""
        if not self.has_due():
            return False
        site = self._site
        with site.database.write() as tx:
            call = self.webhooks.claim(tx, self._name, LEASE)
            hook = self.webhooks.find(tx.connection, call.webhook_id) if call is not None else None
        if call is None:
            return False
        status, error = (None, "The webhook is gone.") if hook is None else self._made(hook, call)
        with site.database.write() as tx:
            self._ended(tx, hook, call, status, error)
        return True

    def free(self, tx: Transaction) -> int:
        """End the leases of an earlier worker of this name, which is dead."""
        return self.webhooks.free(tx, self._name)

    def _made(self, hook: Webhook, call: Delivery) -> tuple[int | None, str]:
        try:
            request = request_of(self._site, hook, call)
            status = self._site.outbound.send(request).status
        except (UnreachableError, SealError) as error:
            return None, str(error)
        good = 200 <= status < 300
        return status, "" if good else f"It answered with status {status}."

    def _ended(
        self, tx: Transaction, hook: Webhook | None, call: Delivery, status: int | None, error: str
    ) -> None:
        if not error and status is not None:
            self.webhooks.delivered(tx, call, status)
            return
        if status == GONE and hook is not None:
            self.webhooks.change(tx, hook.id, active=False, off_because=TAKEN_AWAY)
            self.webhooks.give_up(tx, hook.id, TAKEN_AWAY)
            self._alert(tx, hook, TAKEN_AWAY)
            return
        if self.webhooks.failed(tx, call, status, error) and hook is not None:
            self._alert(tx, hook, error)

    def _alert(self, tx: Transaction, hook: Webhook, error: str) -> None:
        """Administrators are told, once an hour and webhook."""
        now, live = self._site.clock.now(), self._site.live
        said = message('The webhook "{name}" was not told of a change: {why}', name=hook.name, why=error)
        people = Addressed(live.tables).admins(tx.connection)
        key = f"webhook:{hook.id}:{now:%Y-%m-%dT%H}"
        Inbox(self._site.clock).tell(tx, key, people, to_json(said), None, f"{PAGE_OF_WEBHOOKS}/{hook.id}")


def request_of(site: Place, hook: Webhook, call: Delivery) -> Request:
    """A call as it goes out, signed for this moment. Raises SealError."""
    number, moment, body = f"msg_{call.id}", int(site.clock.now().timestamp()), call.body.encode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(site.sealer.open(hook.secret), number, moment, body),
    }
    return Request("POST", hook.url, headers, body)
