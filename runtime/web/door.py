"""The door: every request comes in here, is told apart by who asks, and is answered on a worker thread."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Translate, message
from runtime.expressions.moment import Moment
from runtime.fields.formats import Formats
from runtime.identity.actor import NOBODY, Actor
from runtime.identity.portal import Guest
from runtime.identity.sessions import Session
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.errors import OutdatedError
from runtime.web.errors import (
    RefusedError,
    broken,
    forbidden,
    not_found,
    refusal_of_problem,
    too_large,
)
from runtime.web.former import by_the_names_of_now, drawn_with
from runtime.web.forms import Form
from runtime.web.languages import asked_language
from runtime.web.origin import SAFE_METHODS, came_from, is_same_origin
from runtime.web.refusals import Refusals
from runtime.web.renewing import hand_out, renew, renewed
from runtime.web.security import BodyRefusedError
from runtime.web.threads import Threads

COOKIE = "trellis_session"
"""The session's cookie; over HTTPS browsers keep it by a name that only this very host may set."""
MOST_FIELDS = 20_000
ACTING = "acting:"
"""What the change sets of an administrator who acts as somebody say as their cause, before the id."""
LEAVING = ("/acting/end", "/signout")
"""What one who only looks may ask for besides pages."""
BY_ITSELF = ("/notifications/bell",)
"""What a page asks for by itself: nobody who has gone stays signed in by it."""
GENERATIONS = 5
"""How often a request is begun anew because another revision was applied while it was at work."""
log = logging.getLogger("trellis.web")


class Policy(Enum):
    """Who may come through a door. Every route names one."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    SESSION = "session"  # for whoever has one: users, and contacts of the portal
    ADMIN = "admin"
    HIDDEN = "hidden"  # for administrators, and for anybody else it is not there


@dataclass(slots=True)
class Call:
    """One request, told apart: who asks, in which session, of which snapshot, with what form.

    ``answered`` are the rights on records that were asked for already.
    """

    site: Site
    live: Live
    request: Request
    form: Form
    actor: Actor
    session: Session | None
    address: Mapping[str, str] = field(default_factory=dict)
    answered: dict[tuple[str, int, str], bool] = field(default_factory=dict)

    @property
    def translate(self) -> Translate:
        """From English to the reader's language."""
        return self.site.translate(self.actor.language)

    @property
    def formats(self) -> Formats:
        """How this reader's language writes numbers and dates."""
        return self.live.formats_of(self.actor)

    @property
    def moment(self) -> Moment:
        """The present moment and the user, as conditions see them."""
        return self.live.moment(self.actor)

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.actor.timezone)

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page; going back in its history it asks for a whole one."""
        return self.request.headers.get("hx-request-type") == "partial"

    def path(self, name: str) -> str:
        """A part of the address, by its name in the route; what was renamed is called as it is now."""
        return self.address.get(name) or str(self.request.path_params[name])

    def query(self, name: str, otherwise: str = "") -> str:
        """The last value of a parameter of the address."""
        values = self.request.query_params.getlist(name)
        return values[-1] if values else otherwise


Handler = Callable[[Call], Response]


def declared(policy: object, what: object) -> None:
    """Raise TypeError for a door that does not say whom it lets in."""
    if not isinstance(policy, Policy):
        raise TypeError(f"{what} is a door without a policy: say whom it lets in.")


class Door:
    """Makes endpoints of handlers for one site."""

    def __init__(
        self, site: Site, threads: Threads, refuse: Callable[[Call, RefusedError], Response]
    ) -> None:
        self.site = site
        self.threads = threads
        self._refuse = refuse
        self._refusals = Refusals(site)

    def __call__(self, handler: Handler, policy: Policy) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of a handler, for those whom the policy lets in; without a policy nothing starts."""
        declared(policy, handler)

        async def endpoint(request: Request) -> Response:
            try:
                form = await _read_form(request)
            except BodyRefusedError as refused:
                return await self.refuse(request, too_large(refused.status, refused.sentence))
            except ClientDisconnect:
                return Response(status_code=400)  # whoever sent half of it is gone, and nobody reads this
            try:
                return await self.threads.run(self._answer, handler, policy, request, form)
            finally:
                await request.close()

        return endpoint

    async def refuse(self, request: Request, refusal: RefusedError) -> Response:
        """The page of a refusal that no handler made: for an address that no route knows, say."""

        def refuse(call: Call) -> Response:
            raise refusal

        return await self.threads.run(self._answer, refuse, Policy.ANYONE, request, None)

    def _answer(self, handler: Handler, policy: Policy, request: Request, form: Form | None) -> Response:
        for _ in range(GENERATIONS):
            try:
                return self._hand_out(request, self._answer_once(handler, policy, request, form))
            except OutdatedError as outdated:
                log.info("begun anew: %s", outdated)
                self.site.refresh()
        return self._hand_out(request, self._answer_once(handler, policy, request, form, is_last=True))

    def _hand_out(self, request: Request, response: Response) -> Response:
        return hand_out(request, response, session_cookie(self.site), secure=self.site.settings.secure)

    def _answer_once(
        self,
        handler: Handler,
        policy: Policy,
        request: Request,
        form: Form | None,
        *,
        is_last: bool = False,
    ) -> Response:
        """Answer with the snapshot of now. Raises OutdatedError where another revision was applied meanwhile,
        and nothing has happened.
        """
        site, given = self.site, form or Form({})
        drawn = drawn_with(given)
        if drawn is not None and drawn > site.live.revision:
            site.refresh()  # another process has drawn the form, and is further already
        live = site.live
        spoken = by_the_names_of_now(live, request.path_params, given)
        call = Call(site, live, request, spoken.form, NOBODY, None, spoken.address)
        try:
            self._refusals.check_address(client_address(request))
            call.session, call.actor = _who(site, call.live, request)
            if policy is not Policy.ANYONE and call.session is None:
                return _to_sign_in(call)
            call.live = live.seen_by(call.actor)
            if policy not in (Policy.ANYONE, Policy.SESSION):
                require_entry(call.live, call.actor)
            if policy is Policy.ADMIN and not call.actor.admin:
                raise forbidden(message("This page is for administrators."))
            if policy is Policy.HIDDEN and not call.actor.admin:
                raise not_found()
            if request.method not in SAFE_METHODS and form is not None:
                _check_origin(call)
                only_looks(call.session, str(request.scope["path"]))
            renew(call)
            return handler(call)
        except Exception as problem:
            if isinstance(problem, OutdatedError) and not is_last:
                raise
            refusal = refusal_of_problem(problem)
            if refusal is None:
                request_id = request.scope.get("state", {}).get("request_id", "")
                log.exception("request %s failed", request_id)
                refusal = broken(request_id)
            self._refusals.note(call.actor, request.method, str(request.scope["path"]), refusal)
            return self._refuse(call, refusal)


def _who(site: Site, live: Live, request: Request) -> tuple[Session | None, Actor]:
    """The session of the cookie and its user as an actor; nobody when it does not hold, or the user may not
    come in.
    """
    token = session_token(site, request)
    found = guest = None
    if token:
        with site.database.read() as connection:
            found = live.identity.visitors.find(connection, token)
            guest = live.identity.visitors.contact(connection, token) if found is None else None
    if found is None:
        language = asked_language(request.headers.get("accept-language", ""), live.catalog.languages)
        return (None, replace(NOBODY, language=language)) if guest is None else _guest(live, request, guest)
    session, user = found
    if session.stale and request.scope["path"] not in BY_ITSELF:
        with site.database.write() as tx:
            live.identity.sessions.touch(tx.connection, session)
    actor = live.actor_of(user, "form")
    cause = None if session.by_id is None else f"{ACTING}{session.by_id}"
    return session, replace(actor, by_id=session.by_id, address=client_address(request), cause=cause)


def _guest(live: Live, request: Request, found: tuple[Session, Guest]) -> tuple[Session, Actor]:
    """The session of a contact of the portal, and the contact as an actor."""
    session, guest = found
    language = asked_language(request.headers.get("accept-language", ""), live.catalog.languages)
    actor = guest.actor("form", language, live.catalog.timezone)
    return session, replace(actor, address=client_address(request))


def require_entry(live: Live, actor: Actor) -> None:
    """Refuse one for whom the doors of users are not, whatever stands behind them."""
    verdict = live.judge.enters(actor)
    if not verdict.allowed:
        raise forbidden(verdict.reasons[0])


def session_cookie(site: Site) -> str:
    """What the session's cookie is called."""
    return f"__Host-{COOKIE}" if site.settings.secure else COOKIE


def session_token(site: Site, request: Request) -> str | None:
    """The token of the session that a browser comes with."""
    return renewed(request) or request.cookies.get(session_cookie(site))


def only_looks(session: Session | None, path: str) -> None:
    """Refuse a change to an administrator who only looks as somebody, but for the end of it."""
    if session is not None and session.looking and path not in LEAVING:
        raise forbidden(message("You only look at the CRM as somebody else sees it: nothing is changed."))


def _check_origin(call: Call) -> None:
    headers = call.request.headers
    if not is_same_origin(headers):
        raise forbidden(message("This form was sent from another site."))
    if call.session is not None:
        token = headers.get("x-csrf-token") or call.form.text("_csrf")
        if not call.session.allows(token):
            raise forbidden(
                message("This form is too old, or was not made for you. Load the page anew, and try again.")
            )


def client_address(request: Request) -> str:
    """The address that the connection comes from."""
    return request.client.host if request.client is not None else ""


def _to_sign_in(call: Call) -> Response:
    if call.request.headers.get("hx-request"):
        following = quote(came_from(call.request.headers))
        return Response(status_code=401, headers={"hx-redirect": f"/signin?next={following}"})
    if call.request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return Response(status_code=401)  # a script asks, and shows no page
    if call.request.method not in SAFE_METHODS:
        return RedirectResponse("/signin", 303)
    url = call.request.url
    return RedirectResponse("/signin?next=" + quote(f"{url.path}?{url.query}".rstrip("?")), 303)


async def _read_form(request: Request) -> Form:
    if request.method in SAFE_METHODS:
        return Form({})
    data = await request.form(max_files=100, max_fields=MOST_FIELDS, max_part_size=1 << 20)
    return Form.of(data.multi_items())
