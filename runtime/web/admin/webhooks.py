"""Webhooks: whom the CRM calls of which changes, each call with its answer, and a call to try it."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.automation.calling import PAGE_OF_WEBHOOKS as ADDRESS
from runtime.automation.calling import call_as_a_test
from runtime.automation.hooking import PREFIX
from runtime.base.messages import Message, message, phrase
from runtime.identity.security_log import Who, note
from runtime.storage.transaction import Transaction
from runtime.storage.webhooks import (
    CALLING,
    DELIVERED,
    EVENTS,
    FAILED,
    WAITING,
    Delivery,
    Webhook,
    Webhooks,
)
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen, record_id
from runtime.web.shell import flash

SIZE = 50
LONGEST = 2000
STATES: Mapping[str, tuple[str, str]] = {
    WAITING: (phrase("Waiting"), "blue"),
    CALLING: (phrase("Being called"), "blue"),
    DELIVERED: (phrase("Taken"), "green"),
    FAILED: (phrase("Given up"), "red"),
}
HAPPENS: Mapping[str, str] = {
    "created": phrase("A record is created"),
    "updated": phrase("A record is changed"),
    "deleted": phrase("A record is deleted"),
    "restored": phrase("A record comes back from the bin"),
}


def show(screen: Screen, call: Call) -> Response:
    """Every webhook, and a form for one more."""
    return _draw(screen, call, {})


def add(screen: Screen, call: Call) -> Response:
    """Add a webhook; its secret is shown now, and never again."""
    name, url = call.form.text("name").strip()[:120], call.form.text("url").strip()
    errors: dict[str, Message] = {}
    if not name:
        errors["name"] = message("{label} is required.", label=call.translate("Name"))
    if not url.startswith(("https://", "http://")) or len(url) > LONGEST or not url.isprintable():
        errors["url"] = message("An address begins with https:// or http://.")
    events = [each for each in EVENTS if each in call.form.texts("event")]
    if not events:
        errors["event"] = message("Say what it is to be called of.")
    if errors:
        return _draw(screen, call, errors)
    modules = [key for key in call.form.texts("module") if key in _modules(call)]
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    values = {
        "name": name,
        "url": url,
        "secret": call.site.sealer.seal(secret),
        "modules": [call.site.live.tables.module(key).table.name for key in modules],
        "events": events,
        "user_id": call.actor.user_id,
    }
    with call.site.database.write() as tx:
        webhook_id = Webhooks(call.site.clock).add(tx, values)
        _noted(call, tx, f"webhook made: {name}")
    return _one(screen, call, webhook_id, secret)


def show_one(screen: Screen, call: Call) -> Response:
    """One webhook, and its calls."""
    return _one(screen, call, record_id(call))


def change(screen: Screen, call: Call) -> Response:
    """Switch one on or off, try it, give it another secret, or take it out."""
    hook, webhooks = _hook(call), Webhooks(call.site.clock)
    do, address = call.form.text("do"), f"{ADDRESS}/{_hook(call).id}"
    with call.site.database.write() as tx:
        match do:
            case "test":
                call_as_a_test(call.site, tx, webhooks, hook)
                tx.after_commit(call.site.background.wake)
            case "on" | "off":
                webhooks.change(tx, hook.id, active=do == "on", off_because=None)
                _noted(call, tx, f"webhook switched {do}: {hook.name}")
            case "secret":
                secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
                webhooks.change(tx, hook.id, secret=call.site.sealer.seal(secret))
                _noted(call, tx, f"webhook's secret changed: {hook.name}")
            case "remove":
                webhooks.remove(tx, hook.id)
                _noted(call, tx, f"webhook taken out: {hook.name}")
                address = ADDRESS
            case _:
                raise not_found()
    if do == "secret":
        return _one(screen, call, hook.id, secret)
    return flash(RedirectResponse(address, 303), "saved")


def again(screen: Screen, call: Call) -> Response:
    """Make a call again, under the same id."""
    hook = _hook(call)
    webhooks, number = Webhooks(call.site.clock), int(call.path("call"))
    with call.site.database.write() as tx:
        found = webhooks.find_call(tx.connection, number)
        if found is None or found.webhook_id != hook.id or not webhooks.again(tx, number):
            raise not_found()
        tx.after_commit(call.site.background.wake)
    return flash(RedirectResponse(f"{ADDRESS}/{hook.id}", 303), "saved")


def _noted(call: Call, tx: Transaction, about: str) -> None:
    note(tx.connection, call.site.clock.now(), "settings_changed", Who.of(call.actor), about)


def _hook(call: Call) -> Webhook:
    with call.site.database.read() as connection:
        found = Webhooks(call.site.clock).find(connection, record_id(call))
    if found is None:
        raise not_found()
    return found


def _modules(call: Call) -> dict[str, str]:
    """The modules that one may be told of, by what they are called."""
    language = call.actor.language
    return {
        key: module.plural.in_language(language)
        for key, module in call.site.live.catalog.modules.items()
        if module.parent is None
    }


def _draw(screen: Screen, call: Call, errors: dict[str, Message]) -> Response:
    with call.site.database.read() as connection:
        hooks = Webhooks(call.site.clock).all(connection)
    chosen = call.form.texts("event") if errors else list(EVENTS)
    modules = call.form.texts("module") if errors else []
    context = {
        "hooks": {
            "rows": [_row(call, each) for each in hooks],
            "errors": {
                key: errors[key].render(call.translate, call.actor.language) if key in errors else ""
                for key in ("name", "url", "event")
            },
            "name": call.form.text("name"),
            "url": call.form.text("url"),
            "events": [(key, call.translate(label), key in chosen) for key, label in HAPPENS.items()],
            "modules": [(key, label, key in modules) for key, label in _modules(call).items()],
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/webhooks.html", context, status=422 if errors else 200)


def _one(screen: Screen, call: Call, webhook_id: int, secret: str = "") -> Response:
    before, state = call.query("before"), call.query("state")
    from_id = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    webhooks = Webhooks(call.site.clock)
    with call.site.database.read() as connection:
        hook = webhooks.find(connection, webhook_id)
        if hook is None:
            raise not_found()
        state = state if state in STATES else ""
        calls = webhooks.latest(connection, hook.id, SIZE + 1, from_id, state)
        user = call.site.live.identity.users.by_id(connection, hook.user_id)
    more = f"{ADDRESS}/{hook.id}?state={state}&before={calls[SIZE - 1].id}" if len(calls) > SIZE else None
    context = {
        "hook": {
            **_row(call, hook),
            "secret": secret,
            "user": user.name if user is not None else "",
            "calls": [_call(call, hook, each) for each in calls[:SIZE]],
            "more": more,
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/webhook.html", context)


def _row(call: Call, hook: Webhook) -> dict[str, Any]:
    names = {call.site.live.tables.module(key).table.name: label for key, label in _modules(call).items()}
    return {
        "href": f"{ADDRESS}/{hook.id}",
        "name": hook.name,
        "url": hook.url,
        "active": hook.active,
        "off_because": hook.off_because or "",
        "events": ", ".join(call.translate(HAPPENS[each]) for each in hook.events),
        "modules": ", ".join(names.get(each, each) for each in hook.modules),
    }


def _call(call: Call, hook: Webhook, each: Delivery) -> dict[str, Any]:
    state, color = STATES[each.state]
    return {
        "id": f"msg_{each.id}",
        "again": f"{ADDRESS}/{hook.id}/calls/{each.id}/again",
        "event": each.event,
        "when": call.formats.datetime(each.created_at),
        "state": call.translate(state),
        "color": color,
        "tries": call.formats.integer(each.tries),
        "status": str(each.status or ""),
        "error": each.error or "",
        "next": call.formats.datetime(each.next_at) if each.state == WAITING else "",
        "body": each.body[:20_000],
    }
