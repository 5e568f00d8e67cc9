"""An endpoint: one address with its methods, answered on a worker thread, every refusal in the one shape."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from runtime.base.messages import Translate, message
from runtime.expressions.moment import Moment
from runtime.identity.actor import NOBODY, Actor
from runtime.sites.live import ConditionError, Live
from runtime.sites.site import Site
from runtime.storage.errors import BusyError, InvalidCursorError, OutdatedError, StorageError, UnsortableError
from runtime.web.api.answers import answer, error, refused
from runtime.web.api.caller import identify
from runtime.web.api.former import by_the_names_of_now, revision_of
from runtime.web.api.in_flight import InFlight
from runtime.web.api.prepared import Prepared
from runtime.web.api.shape import Shapes
from runtime.web.door import GENERATIONS, Policy, client_address, declared, require_entry
from runtime.web.errors import RefusedError, bad_request, not_found
from runtime.web.refusals import Refusals
from runtime.web.security import BodyRefusedError
from runtime.web.threads import Threads

KEPT = 64
"""So many snapshots, each as the people of one circle see it, are kept ready."""
log = logging.getLogger("trellis.web")


@dataclass(slots=True)
class Call:
    """One request: who asks, of which snapshot, with what body; ``sent`` is the body before names in it were
    made those of now, and ``answered`` are the rights on records that were asked for already.
    """

    site: Site
    live: Live
    prepared: Prepared
    in_flight: InFlight
    request: Request
    actor: Actor
    body: bytes = b""
    form: FormData | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    sent: bytes = b""
    answered: dict[tuple[str, int, str], bool] = field(default_factory=dict)

    @property
    def shapes(self) -> Shapes:
        """What answers look like in this snapshot."""
        return self.prepared.shapes

    @property
    def translate(self) -> Translate:
        """From English to the caller's language."""
        return self.site.translate(self.actor.language)

    @property
    def moment(self) -> Moment:
        """The present moment and the user, as conditions see them."""
        return self.live.moment(self.actor)

    def path(self, name: str) -> str:
        """A part of the address, by its name in the route; what was renamed is called as it is now."""
        return self.address.get(name) or str(self.request.path_params[name])

    @property
    def content_type(self) -> str | None:
        """What the body says that it is."""
        return self.request.headers.get("content-type")


Handler = Callable[[Call], Response]


class Api:
    """One site's API: what its endpoints share."""

    def __init__(self, site: Site, threads: Threads) -> None:
        self.site = site
        self.threads = threads
        self.in_flight = InFlight()
        self.refusals = Refusals(site)
        self._prepared: OrderedDict[int, Prepared] = OrderedDict()

    def prepared(self, live: Live) -> Prepared:
        """What was made of a snapshot, as some see it; the least used of many is forgotten."""
        prepared = self._prepared.get(id(live))
        if prepared is None or prepared.live is not live:
            prepared = self._prepared[id(live)] = Prepared(live)
            while len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)
        return prepared


class Endpoint:
    """One address of the API. It is an ASGI application, so that it answers every method itself."""

    def __init__(
        self, api: Api, handlers: Mapping[str, Handler], policy: Policy, *, uploads: bool = False
    ) -> None:
        declared(policy, handlers)
        self.api = api
        self.policy = policy
        self._handlers = dict(handlers)
        if "GET" in self._handlers:
            self._handlers.setdefault("HEAD", self._handlers["GET"])
        self._uploads = uploads

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that it answers."""
        return tuple(self._handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        body, form, problem = b"", None, None
        try:
            if request.method in self._handlers and request.method not in ("GET", "HEAD"):
                body, form = await self._read(request)
        except BodyRefusedError as refusal:
            code = "too_large" if refusal.status == 413 else "timeout"
            return answer(error(code, refusal.sentence), refusal.status, {"connection": "close"})
        except (HTTPException, ClientDisconnect):
            problem = bad_request(message("The body is no form that can be read."), "body")
        try:
            return await self.api.threads.run(self._answer, request, body, form, problem)
        finally:
            if form is not None:
                await form.close()

    async def _read(self, request: Request) -> tuple[bytes, FormData | None]:
        if self._uploads and request.headers.get("content-type", "").startswith("multipart/form-data"):
            return b"", await request.form(max_files=100, max_fields=20)
        return await request.body(), None

    def _answer(
        self, request: Request, body: bytes, form: FormData | None, problem: RefusedError | None
    ) -> Response:
        speaks = revision_of(request.headers)
        for _ in range(GENERATIONS):
            began = self.api.site.live.revision
            try:
                return self._answer_once(request, body, form, problem, speaks)
            except OutdatedError as outdated:
                speaks = speaks or began
                log.info("begun anew: %s", outdated)
                self.api.site.refresh()
        return self._answer_once(request, body, form, problem, speaks, is_last=True)

    def _answer_once(
        self,
        request: Request,
        body: bytes,
        form: FormData | None,
        problem: RefusedError | None,
        speaks: int | None,
        *,
        is_last: bool = False,
    ) -> Response:
        site, live = self.api.site, self.api.site.live
        address: Mapping[str, str] = {}
        sent = body
        if speaks is not None:
            address, body = by_the_names_of_now(live, request.path_params, body, speaks)
        prepared, in_flight = self.api.prepared(live), self.api.in_flight
        call = Call(site, live, prepared, in_flight, request, NOBODY, body, form, address, sent)
        try:
            self.api.refusals.check_address(client_address(request))
            call.actor = identify(site, live, request)
            require_entry(live, call.actor)
            call.live = live.seen_by(call.actor)
            call.prepared = self.api.prepared(call.live)
            if self.policy is Policy.ADMIN and not call.actor.admin:
                raise not_found()
            handler = self._handlers.get(request.method)
            if handler is None:
                return self._wrong_method(call)
            if problem is not None:
                raise problem
            return handler(call)
        except RefusedError as refusal:
            self._note(call, refusal)
            return refuse(call, refusal)
        except ConditionError as wrong:
            return refuse(call, bad_condition(wrong))
        except InvalidCursorError:
            sentence = message("This cursor belongs to another list, or was changed. Begin again without it.")
            return refuse(call, bad_request(sentence, "after"))
        except UnsortableError as wrong:
            return refuse(call, bad_request(message("{what}", what=str(wrong)), "sort"))
        except StorageError as unavailable:
            if isinstance(unavailable, OutdatedError) and not is_last:
                raise
            text = (
                "The database is busy."
                if isinstance(unavailable, BusyError)
                else "The database does not answer."
            )
            log.warning("a request was refused: %s", unavailable)
            return answer(error("unavailable", text + " Try again in a moment."), 503, {"retry-after": "2"})

    def _note(self, call: Call, refusal: RefusedError) -> None:
        request, path = call.request, str(call.request.scope["path"])
        if refusal.status == 401 and "authorization" in request.headers:
            self.api.refusals.note_key(client_address(request), request.method, path)
        else:
            self.api.refusals.note(call.actor, request.method, path, refusal)

    def _wrong_method(self, call: Call) -> Response:
        sentence = message("{method} is no method of this address.", method=call.request.method[:20])
        response = refuse(call, RefusedError(405, "method_not_allowed", sentence))
        response.headers["allow"] = ", ".join(self._handlers)
        return response


def refuse(call: Call, refusal: RefusedError) -> Response:
    """A refusal as an answer."""
    headers = {"www-authenticate": 'Bearer realm="trellis"'} if refusal.status == 401 else None
    return answer(refused(refusal, call.translate, call.actor.language), refusal.status, headers)


def bad_condition(wrong: ConditionError) -> RefusedError:
    """A condition that cannot be read: the first finding is the sentence, all of them stand at ``where``."""
    findings = [
        message(
            "{what}{help} ({code}, column {column})",
            what=found.message,
            help=f" {found.help}" if found.help else "",
            code=found.code,
            column=found.span.column,
        )
        for found in wrong.diagnostics
    ]
    at = f"where, column {wrong.diagnostics[0].span.column}"
    return RefusedError(400, "bad_condition", findings[0], {"where": findings}, at)
