"""Cursors: a place in a list, as text that goes to a client and comes back, perhaps altered."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Time
from sqlalchemy.types import TypeEngine

from runtime.expressions.columns import Microseconds, ScaledDecimal, UtcDateTime
from runtime.expressions.numbers import exact_units
from runtime.storage.errors import InvalidCursorError

VERSION = 1
LONGEST = 4096
MOST = 2**63 - 1

MESSAGE = "The cursor does not belong to this list: begin at the first page again."


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: which part of the order, and the sort keys and the id of the record that stands
    there.
    """

    part: int
    keys: tuple[object, ...]
    id: int


def list_mark(module: str, sort: Sequence[str]) -> str:
    """A short digest of what a cursor's list is ordered by; another order has another."""
    return hashlib.sha256(f"{module}|{','.join(sort)}".encode()).hexdigest()[:8]


def write_cursor(place: Place, mark: str) -> str:
    """The cursor of a place, safe in an address."""
    data = [VERSION, mark, place.part, *map(_to_json, place.keys), place.id]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, mark: str, types: Sequence[TypeEngine[Any]]) -> Place:
    """The place of a cursor, every part of it checked. Raises :class:`InvalidCursorError`."""
    if len(cursor) > LONGEST:
        raise InvalidCursorError(MESSAGE)
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        data = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(data, list) or len(data) != len(types) + 4 or data[:2] != [VERSION, mark]:
            raise InvalidCursorError(MESSAGE)
        keys = tuple(_from_json(value, kind) for value, kind in zip(data[3:-1], types, strict=True))
        return Place(_whole(data[2]), keys, _whole(data[-1]))
    except (ValueError, TypeError, InvalidOperation, RecursionError, OverflowError) as error:
        raise InvalidCursorError(MESSAGE) from error


def _to_json(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return value.isoformat() if isinstance(value, date | time) else value


def _from_json(value: Any, kind: TypeEngine[Any]) -> object:
    return None if value is None else _reader(kind)(value)


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], object]:
    if isinstance(kind, ScaledDecimal):
        return lambda value: _decimal(value, kind)
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Time):
        return time.fromisoformat
    if isinstance(kind, Microseconds):
        return lambda value: timedelta(microseconds=_whole(value))
    if isinstance(kind, Boolean):
        return _boolean
    return _whole if isinstance(kind, Integer) else _text


def _whole(value: Any) -> int:
    if type(value) is not int or not -MOST <= value <= MOST:
        raise ValueError(value)
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    value.encode()  # half a surrogate pair is no text
    return value


def _decimal(value: Any, kind: ScaledDecimal) -> Decimal:
    number = Decimal(_text(value))
    if not number.is_finite() or number.adjusted() > 18 or exact_units(number, kind.scale) is None:
        raise ValueError(value)
    return number


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)
