"""Connections: so many from one address at a time, each of which must soon have sent the head of a request.

The server itself sets no such limits: whoever opens thousands of connections and sends a letter now and then
on each would keep everybody else out. (What comes after the head is limited by :mod:`runtime.web.security`.)
"""

import asyncio
from collections import Counter
from typing import Any

from runtime.identity.addresses import is_among
from runtime.identity.policy import LOOPBACK
from runtime.identity.throttling import network

MOST = 200
"""Connections of one address. A proxy on the machine itself has those of everybody, and may have more."""
HEAD_SECONDS = 30.0
"""How long the head of a request may take."""
HEAD_BYTES = 64 << 10
"""How large it may be."""


def limited(
    most: int = MOST, seconds: float = HEAD_SECONDS, spared: tuple[str, ...] = LOOPBACK
) -> "type[asyncio.Protocol]":
    """The server's protocol with these limits; ``spared`` networks have as many connections as they like."""
    from uvicorn.protocols.http.auto import AutoHTTPProtocol  # here, for only a server needs it

    base: Any = AutoHTTPProtocol
    counts: Counter[str] = Counter()

    class Limited(base):  # type: ignore[misc]
        """One connection."""

        _address = ""
        _deadline: asyncio.TimerHandle | None = None
        _head = 0

        def connection_made(self, transport: asyncio.Transport) -> None:
            """Take the connection, unless its address has too many."""
            super().connection_made(transport)
            peer = transport.get_extra_info("peername")
            address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
            if address and not is_among(address, spared):
                self._address = network(address)
                counts[self._address] += 1
                if counts[self._address] > most:
                    transport.abort()
                    return
            self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            """Forget the connection."""
            self._wait_no_more()
            if self._address:
                counts[self._address] -= 1
                if counts[self._address] <= 0:
                    del counts[self._address]
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            """Read on; as long as no request is at work, what comes is a head."""
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._wait_no_more()
                return
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self.transport.abort()
            elif self._deadline is None:
                self._wait()

        def _wait(self) -> None:
            self._deadline = asyncio.get_running_loop().call_later(seconds, self._give_up)

        def _wait_no_more(self) -> None:
            self._head = 0
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _give_up(self) -> None:
            self._deadline = None
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()

    return Limited
