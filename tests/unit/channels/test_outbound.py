"""The one client that calls other systems stays out of the own network, however it is spelled."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runtime.channels.connectors.addresses import is_public
from runtime.channels.connectors.http import BYTES, Outbound, resolve
from runtime.channels.connectors.patience import Patience
from runtime.model.outbound import Request, UnreachableError

INSIDE = (
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
    "017700000001", "0", "0.0.0.0", "00000.0.0.0", "localhost", "LOCALHOST", "localhost.", "[::1]",
    "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fec0::1]",
    "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "169.254.169.254", "10.0.0.1",
    "10.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.88.99.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127.0.0.1.", "user@127.0.0.1",
    "127.0.0.1%2f", "127.0.0.1\\@example.com",
)  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Answers by its path."""

    def do_GET(self) -> None:
        self.server.heard.append(self.path)  # type: ignore[attr-defined]
        if self.path == "/slow":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(100):
                time.sleep(0.05)
                try:
                    self.wfile.write(b"X: y\r\n")
                except OSError:
                    return
        status, body = {"/away": (302, b""), "/large": (200, b"x" * (BYTES + 1))}.get(self.path, (200, b"{}"))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "http://127.0.0.1/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_given: object) -> None:
        """Nothing is logged."""


@contextmanager
def canary() -> Iterator[ThreadingHTTPServer]:
    """A server on loopback that notes who comes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def heard(server: ThreadingHTTPServer) -> list[str]:
    return list(server.heard)  # type: ignore[attr-defined]


@pytest.mark.parametrize("spelled", INSIDE)
def test_the_own_network_is_not_called_however_it_is_spelled(
    spelled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_: connected.append(given))
    for scheme in ("http", "https"):
        with pytest.raises(UnreachableError):
            Outbound().send(Request("GET", f"{scheme}://{spelled}/"))
    assert connected == []


def test_there_are_forty_spellings() -> None:
    assert len(set(INSIDE)) >= 40


def test_the_internet_is_public() -> None:
    for address in ("93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:400f:80d::200e"):
        assert is_public(address), address


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    asked: list[str] = []
    went: list[object] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    def connect(address: object, *_given: object) -> socket.socket:
        went.append(address)
        raise OSError("no network in tests")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", connect)
        with pytest.raises(UnreachableError):
            Outbound(resolve=rebinding).send(Request("GET", "http://rebinding.example.com/"))
    assert asked == ["rebinding.example.com"]
    assert went == [("93.184.216.34", 80)]


def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    both = Outbound(resolve=lambda *_: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(UnreachableError, match="not an address of the public internet"):
        both.send(Request("GET", "http://example.com/"))


def test_other_ports_and_schemes_are_not_called() -> None:
    for url in ("http://example.com:22/", "ftp://example.com/", "file:///etc/passwd", "//example.com", "x"):
        with pytest.raises(UnreachableError) as refused:
            Outbound(resolve=lambda *_: ["93.184.216.34"]).send(Request("GET", url))
        assert refused.value.lasting


def test_a_host_that_is_let_in_by_name_is_called_and_answers() -> None:
    with canary() as server:
        port = server.server_port
        answer = Outbound([f"127.0.0.1:{port}"]).send(Request("POST", f"http://127.0.0.1:{port}/a?b=1"))
        assert (answer.status, answer.body, answer.kind) == (200, b"{}", "application/json")
        assert heard(server) == ["/a?b=1"]
        with pytest.raises(UnreachableError):
            Outbound([f"127.0.0.1:{port + 1}"]).send(Request("GET", f"http://127.0.0.1:{port}/"))
        assert heard(server) == ["/a?b=1"]


def test_redirects_are_not_followed_and_answers_have_limits() -> None:
    with canary() as server:
        where = f"127.0.0.1:{server.server_port}"
        client = Outbound([where], seconds=0.3)
        with pytest.raises(UnreachableError, match="nobody follows"):
            client.send(Request("GET", f"http://{where}/away"))
        with pytest.raises(UnreachableError, match="larger than 1 MiB"):
            client.send(Request("GET", f"http://{where}/large"))
        with pytest.raises(UnreachableError, match=r"longer than 0\.3 seconds") as late:
            client.send(Request("GET", f"http://{where}/slow"))
        assert not late.value.lasting
        assert heard(server) == ["/away", "/large", "/slow"]


def test_the_system_resolves_names() -> None:
    assert "127.0.0.1" in resolve("127.0.0.1", 80)


def test_a_name_server_that_says_nothing_is_not_waited_for_longer_than_a_call_may_take() -> None:
    told = threading.Event()

    def silent(_host: str, _port: int) -> Sequence[str]:
        told.wait(30)
        return ["203.0.113.1"]

    outbound = Outbound(resolve=silent, seconds=0.2)
    try:
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(
                UnreachableError, match=r"Nobody said within 0\.2 seconds where far\.example is"
            ):
                outbound.send(Request("GET", "https://far.example/"))
            assert time.monotonic() - began < 10
    finally:
        told.set()


def test_only_so_many_names_are_asked_for_at_one_time() -> None:
    told, patience = threading.Event(), Patience(1)
    with pytest.raises(TimeoutError):
        patience.ask(lambda: told.wait(30), 0.05)
    with pytest.raises(TimeoutError, match="too many"):
        patience.ask(lambda: True, 0.05)
    told.set()
    assert patience.ask(lambda: True, 10)
