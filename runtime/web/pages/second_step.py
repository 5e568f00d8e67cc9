"""The second step of signing in: a code of the app or from the mail; or setting an app up."""

from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import message
from runtime.identity import totp
from runtime.identity.second_factor import MAIL
from runtime.identity.second_step import BEGIN_AGAIN, Entered, Step
from runtime.identity.sign_in import ENROL, Denied
from runtime.web.door import Call
from runtime.web.origin import local_path
from runtime.web.pages.outside import FORM_COOKIE, HALF_COOKIE, PATH, came, check_form, draw, let_in
from runtime.web.pages.screen import Screen
from runtime.web.qr_code import qr_code


def show(screen: Screen, call: Call) -> Response:
    """What is asked for after the password."""
    return _form(screen, call)


def enter(screen: Screen, call: Call) -> Response:
    """Try the code."""
    check_form(call)
    outcome = call.live.identity.second_step.attempt(
        call.site.database.write, _token(call), call.form.text("code"), came(call)
    )
    following = local_path(call.form.text("next"))
    if outcome is None:
        return _begin_again(screen, call)
    if isinstance(outcome, Denied):
        sentence = outcome.message.render(call.translate, call.actor.language)
        response = _form(screen, call, sentence, 429 if outcome.wait else 422)
        if outcome.wait:
            response.headers["retry-after"] = str(outcome.wait)
        return response
    return _entered(screen, call, outcome, following)


def mail_again(screen: Screen, call: Call) -> Response:
    """Mail another PIN."""
    check_form(call)
    if not call.live.identity.second_step.mail_again(call.site.database.write, _token(call)):
        sentence = message("No more codes are mailed for this sign-in. Begin again with the password.")
        return _form(screen, call, sentence.render(call.translate, call.actor.language), 422)
    return RedirectResponse(f"{PATH}/code?next={quote(local_path(call.form.text('next')))}", 303)


def _entered(screen: Screen, call: Call, entered: Entered, following: str) -> Response:
    response: Response
    if entered.codes:
        context = {"codes": {"codes": entered.codes, "next": following}}
        response = draw(screen, call, "pages/signin_codes.html", context)
    else:
        response = RedirectResponse(following, 303)
    let_in(call, response, entered.opened)
    response.delete_cookie(HALF_COOKIE, path=PATH)
    response.delete_cookie(FORM_COOKIE, path=PATH)
    return response


def _form(screen: Screen, call: Call, error: str = "", status: int = 200) -> Response:
    step = call.live.identity.second_step.show(call.site.database.write, _token(call))
    if step is None:
        return _begin_again(screen, call)
    following = local_path(call.form.text("next") or call.query("next"))
    context = {
        "action": f"{PATH}/code",
        "again": f"{PATH}/code/again" if step.may_mail_again else None,
        "next": following,
        "by_mail": step.kind == MAIL,
        "enrols": step.kind == ENROL,
        "email": _hinted(step.user.email),
        "secret": step.secret,
        "qr": _qr(call, step),
        "error": error,
    }
    return draw(screen, call, "pages/signin_code.html", {"signin": context}, status)


def _begin_again(screen: Screen, call: Call) -> Response:
    context: dict[str, Any] = {
        "action": PATH,
        "next": "/app",
        "email": "",
        "error": BEGIN_AGAIN.render(call.translate, call.actor.language),
        "notice": "",
        "forgotten": None,
        "single": [],
    }
    response = draw(screen, call, "pages/signin.html", {"signin": context}, 422)
    response.delete_cookie(HALF_COOKIE, path=PATH)
    return response


def _token(call: Call) -> str:
    return call.request.cookies.get(HALF_COOKIE, "")


def _qr(call: Call, step: Step) -> str:
    if not step.secret:
        return ""
    title = call.live.catalog.title.in_language(call.actor.language)
    return qr_code(totp.address(step.secret, title, step.user.email))


def _hinted(email: str) -> str:
    """An address as far as its owner needs it."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
