"""Tests of the limits of connections, on a real server: too many, too slow, and everybody else goes on."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from runtime.web.connections import HEAD_BYTES, limited

ASK = b"GET / HTTP/1.1\r\nHost: crm.test\r\n\r\n"


@contextlib.contextmanager
def served(**limits: object) -> Iterator[int]:
    """A server with limits; gives its port."""
    application = Starlette(routes=[Route("/", lambda _request: PlainTextResponse("here"))])
    protocol = limited(**limits)  # type: ignore[arg-type]
    config = uvicorn.Config(application, port=0, log_level="error", http=protocol)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def opened(port: int, address: str = "127.0.0.1") -> socket.socket:
    """A connection from an address of this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(address, 0))


def asked(connection: socket.socket) -> bytes:
    """What a request is answered; nothing where the connection was closed."""
    try:
        connection.sendall(ASK)
        return connection.recv(4096)
    except OSError:
        return b""


def test_one_address_has_so_many_connections_and_another_one_its_own():
    with served(most=5, spared=()) as port, contextlib.ExitStack() as stack:
        mine = [stack.enter_context(opened(port)) for _ in range(5)]
        assert all(b"here" in asked(each) for each in mine)
        assert asked(stack.enter_context(opened(port))) == b""
        assert b"here" in asked(stack.enter_context(opened(port, "127.0.0.2")))
        mine[0].close()
        until, answer = time.monotonic() + 30, b""
        while not answer and time.monotonic() < until:
            answer = asked(stack.enter_context(opened(port)))
        assert b"here" in answer


def test_a_proxy_on_the_machine_itself_has_as_many_as_it_needs():
    with served(most=1) as port, contextlib.ExitStack() as stack:
        assert all(b"here" in asked(stack.enter_context(opened(port))) for _ in range(3))


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: c", ASK + b"GET / HT"])
def test_a_connection_that_sends_no_whole_head_is_closed(begun: bytes):
    with served(seconds=0.2) as port, opened(port) as connection:
        connection.sendall(begun)
        said = b""
        while piece := _received(connection):
            said += piece
        assert (b"here" in said) is begun.startswith(ASK)


def test_an_endless_head_is_refused():
    def send(connection: socket.socket) -> None:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(100 * HEAD_BYTES // 1000):
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")

    with served() as port, opened(port) as connection, pytest.raises(OSError, match=r"."):
        send(connection)


def test_whoever_sends_whole_requests_is_answered_again_and_again():
    with served(seconds=0.5) as port, opened(port) as connection:
        for _ in range(8):
            assert b"here" in asked(connection)
            time.sleep(0.1)


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except ConnectionError:
        return b""
