"""Answers: JSON as bytes, and the one shape of every error."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from starlette.responses import Response

from runtime.base.messages import Translate
from runtime.model.currency import minor_digits
from runtime.model.values import Money, Ref
from runtime.web.errors import RefusedError

MEDIA_TYPE = "application/json"
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def to_bytes(value: Any) -> bytes:
    """A value as JSON: moments are RFC 3339 with ``Z``, decimals strings of exact digits."""
    return orjson.dumps(value, _exact, _OPTIONS)


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(to_bytes(value), status, headers, MEDIA_TYPE)


def error(
    code: str, sentence: str, fields: Mapping[str, list[str]] | None = None, at: str = ""
) -> dict[str, Any]:
    """The body of every error."""
    return {"error": {"code": code, "message": _whole(sentence), "fields": fields or {}, "at": _whole(at)}}


def refused(refusal: RefusedError, translate: Translate, language: str) -> dict[str, Any]:
    """The body of a refusal, in the language of the one who asked."""
    fields = {
        _whole(name): [_whole(sentence.render(translate, language)) for sentence in sentences]
        for name, sentences in refusal.fields.items()
    }
    body = error(refusal.code, refusal.sentence.render(translate, language), fields, refusal.at)
    if refusal.alike:
        body["error"]["duplicates"] = [
            {"module": ref.module, "id": ref.id, "title": _whole(ref.title), **({"at": at} if at else {})}
            for at, refs in refusal.alike.items()
            for ref in refs
        ]
    return body


def money(value: Money) -> dict[str, str]:
    """An amount with the decimals of its currency, and the currency."""
    return {"amount": f"{value.amount:.{minor_digits(value.currency)}f}", "currency": value.currency}


def _exact(value: object) -> object:
    # What orjson does not know of the canonical values.
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, Ref):
        return {"id": value.id, "title": value.title}
    raise TypeError(f"{value!r} has no form in JSON.")


def _whole(text: str) -> str:
    # What was sent may come back in a sentence, and half a character cannot be written in UTF-8.
    return text if text.isascii() else text.translate(_HALVES)
