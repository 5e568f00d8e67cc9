"""My API keys: what my programs show instead of signing in; made, locked and revoked here."""

from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.identity.api_keys import ApiKey, KeyLimits
from runtime.model.catalog import Module
from runtime.sites.keys import LONGEST, lock_key, make_key, revoke_key
from runtime.sites.people import PersonError
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.my_sign_in import own_session, proved
from runtime.web.pages.screen import Screen
from runtime.web.shell import flash

PATH = "/profile/keys"


def show(screen: Screen, call: Call) -> Response:
    """The keys, and the form of another one."""
    return _draw(screen, call)


def make(screen: Screen, call: Call) -> Response:
    """Make a key for one who types the password, and show it this once."""
    own_session(call)
    label, until = call.form.text("label"), call.form.text("until").strip()
    denied = proved(call)
    if denied is not None:
        return _draw(screen, call, errors={"password": denied})
    last = _day(call, until)
    if until and last is None:
        return _draw(screen, call, errors={"until": message("This is no day.")})
    modules = tuple(each.table for each in _modules(call) if each.key in call.form.texts("module"))
    limits = KeyLimits("read_only" in call.form, modules if call.form.text("of") == "some" else None, last)
    try:
        key = make_key(call.site, call.actor, label, limits)
    except PersonError as error:
        return _draw(screen, call, errors={"": error.reasons[0]})
    return _draw(screen, call, made=key)


def change(screen: Screen, call: Call) -> Response:
    """Lock a key, let it work again, or revoke it for good."""
    own_session(call)
    key_id, user_id, do = int(call.path("id")), call.actor.user_id or 0, call.form.text("do")
    if do == "revoke":
        done = revoke_key(call.site, call.actor, user_id, key_id)
    else:
        done = lock_key(call.site, call.actor, user_id, key_id, locked=do == "lock")
    if not done:
        raise not_found()
    return flash(RedirectResponse(PATH, 303), "key_revoked" if do == "revoke" else "saved")


def key_view(call: Call, key: ApiKey) -> dict[str, Any]:
    """A key as its template draws it; nobody can read the key itself."""
    write, limits, now = call.formats, key.limits, call.site.clock.now()
    modules = call.live.catalog.modules.values()
    tables = {call.live.tables.module(each.key).table.name: each.plural for each in modules}
    language = call.actor.language
    names = [tables[name].in_language(language) if name in tables else name for name in limits.modules or ()]
    over = limits.until is not None and now >= limits.until
    return {
        "id": key.id,
        "label": key.label,
        "begins": key.begins,
        "made": write.datetime(key.created_at),
        "used": write.datetime(key.last_used_at) if key.last_used_at is not None else None,
        "until": write.datetime(limits.until) if limits.until is not None else None,
        "over": over,
        "locked": key.locked_at is not None,
        "read_only": limits.read_only,
        "modules": ", ".join(names) if limits.modules is not None else None,
    }


def _modules(call: Call) -> "list[_Named]":
    judge, language = call.live.judge, call.actor.language
    return [
        _Named(module, call.live.tables.module(module.key).table.name, module.plural.in_language(language))
        for module in call.live.catalog.modules.values()
        if module.parent is None and judge.may(call.actor, module.key, "read").allowed
    ]


class _Named:
    """A module that a key may be for."""

    def __init__(self, module: Module, table: str, label: str) -> None:
        self.key, self.table, self.label = module.key, table, label


def _day(call: Call, text: str) -> datetime | None:
    """The end of a day in the reader's time zone."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day + timedelta(days=1), time(), call.zone) if day.year < 9000 else None


def _draw(
    screen: Screen, call: Call, *, errors: dict[str, Message] | None = None, made: str = ""
) -> Response:
    with call.site.database.read() as connection:
        keys = call.live.identity.api_keys.of(connection, call.actor.user_id or 0)
    said = {"": "", "password": "", "until": ""}
    for key, reason in (errors or {}).items():
        said[key] = reason.render(call.translate, call.actor.language)
    context = {
        "keys": {
            "is_acting": call.session is not None and call.session.by_id is not None,
            "rows": [key_view(call, key) for key in keys if key.revoked_at is None],
            "modules": _modules(call),
            "chosen": call.form.texts("module") if errors else [],
            "label": call.form.text("label")[:LONGEST] if errors else "",
            "until": call.form.text("until")[:10] if errors else "",
            "errors": said,
            "made": made,
        },
        "profile_tab": "keys",
    }
    return screen.draw(call, "pages/my_keys.html", context, status=422 if errors else 200)
