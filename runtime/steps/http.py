"""The step `http`: call another system."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.outbound import Answer, Request
from runtime.model.workflow import UPDATED, Effect
from runtime.steps.base import (
    ANSWER,
    DATA,
    METHOD,
    SECRET,
    VALUE,
    Did,
    Doing,
    Reaching,
    Setting,
    StepError,
    StepKind,
    Target,
)

TRY_AGAIN = (408, 425, 429)
"""Answers of the 400s that are over some time."""


class Http(StepKind):
    """Calls another system, and keeps what it answers in fields of the record: `http: {method: POST, url:
    "https://api.example.com/bills", body: {id: =id}, secret: billing_token, save: {response.number: code}}`.
    The body is JSON. `save` takes `status`, and behind `response` a path of the answer's JSON.

    Only addresses of the public internet are called, on ports 80 and 443, and no redirect is followed. A call
    may take 10 seconds, and its answer have 1 MiB. The body's values are as REST writes
    them. An answer of the 400s is tried again only where `on_error` says so; one of the 500s, or none, in any
    case. Each attempt has the same `Idempotency-Key`.
    """

    name = "http"
    title = message("Call another system")
    icon = "world"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "method": Setting(METHOD, "GET, POST, PUT, PATCH or DELETE; left out: POST."),
            "url": Setting(VALUE, "The address, which may be an expression.", required=True),
            "headers": Setting(DATA, "Headers by name."),
            "body": Setting(DATA, "What is sent, as JSON."),
            "secret": Setting(SECRET, "The secret, kept in the setup, that is sent as the bearer's token."),
            "save": Setting(ANSWER, "What of the answer goes into which field."),
        }
    )
    reaches_out = True

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """See the base class."""
        if "save" in stated:
            yield Effect(own, UPDATED, frozenset(stated["save"].values()))

    def reach(self, reaching: Reaching, given: Mapping[str, Any]) -> object:
        """Call, before there is a transaction."""
        headers = {str(key): _header(value) for key, value in given.get("headers", {}).items()}
        headers["Idempotency-Key"] = reaching.key
        body = b""
        if "body" in given:
            body = json.dumps(given["body"]).encode()
            headers["Content-Type"] = "application/json"
        if "secret" in given:
            headers["Authorization"] = f"Bearer {reaching.secret(given['secret'])}"
        request = Request(given.get("method") or "POST", str(given["url"] or ""), headers, body)
        answer = reaching.send(request)
        if answer.status >= 400:
            lasting = answer.status < 500 and answer.status not in TRY_AGAIN
            raise StepError(
                message("The other system answered with status {status}.", status=answer.status),
                lasting=lasting,
            )
        return answer

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """Keep what was answered."""
        answer = doing.reached
        assert isinstance(answer, Answer)
        effects: dict[str, Any] = {"status": answer.status}
        wanted: Mapping[str, str] = given.get("save", {})
        if wanted:
            known = _read(answer) if any(path.startswith("response") for path in wanted) else None
            values = {field: _at(path, answer, known) for path, field in wanted.items()}
            target: Target = doing.record
            _, what, fields = doing.save(target.module, values, target.id)
            effects |= {"what": what, "module": target.module, "id": target.id, "fields": list(fields)}
        return Did(effects)


def _header(value: object) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    if not text.isascii() or not text.isprintable():
        raise StepError(message("A header has characters that no header has."))
    return text


def _read(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise StepError(message("The answer of the other system is no JSON.")) from None


def _at(path: str, answer: Answer, known: object) -> object:
    """What stands at a path of the answer; nothing where it has no such place."""
    first, *steps = path.split(".")
    if first == "status":
        return answer.status
    here = known
    for step in steps:
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return json.dumps(here) if isinstance(here, dict | list) else here
