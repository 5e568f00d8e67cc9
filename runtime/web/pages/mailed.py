"""What a link in a mail opens for one who need not be signed in: the end of such letters, or the proof of an
address. The link itself is the proof, and nothing happens before the button is pressed.
"""

from starlette.responses import Response

from runtime.model.letters import OptOut
from runtime.sites.sending import opt_out_field, prove_sender, sender_of_token, unsubscribe
from runtime.storage.senders import Sender
from runtime.web import shell
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen


def ask_unsubscribe(screen: Screen, call: Call) -> Response:
    """Ask whether such letters are to end."""
    _opt_out(call)
    return _draw(screen, call, "ask_unsubscribe")


def end_letters(screen: Screen, call: Call) -> Response:
    """End them; programs that read mail come here with one click, too (RFC 8058)."""
    unsubscribe(call.site, _opt_out(call))
    return _draw(screen, call, "unsubscribed")


def ask_proof(screen: Screen, call: Call) -> Response:
    """Ask whether mail may come from the address."""
    return _draw(screen, call, "ask_proof", _sender(call).address)


def prove(screen: Screen, call: Call) -> Response:
    """From now on it may."""
    sender = _sender(call)
    prove_sender(call.site, sender)
    return _draw(screen, call, "proven", sender.address)


def _opt_out(call: Call) -> OptOut:
    found = call.site.post.unsubscribing.read(call.path("token"))
    if found is None or opt_out_field(call.site.live, found) is None:
        raise not_found()
    return found


def _sender(call: Call) -> Sender:
    found = sender_of_token(call.site, call.path("token"))
    if found is None:
        raise not_found()
    return found


def _draw(screen: Screen, call: Call, what: str, address: str = "") -> Response:
    csrf = call.session.csrf if call.session is not None else ""
    context = {"shell": shell.outside(call, csrf), "mailed": {"what": what, "address": address}}
    return screen.renderer.page("pages/mailed.html", call.actor.language, context)
