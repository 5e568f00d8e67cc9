"""A forgotten password: asking for a link, and choosing another by it; the invited choose their first."""

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.identity.good_passwords import why_not_a_password
from runtime.identity.mailed_links import Link
from runtime.web.door import Call, client_address
from runtime.web.errors import not_found
from runtime.web.pages.outside import PATH, check_form, draw
from runtime.web.pages.screen import Screen

LINK_GONE = message("This link works no more: it was used, or is too old. Ask for another one.")


def ask(screen: Screen, call: Call) -> Response:
    """The form that asks for the address."""
    if not call.live.identity.resets.is_offered:
        raise not_found()
    return _ask_form(screen, call)


def mail(screen: Screen, call: Call) -> Response:
    """Mail a link, and say the same whether there is such a user or not."""
    if not call.live.identity.resets.is_offered:
        raise not_found()
    check_form(call)
    email = call.form.text("email").strip()
    denied = call.live.identity.resets.ask(call.site.database.write, email, client_address(call.request))
    if denied is not None:
        response = _ask_form(screen, call, denied.message, status=429)
        response.headers["retry-after"] = str(denied.wait)
        return response
    return _ask_form(screen, call, sent=True)


def show(screen: Screen, call: Call) -> Response:
    """The form that takes the new password, where the link holds."""
    token = call.query("token")
    link = call.live.identity.resets.find(call.site.database.write, token)
    return _ask_form(screen, call, LINK_GONE, status=422) if link is None else _form(screen, call, link)


def choose(screen: Screen, call: Call) -> Response:
    """Take the new password; one signs in with it then."""
    check_form(call)
    resets, token = call.live.identity.resets, call.form.text("token")
    link = resets.find(call.site.database.write, token)
    if link is None:
        return _ask_form(screen, call, LINK_GONE, status=422)
    new, again = call.form.text("new"), call.form.text("again")
    reason = why_not(call, new, link.user.name, link.user.email)
    if reason is None and new != again:
        reason = message("The two passwords differ.")
    if reason is not None:
        return _form(screen, call, link, reason)
    user = resets.choose(call.site.database.write, token, new, client_address(call.request))
    if user is None:
        return _ask_form(screen, call, LINK_GONE, status=422)
    return RedirectResponse(f"{PATH}?done=password", 303)


def why_not(call: Call, password: str, name: str, email: str) -> Message | None:
    """Why somebody may not choose a password here; None when they may."""
    site = call.live.catalog.title.in_language(call.actor.language)
    shortest = call.site.rules.now.shortest_password
    return why_not_a_password(password, shortest, (name, email.partition("@")[0], site))


def _ask_form(
    screen: Screen, call: Call, error: Message | None = None, status: int = 200, *, sent: bool = False
) -> Response:
    context = {
        "action": f"{PATH}/forgotten",
        "back": PATH,
        "offered": call.live.identity.resets.is_offered,
        "error": error.render(call.translate, call.actor.language) if error is not None else "",
        "sent": sent,
    }
    return draw(screen, call, "pages/signin_forgotten.html", {"signin": context}, status)


def _form(screen: Screen, call: Call, link: Link, error: Message | None = None) -> Response:
    context = {
        "action": f"{PATH}/password",
        "token": link.token,
        "email": link.user.email,
        "shortest": call.site.rules.now.shortest_password,
        "error": error.render(call.translate, call.actor.language) if error is not None else "",
    }
    return draw(
        screen, call, "pages/signin_password.html", {"signin": context}, 200 if error is None else 422
    )
