"""The press's child: writes texts from values in a process of its own, which can open nothing and has limits.

It is begun by :class:`runtime.automation.press.Press`, reads jobs from its standard input, and ends with it.
What it is handed are plain values; from Jinja it takes what :mod:`runtime.language.letter_text` leaves.
"""

import json
import resource
import struct
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import IO, Any

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from runtime.language.letter_text import FILTERS, LetterTextError, take_apart

WHOLE = (
    "{% if a > 1.5 and not b == 'x\\u00e4' or c is none or c is defined %}{{ a if b else 'c' ~ 1 }}{% else %}"
    "x{% endif %}{% for d in e %}{{ d.f|upper }}{% else %}y{% endfor %}"
) + "".join(f"{{{{ a|{name} }}}}" for name in FILTERS)
"""A text with all that a text may have: what Python and Jinja open for it when it is first met, they can open
no more by then.
"""
LENGTH = struct.Struct("!I")
"""What stands before each message: how many bytes it has."""


def main() -> None:
    """Write what is asked for until there is nobody any more who asks. Its limits: memory in bytes, seconds
    of work a text, characters of a text.
    """
    memory, seconds, most = (int(each) for each in sys.argv[1:4])
    warm(most)
    limit(memory)
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    while (job := receive(jobs)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))
        send(answers, _answer(job, most))


def warm(most: int) -> None:
    """Write a text with everything in it, one that fails, and one that cannot be read."""
    values = {f"{kind}_{place}": "x" for kind in ("shown", "value") for place in range(9)}
    for text in (WHOLE, "{% if a > 1 %}{% endif %}", "{{ a.b() }}", "{{"):
        for html in (False, True):
            _answer({"text": text, "html": html, "values": {**values, "rows_0": [values]}}, most)
    _answer({"text": WHOLE, "html": True, "values": {**values, "value_0": 2, "rows_0": []}}, most)


def limit(memory: int) -> None:
    """From now on no file, no connection and no process is begun, and memory has an end."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def receive(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None where there is none any more."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = pipe.read(length)
    if len(body) < length:
        return None
    found: dict[str, Any] = json.loads(body)
    return found


def send(pipe: IO[bytes], said: Mapping[str, Any]) -> None:
    """Hand a message over."""
    body = json.dumps(said).encode()
    pipe.write(LENGTH.pack(len(body)) + body)
    pipe.flush()


def packed(value: object) -> object:
    """A value as JSON; what is more than a number, a text or a time is its text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal() | datetime() | date() | time():
            text = value.isoformat() if not isinstance(value, Decimal) else str(value)
            return {"is": type(value).__name__, "as": text}
        case timedelta():
            return {"is": "timedelta", "as": str(value.total_seconds())}
        case tuple() | list():
            return [packed(each) for each in value]
    return packed(value.amount) if hasattr(value, "amount") else str(value)


def unpacked(value: Any) -> Any:
    """What :func:`packed` has made of a value, as the value."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if not isinstance(value, dict):
        return value
    text = value["as"]
    kinds = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "time": time.fromisoformat}
    if value["is"] in kinds:
        return kinds[value["is"]](text)
    return timedelta(seconds=float(text)) if value["is"] == "timedelta" else Decimal(text)


def _answer(job: Mapping[str, Any], most: int) -> dict[str, str]:
    try:
        return {"text": _written(job["text"], job["html"], job["values"], most)}
    except MemoryError:
        _compiled.cache_clear()
        return {"error": "memory"}
    except _TooLongError:
        return {"error": "long"}
    except (LetterTextError, RecursionError):
        return {"error": "text"}
    except Exception as error:  # noqa: BLE001 - a comparison of a text with a number, or anything else
        return {"error": "values", "why": f"{type(error).__name__}: {error}"[:300]}


class _TooLongError(Exception):
    """A text that is longer than a text may be."""


def _written(text: str, html: bool, values: Mapping[str, Any], most: int) -> str:
    known = {
        key: [_row(each) for each in value] if key.startswith("rows_") else unpacked(value)
        for key, value in values.items()
    }
    parts, length = [], 0
    for part in _compiled(text, html).generate(known):
        parts.append(part)
        length += len(part)
        if length > most:
            raise _TooLongError
    return "".join(parts)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: unpacked(value) for key, value in row.items()}


@lru_cache(maxsize=256)
def _compiled(text: str, html: bool) -> Template:
    """A text, ready to be written; nothing of the program is in its reach but the values it is given."""
    environment = ImmutableSandboxedEnvironment(autoescape=html, keep_trailing_newline=True)
    environment.globals.clear()
    return environment.from_string(take_apart(text).tree)
