"""Tests of clients that send or read slowly, on a real server: they are cut off, and keep nobody waiting."""

import contextlib
import io
import socket

import pytest

from runtime.web import security
from tests.support.crm import App
from tests.support.screens import PACK, make

SQLITE = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
HEAD = "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n"


def opened(base: str, method: str, path: str, *more: str, small: bool = False) -> socket.socket:
    """A connection that has sent the head of a request; a ``small`` one takes a few bytes at a time."""
    connection = socket.socket()
    if small:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", int(base.rsplit(":", 1)[1])))
    lines = "".join(f"{line}\r\n" for line in more)
    connection.sendall(HEAD.format(method=method, path=path, more=lines).encode())
    return connection


def answered(connection: socket.socket) -> str:
    said = b""
    with contextlib.suppress(OSError):
        while b"\r\n\r\n" not in said and (piece := connection.recv(4096)):
            said += piece
    return said.decode(errors="replace")


def is_well(base: str) -> bool:
    with opened(base, "GET", "/health", "Connection: close") as connection:
        return answered(connection).startswith("HTTP/1.1 200")


@SQLITE
@pytest.mark.parametrize("path", ["/signin", "/api/v1/deals", "/app/deals/new"])
def test_a_body_that_comes_too_slowly_is_refused_with_408(crm, served, monkeypatch, path: str):
    monkeypatch.setattr(security, "RECEIVE_SECONDS", 0.3)
    app: App = crm(PACK)
    key = app.program().key
    base = served(app)
    more = ["Content-Type: application/json", "Content-Length: 1000", f"Authorization: Bearer {key}"]
    if not path.startswith("/api"):
        more = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000"]
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(opened(base, "POST", path, *more)) for _ in range(12)]
        for connection in slow:
            connection.sendall(b"a=1")
        assert is_well(base)
        statuses = {answered(connection).split("\r\n")[0][:12] for connection in slow}
    assert statuses == {"HTTP/1.1 408"}


@SQLITE
def test_who_reads_slowly_keeps_nobody_waiting(crm, served):
    app: App = crm(PACK)
    browser = app.sign_in()
    make(app, "accounts", name="Bay")
    content = io.BytesIO(b"x" * (20 << 20))
    kept = app.site.live.attachments.keep(
        app.site.database,
        app.site.files,
        "large.txt",
        content,
        app.site.live.actor_of(_admin(app), "form"),
        app.site.live.parsing(app.site.live.actor_of(_admin(app), "form"), "form"),
    )
    base = served(app)
    cookie = f"Cookie: trellis_session={browser.client.cookies['trellis_session']}"
    with contextlib.ExitStack() as stack:
        slow = [
            stack.enter_context(opened(base, "GET", f"/app/files/{kept}/content", cookie, small=True))
            for _ in range(12)
        ]
        for connection in slow:
            assert connection.recv(12) == b"HTTP/1.1 200"
        for path in ("/health", "/app/accounts", "/app"):
            with opened(base, "GET", path, cookie, "Connection: close") as quick:
                assert answered(quick).startswith("HTTP/1.1 200"), path
    assert is_well(base)


def _admin(app: App):
    with app.site.database.read() as connection:
        found = app.site.live.identity.users.by_id(connection, app.user())
    assert found is not None
    return found
