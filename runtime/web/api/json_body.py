"""A body as JSON, read strictly: exact numbers, no duplicate keys, nothing deep, nothing that is not JSON."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from runtime.base.messages import message
from runtime.web.errors import RefusedError, bad_request

DEEPEST = 32
"""How many lists and objects may stand inside each other."""

LONGEST_NUMBER = 400
"""How many characters a number may be written with."""

LARGEST_EXPONENT = 1000
"""A number beyond 10 to this power, or below its inverse, is no number of any field."""

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
"""A string (one that never ends, too, so that no part of the body is looked at twice) or a bracket."""


def read_object(body: bytes, content_type: str | None) -> dict[str, Any]:
    """The one object that a body holds; raises RefusedError with status 400 when it is anything else."""
    value = read_value(body, content_type)
    if not isinstance(value, dict):
        raise bad_request(message("The body must be a JSON object."), "body")
    return value


def read_value(body: bytes, content_type: str | None) -> Any:
    """The JSON value that a body holds, whole numbers as int and others as Decimal; raises RefusedError."""
    _check_type(content_type)
    if not body.strip():
        raise bad_request(message("The body is empty; it must be JSON."), "body")
    _check_depth(body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request(message("The body is not UTF-8."), f"body, byte {error.start}") from None
    try:
        return json.loads(
            text,
            parse_int=_whole,
            parse_float=_exact,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        sentence = message("The body is not JSON: {problem}.", problem=error.msg.lower().rstrip("."))
        raise bad_request(sentence, f"body, line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None


def _check_type(content_type: str | None) -> None:
    media, _, parameters = (content_type or "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise bad_request(message("The body must be sent as application/json, in UTF-8."), "content-type")


def _check_depth(body: bytes) -> None:
    # Counted before anything is built, so that a body of brackets costs no more than its length.
    depth = 0
    for found in _TOKEN.finditer(body):
        token = found[0]
        if token in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                raise _too_deep()
        elif token in (b"]", b"}"):
            depth -= 1


def _too_deep() -> RefusedError:
    return bad_request(message("The body is nested deeper than {most} levels.", most=DEEPEST), "body")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _out_of_range(digits)
    return int(digits)


def _exact(written: str) -> Decimal:
    if len(written) > LONGEST_NUMBER:
        raise _out_of_range(written)
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise _out_of_range(written) from None
    if number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT:
        return number
    raise _out_of_range(written)


def _no_number(name: str) -> NoReturn:
    raise bad_request(message("{name} is not JSON.", name=name), "body")


def _out_of_range(written: str) -> RefusedError:
    shown = written if len(written) <= 24 else written[:20] + "…"
    return bad_request(message("The number {number} is out of range.", number=shown), "body")


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise bad_request(message("The key {key} stands twice in one object.", key=json.dumps(twice)), "body")
    return made
