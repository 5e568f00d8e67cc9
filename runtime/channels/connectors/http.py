"""The one client that calls other systems by HTTP.

A name is resolved once, all its addresses must be public, and the connection goes to one of those: a name
that answers otherwise the next time is of no use. Redirects are not followed, proxies are not asked, and what
takes too long or says too much is cut off.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from runtime.channels.connectors.addresses import is_public
from runtime.channels.connectors.patience import Patience
from runtime.model.outbound import METHODS, Answer, Request, UnreachableError

SECONDS = 10.0
"""How long a call may take, from the first to the last byte."""
BYTES = 1 << 20
"""How much an answer may say."""
PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str, int], Sequence[str]]
"""From a name and a port to addresses."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a call goes: ``host`` is what it is called, ``address`` where it is connected to."""

    scheme: str
    host: str
    port: int
    address: str
    path: str


class Outbound:
    """Calls other systems. ``inside`` are hosts of the own network that may be called all the same, each as
    ``host:port``.
    """

    def __init__(
        self,
        inside: Collection[str] = (),
        resolve: Resolve = resolve,
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._inside = frozenset(inside)
        self._resolve = resolve
        self._patience = Patience()
        self._context = context
        self._seconds = seconds

    def send(self, request: Request) -> Answer:
        """Call, and give the answer; raises :class:`UnreachableError`."""
        if request.method not in METHODS:
            raise UnreachableError(f"{request.method} is no method that is called.", lasting=True)
        end = time.monotonic() + self._seconds
        target = self._target(request.url, end)
        connection = _Connection(target, end - time.monotonic(), self._tls(target))
        over = threading.Timer(max(end - time.monotonic(), 0.0), connection.cut)
        over.daemon = True
        over.start()
        try:
            answer = self._exchange(connection, target, request)
            if time.monotonic() >= end:
                raise OSError("it was cut off, which looks like an end")
            return answer
        except (http.client.HTTPException, OSError, ValueError) as error:
            if time.monotonic() >= end:
                told = f"{target.host} took longer than {self._seconds:g} seconds."
                raise UnreachableError(told, lasting=False) from None
            told = f"{target.host} could not be reached: {type(error).__name__}."
            raise UnreachableError(told, lasting=False) from None
        finally:
            over.cancel()
            connection.close()

    def _exchange(self, connection: "_Connection", target: _Target, request: Request) -> Answer:
        headers = {"Accept": "application/json", "User-Agent": "Trellis", "Connection": "close"}
        headers |= dict(request.headers)
        connection.request(request.method, target.path, request.body or None, headers)
        response = connection.getresponse()
        if 300 <= response.status < 400:
            told = f"{target.host} leads elsewhere (status {response.status}), and nobody follows."
            raise UnreachableError(told, lasting=True)
        body = response.read(BYTES + 1)
        if len(body) > BYTES:
            raise UnreachableError(f"The answer of {target.host} is larger than 1 MiB.", lasting=True)
        return Answer(response.status, body, response.headers.get_content_type())

    def _target(self, url: str, end: float) -> _Target:
        parts, port = _parts(url)
        host = _host(parts)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        is_inside = f"{host}:{port}" in self._inside
        if not is_inside and port != PORTS[parts.scheme]:
            raise UnreachableError(f"{host}:{port} is not called: only ports 80 and 443 are.", lasting=True)
        addresses = self._addresses(host, port, end)
        if not addresses or not (is_inside or all(map(is_public, addresses))):
            raise UnreachableError(f"{host} is not an address of the public internet.", lasting=True)
        return _Target(parts.scheme, host, port, addresses[0], path)

    def _addresses(self, host: str, port: int, end: float) -> list[str]:
        try:
            return list(self._patience.ask(lambda: self._resolve(host, port), end - time.monotonic()))
        except TimeoutError:
            told = f"Nobody said within {self._seconds:g} seconds where {host} is."
            raise UnreachableError(told, lasting=False) from None
        except (OSError, UnicodeError):
            raise UnreachableError(f"There is no host {host}.", lasting=False) from None

    def _tls(self, target: _Target) -> ssl.SSLContext | None:
        return (self._context or ssl.create_default_context()) if target.scheme == "https" else None


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was looked at, and to no other."""

    def __init__(self, target: _Target, seconds: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port, timeout=max(seconds, 0.001))
        self._target = target
        self._tls = tls
        self._socket: socket.socket | None = None
        if tls is not None:
            self.default_port = PORTS["https"]

    def connect(self) -> None:
        """Connect, with TLS for the host's name where it is asked for."""
        plain = socket.create_connection((self._target.address, self._target.port), self.timeout)
        self._socket = plain
        if self._tls is None:
            self.sock = plain
        else:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self._target.host)
        self._socket = self.sock

    def cut(self) -> None:
        """End it from another thread, whatever it waits for."""
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _parts(url: str) -> tuple[SplitResult, int]:
    if not url.isascii() or any(character <= " " or character in "\\\x7f" for character in url):
        raise UnreachableError("The address has characters that no address has.", lasting=True)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnreachableError("The address is none.", lasting=True) from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise UnreachableError("An address begins with https:// or http://.", lasting=True)
    if "@" in parts.netloc:
        raise UnreachableError("An address has no user in it: name a secret.", lasting=True)
    return parts, PORTS[parts.scheme] if port is None else port


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").lower()
