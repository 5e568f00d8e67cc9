"""A client as thin as can be, so that the server is what is measured: one connection, one answer at once."""

import socket
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and how long it took from the first byte sent to the last received, in milliseconds."""

    status: int
    head: bytes
    body: bytes
    took: float

    @property
    def text(self) -> str:
        """The body."""
        return self.body.decode()


class Client:
    """One connection to a server on this machine."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._port = port
        lines = {"Host": f"127.0.0.1:{port}", "Accept": "*/*", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def get(self, path: str) -> Answer:
        """Ask for a path; the answer must tell its length."""
        return self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())

    def post(self, path: str, body: bytes, method: str = "POST") -> Answer:
        """Send JSON to a path."""
        head = f"{self._head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return self._ask(f"{method} {path} HTTP/1.1\r\n{head}".encode() + body)

    def _ask(self, request: bytes) -> Answer:
        begun = time.perf_counter()
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = bytes(received[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(received) < end + 4 + length:
            received += self._more()
        took = (time.perf_counter() - begun) * 1000
        return Answer(int(head[9:12]), head, bytes(received[end + 4 :]), took)

    def _more(self) -> bytes:
        got = self._socket.recv(1 << 20)
        if not got:
            raise ConnectionError(f"The server on port {self._port} hung up.")
        return got
