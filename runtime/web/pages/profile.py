"""My profile: what the reader says of themselves, how they work, what they are told, and the password."""

from collections.abc import Mapping, Sequence

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.identity.sign_in import Denied
from runtime.records.change import Refused
from runtime.sites.people import PROFILE, change_profile, own_profile
from runtime.web import shell
from runtime.web.door import Call, client_address
from runtime.web.pages.my_settings import setting_control
from runtime.web.pages.outside import let_in
from runtime.web.pages.password_link import why_not
from runtime.web.pages.process import refusal_of
from runtime.web.pages.screen import Screen

Errors = Mapping[str, Sequence[Message]]
NONE: Errors = {}
NOTHING: Mapping[str, str] = {}
PASSWORDS = ("current", "new", "again")


def show(screen: Screen, call: Call) -> Response:
    """The form of the profile, and the one of the password."""
    return _draw(screen, call, NONE)


def save(screen: Screen, call: Call) -> Response:
    """Keep the profile; it holds from the next page on."""
    given = {key: call.form.text(key).strip() for key in PROFILE if key in call.form}
    outcome = change_profile(call.site, call.live, call.actor, given)
    if isinstance(outcome, Refused):
        if outcome.kind != "invalid":
            raise refusal_of(call, outcome)
        return _draw(screen, call, outcome.errors, given)
    response = shell.flash(RedirectResponse("/profile", 303), "saved")
    if given.get("theme"):
        shell.keep_theme(call, response, given["theme"])
    return response


def password(screen: Screen, call: Call) -> Response:
    """Change the password: the reader stays signed in here, and nowhere else."""
    current, new, again = (call.form.text(key) for key in PASSWORDS)
    reason = why_not(call, new, call.actor.name, call.actor.email)
    if reason is not None:
        return _draw(screen, call, {"new": (reason,)})
    if new != again:
        return _draw(screen, call, {"again": (message("The two passwords differ."),)})
    assert call.session is not None
    outcome = call.live.identity.password_change.attempt(
        call.site.database.write, call.session, current, new, client_address(call.request)
    )
    if isinstance(outcome, Denied):
        return _draw(screen, call, {"current": (outcome.message,)}, status=429 if outcome.wait else 422)
    return let_in(call, shell.flash(RedirectResponse("/profile", 303), "password"), outcome)


def keyboard(screen: Screen, call: Call) -> Response:
    """What each key does."""
    if call.is_partial:
        return screen.renderer.block("pages/keyboard.html", "keys", call.actor.language, {})
    return screen.draw(call, "pages/keyboard.html", {})


def _draw(
    screen: Screen,
    call: Call,
    errors: Errors,
    given: Mapping[str, str] = NOTHING,
    status: int | None = None,
) -> Response:
    said = {
        key: " ".join(reason.render(call.translate, call.actor.language) for reason in reasons)
        for key, reasons in errors.items()
    }
    standing = own_profile(call.site, call.live, call.actor.user_id or 0)
    fields = {key: setting_control(screen, call, key, standing.get(key), given.get(key)) for key in PROFILE}
    for key, control in fields.items():
        control.error = said.get(key, "")
    profile = {
        "email": standing["email"],
        "fields": fields,
        "passwords": {key: said.get(key, "") for key in PASSWORDS},
        "error": said.get("", ""),
    }
    context = {"profile": profile, "profile_tab": "profile"}
    return screen.draw(call, "pages/profile.html", context, status=status or (422 if errors else 200))
