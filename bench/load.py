"""A closed loop of requests over a few connections: each asks again as soon as it has its answer.

Every answer is checked; a wrong one is an error, and left out of the times.
"""

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked again and again. ``path`` and ``body`` are made anew from a number that never repeats."""

    path: Callable[[int], str]
    method: str = "GET"
    body: Callable[[int], object] | None = None
    status: int = 200
    contains: bytes = b""


@dataclass(slots=True)
class Measured:
    """What came of it: milliseconds of each good answer, the wrong answers, and the seconds it all took."""

    times: list[float] = field(default_factory=list)
    errors: int = 0
    note: str = ""
    seconds: float = 0.0

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.times) if self.times else float("nan")

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0


class Target:
    """A server, and what every request to it says of itself."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.port = port
        lines = {"Host": f"127.0.0.1:{port}", "Accept": "*/*", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._numbers = itertools.count(int(time.time()) % 1_000_000 * 1000)

    def run(self, request: Request, connections: int, seconds: float) -> Measured:
        """Ask for so many seconds over so many connections."""
        return asyncio.run(self._run(request, connections, seconds))

    async def _run(self, request: Request, connections: int, seconds: float) -> Measured:
        measured, begun = Measured(), time.perf_counter()
        until = begun + seconds
        await asyncio.gather(*(self._ask(request, until, measured) for _ in range(connections)))
        measured.seconds = time.perf_counter() - begun
        return measured

    async def _ask(self, request: Request, until: float, measured: Measured) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        while time.perf_counter() < until and measured.errors < 100:
            number = next(self._numbers)
            sent = self._written(request, number)
            asked = time.perf_counter()
            writer.write(sent)
            status, body = await _answer(reader)
            took = (time.perf_counter() - asked) * 1000
            if status == request.status and request.contains in body:
                measured.times.append(took)
            else:
                measured.errors += 1
                measured.note = measured.note or f"{request.path(number)}: {status} {body[:200]!r}"
        writer.close()

    def _written(self, request: Request, number: int) -> bytes:
        body = b"" if request.body is None else json.dumps(request.body(number)).encode()
        head = f"{request.method} {request.path(number)} HTTP/1.1\r\n{self._head}"
        if request.method != "GET":
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"{head}\r\n".encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = head.find(b"content-length:")
    if at >= 0:
        body = await reader.readexactly(int(head[at + 15 : head.index(b"\r\n", at)]))
        return int(head[9:12]), body
    parts: list[bytes] = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return int(head[9:12]), b"".join(parts)
