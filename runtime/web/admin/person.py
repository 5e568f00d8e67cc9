"""A user's doors, for administrators: inviting, acting as them, what they are signed in with, and leaving."""

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.identity.second_factor import MAIL
from runtime.identity.security_log import Who, note
from runtime.identity.sign_in import Denied
from runtime.identity.users import User
from runtime.records.owning import owned_modules
from runtime.sites import leaving, second_factors
from runtime.sites.inviting import COPIED, copy_user, invite
from runtime.sites.keys import lock_key, revoke_key
from runtime.sites.people import PersonError, sign_out_everywhere
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import bad_request, forbidden, not_found
from runtime.web.pages.card import load, own_path
from runtime.web.pages.my_keys import key_view
from runtime.web.pages.operation import address as operation_address
from runtime.web.pages.outside import came, let_in
from runtime.web.pages.screen import Screen
from runtime.web.shell import flash
from runtime.web.titles import called, ref_of
from runtime.web.views import FieldView


def address(user_id: int) -> str:
    """Where a user's doors are."""
    return f"/admin/users/{user_id}"


def show(screen: Screen, call: Call) -> Response:
    """All of it, as it stands."""
    return _draw(screen, call, _user(call))


def change(screen: Screen, call: Call) -> Response:
    """Invite, sign out everywhere, take the second step away, or let in again."""
    user, do, site = _user(call), call.form.text("do"), call.site
    try:
        if do == "invite":
            link = invite(site, call.actor, user)
            if link is not None:
                return _draw(screen, call, user, link=link)
            return flash(RedirectResponse(address(user.id), 303), "invited", email=user.email)
        if do == "sign_out":
            with site.database.write() as tx:
                sign_out_everywhere(site, tx, user.id)
                who = Who.of(call.actor)
                note(tx.connection, site.clock.now(), "session_ended", who, f"users/{user.id}")
        elif do == "second_step":
            second_factors.turn_off(site, call.actor, user.id)
        elif do == "activate":
            leaving.activate(site, call.actor, user.id)
        else:
            raise bad_request(message("This is nothing that is done with users."), "do")
    except PersonError as error:
        return _draw(screen, call, user, error=error.reasons[0])
    return flash(RedirectResponse(address(user.id), 303), "saved")


def change_key(screen: Screen, call: Call) -> Response:
    """Lock a program's key, let it work again, or revoke it for good."""
    user, key_id, do = _user(call), int(call.path("key")), call.form.text("do")
    if do == "revoke":
        done = revoke_key(call.site, call.actor, user.id, key_id)
    else:
        done = lock_key(call.site, call.actor, user.id, key_id, locked=do == "lock")
    if not done:
        raise not_found()
    return flash(RedirectResponse(address(user.id), 303), "saved")


def copy(screen: Screen, call: Call) -> Response:
    """Make another user after this one."""
    user = _user(call)
    name, email = call.form.text("name").strip(), call.form.text("email").strip()
    fields = call.live.catalog.modules["users"].fields
    card = load(call, call.live.catalog.modules["users"], user.id, [own_path(fields[key]) for key in COPIED])
    values = {key: getattr(card.values[key], "id", card.values[key]) for key in COPIED}
    try:
        made = copy_user(call.site, call.actor, user.id, values, name, email)
    except PersonError as error:
        return _draw(screen, call, user, error=error.reasons[0])
    return flash(RedirectResponse(address(made), 303), "created")


def leave(screen: Screen, call: Call) -> Response:
    """Deactivate the user; the records go to another owner in the background, or stay."""
    user = _user(call)
    try:
        to = _new_owner(call)
        archive = call.form.text("records") == "keep"
        started = leaving.deactivate(call.site, call.actor, user.id, to, archive=archive)
    except PersonError as error:
        return _draw(screen, call, user, error=error.reasons[0])
    if started is not None:
        return RedirectResponse(operation_address(started), 303)
    return flash(RedirectResponse(address(user.id), 303), "saved")


def act(screen: Screen, call: Call) -> Response:
    """Go on as the user, or only look as one, marked on every page."""
    user, looking = _user(call), call.form.text("do") == "look"
    assert call.session is not None
    with call.site.database.write() as tx:
        outcome = call.live.identity.acting.begin(tx, call.session, user.id, came(call), looking=looking)
    if isinstance(outcome, Denied):
        raise forbidden(outcome.message)
    return let_in(call, RedirectResponse("/app", 303), outcome)


def end_acting(screen: Screen, call: Call) -> Response:
    """Be oneself again."""
    assert call.session is not None
    if call.session.by_id is None:
        return RedirectResponse("/app", 303)
    user_id, looking = call.session.user_id, call.session.looking
    back = f"/admin/access?user={quote(call.actor.email)}" if looking else address(user_id)
    with call.site.database.write() as tx:
        opened = call.live.identity.acting.end(tx, call.session, came(call))
    if opened is None:
        return RedirectResponse("/signin", 303)
    return let_in(call, RedirectResponse(back, 303), opened)


def _user(call: Call) -> User:
    with call.site.database.read() as connection:
        user = call.live.identity.users.by_id(connection, int(call.path("id")))
    if user is None:
        raise not_found()
    return user


def _new_owner(call: Call) -> int | None:
    typed = call.form.text("to:text").strip()
    if typed:
        found = called(call, leaving.OWNERS, typed)
        if isinstance(found, Message):
            raise PersonError((found,))
        return found.id
    given = call.form.text("to")
    if not given:
        return None
    ref = ref_of(call, leaving.OWNERS, given)
    if ref is None:
        raise PersonError((message("Choose who gets the records, or leave them to the archived user."),))
    return ref.id


def _draw(
    screen: Screen, call: Call, user: User, *, error: Message | None = None, link: str = ""
) -> Response:
    identity, language = call.live.identity, call.actor.language
    with call.site.database.read() as connection:
        kind = identity.factors.kind_of(connection, user.id)
        sessions = identity.sessions.of(connection, user.id)
        keys = [key for key in identity.api_keys.of(connection, user.id) if key.revoked_at is None]
        has_password = identity.credentials.of(connection, user.id) is not None
    modules = call.live.catalog.modules
    context = {
        "person": {
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "href": f"/app/users/{user.id}",
            "at": address(user.id),
            "admin": user.admin,
            "active": user.active,
            "is_me": user.id == call.actor.user_id,
            "may_act": user.active and not user.admin,
            "has_password": has_password,
            "can_mail": identity.letters.can_send,
            "factor": kind,
            "by_mail": kind == MAIL,
            "sessions": len(sessions),
            "seen": call.formats.datetime(sessions[0].last_seen_at) if sessions else "",
            "programs": [key_view(call, key) for key in keys],
            "owned": [
                (modules[key].plural.in_language(language), call.formats.integer(count))
                for key, count in leaving.owned(call.site, user.id).items()
            ]
            if user.active
            else [],
            "to": _picker(call),
            "error": error.render(call.translate, language) if error is not None else "",
            "link": link,
            "name_typed": call.form.text("name")[:120] if error is not None else "",
            "email_typed": call.form.text("email")[:200] if error is not None else "",
        },
        "admin_tabs": tabs(call, "users"),
    }
    return screen.draw(call, "admin/person.html", context, at="users", status=422 if error else 200)


def _picker(call: Call) -> FieldView:
    label = message("New owner of the records").render(call.translate, call.actor.language)
    return FieldView(
        "relation",
        name="to",
        id="to",
        label=label,
        picker=f"/app/{owned_modules(call.live.catalog)[0]}/pick/owner?present=1",
        value=None,
        text="",
    )
